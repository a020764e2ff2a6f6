"""What belongs to others: every effect that names something, by everybody whose it is not (P9)."""

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest

from bot.engine import effects as asked
from bot.engine.chat import Plan, Role, Scope, Sign
from bot.engine.effects import Effect
from bot.engine.events import ButtonPressed
from bot.flows.house import dialogue
from bot.services.carrying import Turned, carry_out
from bot.store import people
from bot.store.database import Unit
from tests.matrix import PARTNER, PATIENT, RIGHTS, THERAPIST, every_effect
from tests.starts import MODULES, OFFER
from tests.store.acts import ACTED, LOOKED, STATES, World, come, stands, undone
from tests.store.scene import EVERY_SCOPE

WHOLE = dialogue(OFFER, MODULES)


def _forgeries(case: str, request: str, sign: str) -> Iterator[tuple[Role, Effect]]:
    """Every effect that names a case or something in it, and the role that may do it."""
    yield THERAPIST, asked.RenewInvitation(case, PARTNER, "another secret")
    yield THERAPIST, asked.WithdrawInvitation(case, PARTNER)
    yield THERAPIST, asked.ConfirmCase(case)
    yield THERAPIST, asked.CloseCase(case, "ended")
    yield THERAPIST, asked.NoteLooked(case)
    yield THERAPIST, asked.SetStyle(case, "task")
    yield THERAPIST, asked.AssignModule(case, "own_load")
    yield THERAPIST, asked.WithdrawModule(case, "low_friction")
    yield THERAPIST, asked.MoveModule(case, "not_willpower", earlier=True)
    yield THERAPIST, asked.RecordPaper(case, EVERY_SCOPE, ACTED.date())
    yield THERAPIST, asked.RevokePaper(case)
    yield THERAPIST, asked.MarkSeen(request)
    yield THERAPIST, asked.Acknowledge(request, "call")
    yield THERAPIST, asked.CloseRequest("answered" if request == "request" else request)
    yield THERAPIST, asked.MarkCallSeen(case)
    yield THERAPIST, asked.CloseCall(case)
    yield PARTNER, asked.LeaveCase(case)
    yield PARTNER, asked.AgreeOnUse(case)
    yield PARTNER, asked.DisagreeOnUse(case)
    yield PARTNER, asked.RequestContact(case, "forged")
    yield PARTNER, asked.ProposeSign(case, Sign("forged", slug="sleep_shift"))
    yield PARTNER, asked.RemoveSign(case, sign)
    yield PARTNER, asked.RaiseSign(case, sign)
    yield PARTNER, asked.SavePlan(case, Plan(whom="doctor"))
    yield PATIENT, asked.GiveConsent(case, frozenset({Scope.GOALS}))
    yield PATIENT, asked.RevokeConsent(case, EVERY_SCOPE)
    yield PATIENT, asked.ChooseTopics(case, frozenset({"intimacy"}))
    yield PATIENT, asked.AskForCall(case)
    yield PATIENT, asked.AnswerSign(case, sign, approved=True)


def _written(unit: Unit) -> int:
    """How many rows this connection has changed since it was opened."""
    return int(unit.connection.connection.driver_connection.total_changes)  # type: ignore[union-attr]


def _changes(world: World, person: str, effect: Effect) -> int:
    """How many rows an effect changes, with the notice that would follow it."""
    found: list[int] = []
    with undone(world.scene) as unit:
        chat = people.lock_and_load(unit, person, LOOKED)
        before = _written(unit)
        notify = asked.Notify(getattr(effect, "case", world.ours.case), PATIENT, "case_closed")
        carry_out(Turned(unit, person, chat, ACTED), (effect, notify))
        found.append(_written(unit) - before)
    return found[0]


def test_every_effect_that_names_something_of_a_case_is_forged() -> None:
    """A new one is tried by everybody whose it is not."""
    forged = {type(effect) for _, effect in _forgeries("", "", "")}
    named = {
        effect
        for effect in every_effect()
        if {"case", "request"} & {field.name for field in fields(effect)}  # type: ignore[arg-type]
    }
    # `Notify` follows every forgery; these only ever touch the speaker's own row or what has
    # run out for everybody.
    assert named - forged == {asked.Notify, asked.OpenCase, asked.NoteTold, asked.EndConsent}


def test_P9_what_is_not_theirs_is_like_what_does_not_exist_to_everybody(world: World) -> None:
    """Another practice, next door, another role of the same case, a stranger."""
    case, gone = world.ours.case, world.scene.somebody()
    mine = {PARTNER: world.ours.partner, PATIENT: world.ours.patient}
    mine[THERAPIST] = world.ours.therapist
    for names in ((case, "request", "first"), ("no such case", "no request", "no sign")):
        for role, effect in _forgeries(*names):
            intruders = {*world.others, *mine.values(), gone} - {mine[role]}
            for person in sorted(intruders):
                # Next door has a request and a sign of these names, too: those are their own.
                own = isinstance(effect, (asked.MarkSeen, asked.Acknowledge, asked.CloseRequest))
                if own and person in {world.next_door.therapist, world.elsewhere.therapist}:
                    continue
                assert _changes(world, person, effect) == 0, (effect, person)


@pytest.mark.parametrize("state", STATES)
def test_P8_what_a_scope_covers_is_not_done_without_it_not_even_by_whoever_may(
    world: World, state: str
) -> None:
    """The second line of defence: should a page be wrong, the store says no; and it says yes."""
    for role, effect in _forgeries(world.ours.case, "request", "first"):
        scope = RIGHTS[type(effect)].scope
        if scope is None:
            continue
        with undone(world.scene) as unit:
            at = come(unit, world, state)
            before, person = _written(unit), world.who(role)
            chat = replace(people.lock_and_load(unit, person, at), role=role)
            carry_out(Turned(unit, person, chat, at), (effect,))
            done = _written(unit) > before
        agreed = role is not PARTNER or state != "the partner disagrees"
        assert done == (scope in stands(state) and agreed), (effect, state)


def test_P8_a_quiet_alarm_asks_for_the_very_same_as_a_revocation(world: World) -> None:
    """So nobody can tell them apart, whoever looks at whatever."""
    chat = replace(world.scene.chat(world.ours.patient), role=PATIENT, agreed=True, adult=True)
    alarm, revocation = (
        [
            effect
            for effect in WHOLE.turn(chat, ButtonPressed(at=LOOKED, move=move)).effects
            if not isinstance(effect, asked.Say)
        ]
        for move in ("unsafe", "revoke")
    )
    assert alarm == revocation
    assert asked.RevokeConsent(world.ours.case, EVERY_SCOPE) in alarm
