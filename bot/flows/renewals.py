"""Consent that runs out: asked for again two weeks before, sealed when nobody renewed it.

Both are looked at again at that moment: what was renewed or revoked meanwhile is not spoken of.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.engine.chat import Case, Chat, Role
from bot.engine.effects import Effect, EndConsent, Notify, Value
from bot.engine.events import NoticeDue

SOON = timedelta(days=15)
_ASKED = {
    "consent_ends_soon": Role.PATIENT,
    "consent_ended": Role.PATIENT,
    "paper_ends_soon": Role.THERAPIST,
    "paper_ended": Role.THERAPIST,
}
KINDS = frozenset(_ASKED)


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is to be done, and the last day the notice names."""

    effects: tuple[Effect, ...]
    until: Value


def renewal(chat: Chat, event: NoticeDue) -> Renewal | None:
    """Return what a renewal notice asks for at this moment, or None when it is out of date."""
    role = _ASKED[event.kind]
    case = next((c for c in chat.cases if (c.id, c.mine) == (event.about, role) and c.open), None)
    if case is None:
        return None
    if event.kind.endswith("_ended"):
        return None if case.scopes else Renewal(_ended(case), "")
    own = role is Role.PATIENT or case.recorded_on is not None
    near = case.until is not None and case.until - event.at.date() <= SOON
    return Renewal((), case.until or "") if own and near else None


def _ended(case: Case) -> tuple[Effect, ...]:
    """Seal it, and tell the others without a reason."""
    told: tuple[Effect, ...] = ()
    if case.confirmed:
        told = (Notify(case.id, Role.PARTNER, "consent_narrowed"),)
    if case.mine is Role.PATIENT:
        told = (*told, Notify(case.id, Role.THERAPIST, "consent_revoked"))
    return (EndConsent(case.id), *told)
