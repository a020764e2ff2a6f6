"""P8: every kind of push, revoked in every way between the moment it waits and the moment it goes.

Whatever is sent under a scope is not said once that scope no longer stands; what is sent under
none says nothing of the patient.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest

from bot.engine import effects as asked
from bot.engine.chat import CONSENT_LASTS, Goal, Plan, Role, Scope, Sign
from bot.engine.effects import Effect, Notify
from bot.flows import notices
from bot.services.carrying import Turned, carry_out
from bot.store import dues, people
from bot.store.dues import Due, Kind
from tests.services.evening import PARTNER, PATIENT, THERAPIST, Evening

MINUTE = timedelta(minutes=1)
EVERY_SCOPE = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Push:
    """Something that waits: who did what, who is told of it, under which scope."""

    by: Role
    effects: Callable[[str], tuple[Effect, ...]]
    to: Role
    scope: Scope | None = None


def _notice(
    by: Role, to: Role, kind: str, *before: Callable[[str], Effect], about: str = ""
) -> Push:
    """A notice: what was done, and that somebody is to be told."""

    def effects(case: str) -> tuple[Effect, ...]:
        done = (act(case) for act in before)
        return (*done, Notify(case, to, kind, about.replace("CASE", case)))

    return Push(by, effects, to, notices.COVERED_BY.get(kind))


def _asks(case: str) -> Effect:
    return asked.RequestContact(case, "request")


def _proposes(case: str) -> Effect:
    return asked.ProposeSign(case, Sign("sign", slug="sleep_shift"))


PUSHES: Mapping[str, Push] = MappingProxyType(
    {
        "module_assigned": _notice(
            THERAPIST,
            PARTNER,
            "module_assigned",
            lambda case: asked.AssignModule(case, "low_friction"),
            about="low_friction",
        ),
        "sign_proposed": _notice(PARTNER, PATIENT, "sign_proposed", _proposes),
        "sign_answered": _notice(PATIENT, PARTNER, "sign_answered"),
        "contact_requested": _notice(PARTNER, THERAPIST, "contact_requested", _asks),
        "contact_answered": _notice(THERAPIST, PARTNER, "contact_answered", about="call"),
    }
)
REMINDERS: Mapping[str, Push] = MappingProxyType(
    {
        Kind.REMINDER: Push(
            PARTNER,
            lambda _: (asked.SaveGoal(Goal("both", slug="short_walk", own=False)),),
            PARTNER,
            Scope.GOALS,
        ),
        Kind.SNOOZE: Push(
            PARTNER,
            lambda _: (asked.SaveGoal(Goal("both", slug="short_walk", own=False)),),
            PARTNER,
            Scope.GOALS,
        ),
        Kind.CHECK: Push(
            PARTNER,
            lambda case: (asked.SavePlan(case, Plan(say="noticed", whom="doctor", weekly=True)),),
            PARTNER,
            Scope.SIGNS,
        ),
    }
)
# Sent under no scope: that somebody joined, left, consented, revoked, wants to be called; that a
# case is confirmed or closed; that an agreement or a renewal is due. None says what was covered.
UNCOVERED = frozenset(
    {
        "agreement_asked",
        "call_asked",
        "case_closed",
        "case_confirmed",
        "consent_ended",
        "consent_ends_soon",
        "consent_given",
        "consent_narrowed",
        "consent_revoked",
        "paper_ended",
        "paper_ends_soon",
        "partner_joined",
        "partner_left",
        "patient_joined",
    }
)

Way = Callable[[str, Scope], tuple[Role, Effect] | None]
WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "revoked": lambda case, scope: (PATIENT, asked.RevokeConsent(case, frozenset({scope}))),
        "narrowed": lambda case, scope: (PATIENT, asked.GiveConsent(case, EVERY_SCOPE - {scope})),
        "all revoked": lambda case, _: (PATIENT, asked.RevokeConsent(case, EVERY_SCOPE)),
        "run out": lambda _case, _scope: None,
        "closed": lambda case, _: (THERAPIST, asked.CloseCase(case, "ended")),
        "left": lambda case, _: (PARTNER, asked.LeaveCase(case)),
    }
)


def _does(evening: Evening, role: Role, at: datetime, *effects: Effect) -> None:
    person = evening.person(role)
    with evening.parts.database.unit() as unit:
        chat = replace(people.lock_and_load(unit, person, at), role=role)
        carry_out(Turned(unit, person, chat, at), effects)


def _wait(evening: Evening, name: str, at: datetime, due_at: datetime) -> None:
    """Let a push wait: whatever it is about has happened."""
    case, push = evening.chat().cases[0].id, _push(name)
    if name in {"sign_answered", Kind.CHECK}:
        _does(evening, PARTNER, at, _proposes(case))
        _does(evening, PATIENT, at, asked.AnswerSign(case, "sign", approved=True))
    if name == "contact_answered":
        _does(evening, PARTNER, at, _asks(case))
        _does(evening, THERAPIST, at, asked.Acknowledge("request", "call"))
    _does(evening, push.by, at, *push.effects(case))
    if name in REMINDERS:
        about = "both" if name == Kind.SNOOZE else ""
        day = due_at.astimezone(ZoneInfo("Europe/Rome")).date()
        person = evening.person(push.to)
        with evening.parts.database.unit() as unit:
            dues.plan(unit, name, person, day, due_at, about=about)


def _push(name: str) -> Push:
    return PUSHES.get(name) or REMINDERS[name]


def test_every_kind_of_push_stands_in_one_of_the_tables() -> None:
    """A new one says under which consent it is sent, or why under none."""
    told = {kind for by_role in notices._NOTICES.values() for kind in by_role}  # noqa: SLF001 - all
    assert set(PUSHES) | UNCOVERED == told
    assert set(PUSHES) == set(notices.COVERED_BY)
    assert {*REMINDERS, Kind.FOLLOW_UP, Kind.NOTICE, Kind.CONTACT, Kind.RENEWAL} == set(Kind)


def _all_wait(evening: Evening, at: datetime, due_at: datetime) -> None:
    for name in (*PUSHES, *REMINDERS):
        _wait(evening, name, at, due_at)


def _name(row: Due) -> str:
    return row.about.partition(":")[0] if row.kind in {Kind.NOTICE, Kind.RENEWAL} else row.kind


@pytest.mark.parametrize("name", [*PUSHES, *REMINDERS])
def test_a_push_is_said_while_its_consent_stands(evening: Evening, name: str) -> None:
    """Or the tests below would prove nothing."""
    at = evening.now
    _wait(evening, name, at, at)
    (row,) = (row for row in evening.claimed(at + MINUTE) if _name(row) == name)
    assert evening.fires(row, at + MINUTE)


@pytest.mark.parametrize(
    ("way", "scope"),
    [(way, scope) for way in ("revoked", "narrowed") for scope in Scope]
    + [(way, None) for way in WAYS if way not in {"revoked", "narrowed"}],
)
def test_P8_a_push_is_not_said_once_its_consent_no_longer_stands(
    evening: Evening, way: str, scope: Scope | None
) -> None:
    """Gone after a worker had claimed it already; or run out while nobody looked."""
    at, case = evening.now, evening.chat().cases[0].id
    change = WAYS[way](case, scope or Scope.SESSION)
    then = at + 2 * MINUTE if change else at + CONSENT_LASTS
    _all_wait(evening, at, at if change else then)
    rows = evening.claimed(at + MINUTE if change else then)
    assert {*PUSHES, *REMINDERS} <= {_name(row) for row in rows}
    if change:
        _does(evening, change[0], at + MINUTE, change[1])
    for row in rows:
        name = _name(row)
        covered = name in {*PUSHES, *REMINDERS} and scope in {None, _push(name).scope}
        assert not (evening.fires(row, then) and covered), name
