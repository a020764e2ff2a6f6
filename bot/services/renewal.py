"""Consent over time: asked for again before it runs out, sealed when nobody renews it."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.engine.chat import CONSENT_LASTS, Role
from bot.services.parts import Parts
from bot.services.timing import next_due
from bot.store import cases, dues
from bot.store.consents import run_out
from bot.store.database import Unit
from bot.store.dues import Kind

ASKED_BEFORE = timedelta(days=14)
HOUR = time(11)
"""The hour of the day, where the person is, at which they are asked: nobody is woken for it."""

_TOLD = ((Role.PARTNER, "consent_narrowed"), (Role.THERAPIST, "consent_revoked"))


def plan_renewal(
    unit: Unit, person: str, case: str, *, given_at: datetime, zone: str, what: str = "consent"
) -> None:
    """Make it due to ask again two weeks before a consent runs out, and to say that it has.

    Both are looked at again at that moment: whoever has renewed or revoked meanwhile is told
    nothing. `what` is "consent" for a patient and "paper" for the therapist who wrote it down.
    """
    ends = given_at + CONSENT_LASTS
    for kind, earliest in ((f"{what}_ends_soon", ends - ASKED_BEFORE), (f"{what}_ended", ends)):
        day, due_at = next_due(earliest, HOUR, ZoneInfo(zone))
        dues.plan(unit, Kind.RENEWAL, person, day, due_at, about=f"{kind}:{case}:", case=case)


def seal_what_ran_out(parts: Parts, at: datetime) -> Mapping[str, int]:
    """Seal every consent that nobody renewed, and tell partner and therapist without a reason.

    Returns in how many cases. The patient is told by the row that `plan_renewal` made. Doing it
    twice changes nothing.
    """
    with parts.database.unit() as unit:
        cases_ended = run_out(unit, at)
        for case in cases_ended:
            for role, kind in _TOLD:
                _tell(unit, case, role, kind, at)
                unit.after_commit(parts.wake)
    return {"consents ended": len(cases_ended)} if cases_ended else {}


def _tell(unit: Unit, case: str, role: Role, kind: str, at: datetime) -> None:
    person = cases.member_of(unit, case, role)
    if person:
        about = f"{kind}::{role}:{at.astimezone(UTC):%H%M%S}"
        dues.plan(unit, Kind.NOTICE, person, at.date(), at, about=about, case=case)
