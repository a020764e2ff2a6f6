"""What works anywhere, for everybody, in any alarm."""

from dataclasses import replace

import pytest

from bot.engine.chat import Chat, Role
from bot.engine.effects import DropReminders, RevokeConsent
from bot.engine.events import ButtonPressed, CommandGiven
from bot.engine.ways import Turn
from bot.flows.house import SHORTCUTS, dialogue
from bot.safety.alarm import Alarm, Card, Level
from tests.promises import faults
from tests.starts import EVENING, MODULES, OFFER, STARTS

WHOLE = dialogue(OFFER, MODULES)
CLOSED = (Level.RED, Level.FOLLOWUP)
ALARMED = (Level.CHECK, *CLOSED)
PATIENTS = [
    name
    for name, chat in STARTS.items()
    if any(case.open and case.mine is Role.PATIENT for case in chat.cases)
]
NEVER_REFUSED = {
    "language": "settings.language",
    "stop": "settings.stopped",
    "privacy": "privacy.summary",
}

every_level = pytest.mark.parametrize("level", Level)


def _alarmed(start: str, level: Level) -> Chat:
    """A chat in an alarm of this level, where the alarm has led it."""
    if level is Level.GREEN:
        return STARTS[start]
    card = Card.SELF if level in CLOSED else None
    place = WHOLE.ways.red if level in CLOSED else WHOLE.ways.check
    alarm = Alarm(level, "R3", card, EVENING, EVENING)
    return replace(STARTS[start], place=place, alarm=alarm)


def _everybody(level: Level) -> dict[str, Chat]:
    return {start: _alarmed(start, level) for start in STARTS}


def _command(chat: Chat, name: str) -> Turn:
    return WHOLE.turn(chat, CommandGiven(at=EVENING, name=name))


def _at(turn: Turn) -> str:
    return f"{turn.chat.place.flow}.{turn.chat.place.step}"


@every_level
@pytest.mark.parametrize("name", SHORTCUTS)
def test_a_command_and_its_button_do_the_same(level: Level, name: str) -> None:
    """Whoever speaks, in any alarm, and no promise is broken."""
    given = CommandGiven(at=EVENING, name=name)
    for start, chat in _everybody(level).items():
        typed = WHOLE.turn(chat, given)
        pressed = WHOLE.turn(chat, ButtonPressed(at=EVENING, move=name))
        assert list(faults(WHOLE, given, typed)) == [], start
        assert typed.chat == pressed.chat, start
        assert [type(e) for e in typed.effects] == [type(e) for e in pressed.effects], start


@pytest.mark.parametrize("level", ALARMED)
@pytest.mark.parametrize(("name", "place"), NEVER_REFUSED.items())
def test_nobody_is_refused_their_language_their_quiet_and_their_privacy(
    level: Level, name: str, place: str
) -> None:
    """R1-R9: an alarm stays as it is, and these work all the same."""
    for start, chat in _everybody(level).items():
        turn = _command(chat, name)
        assert (_at(turn), turn.chat.alarm.level) == (place, level), start


@every_level
def test_stop_stops_every_push_at_once(level: Level) -> None:
    """No question first, and not twice."""
    for start, chat in _everybody(level).items():
        turn = _command(chat, "stop")
        assert not turn.chat.preferences.pushes, start
        assert DropReminders() in turn.effects, start


@every_level
def test_everything_can_be_deleted(level: Level) -> None:
    """After one question; in RED the card comes before it."""
    step = "delete_in_red" if level in CLOSED else "delete"
    assert {_at(_command(chat, "delete")) for chat in _everybody(level).values()} == {
        f"privacy.{step}"
    }


@every_level
@pytest.mark.parametrize("start", PATIENTS)
def test_a_patient_revokes_at_once(start: str, level: Level) -> None:
    """M11, P8: in whatever role they speak just now, and in any alarm."""
    turn = _command(_alarmed(start, level), "revoke")
    theirs = [case for case in turn.chat.cases if case.mine is Role.PATIENT]
    assert [case.scopes for case in theirs] == [frozenset()] * len(theirs)
    assert any(isinstance(effect, RevokeConsent) for effect in turn.effects)


@every_level
def test_nobody_else_can_revoke(level: Level) -> None:
    """Consent is the patient's; the others are told so, and nothing changes (M11)."""
    for start, chat in _everybody(level).items():
        if start in PATIENTS:
            continue
        turn = _command(chat, "revoke")
        assert turn.chat.cases == chat.cases, start
        assert not any(isinstance(effect, RevokeConsent) for effect in turn.effects), start


@every_level
@pytest.mark.parametrize("start", ["therapist", "therapist_asked", "therapist_busy", "two_roles"])
@pytest.mark.parametrize("name", ["requests", "cases"])
def test_a_worklist_is_never_blocked(start: str, level: Level, name: str) -> None:
    """Whatever the therapist typed: patients wait on it."""
    assert _at(_command(_alarmed(start, level), name)) == f"therapist.{name}"


@pytest.mark.parametrize("level", CLOSED)
@pytest.mark.parametrize("name", [name for name, way in SHORTCUTS.items() if not way.in_red])
def test_in_red_every_other_door_leads_to_safety(level: Level, name: str) -> None:
    """R1-R9: no module, no goal, no menu."""
    step = "followup" if level is Level.FOLLOWUP else "again"
    for start, chat in _everybody(level).items():
        turn = _command(chat, name)
        assert (_at(turn), turn.chat.alarm.level) == (f"red.{step}", level), start
