from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from bot.engine.chat import Chat, Place, Progress
from bot.engine.effects import Button, DropReminders, NoteTier, SaveProgress, Say, Words
from bot.engine.events import (
    ButtonPressed,
    CommandGiven,
    Event,
    FollowUpDue,
    Invitation,
    MediaReceived,
    NoticeDue,
    Outage,
    ReminderDue,
    TextReceived,
)
from bot.engine.saying import SOS_ROW, UNSAVED
from bot.engine.ways import Turn
from bot.safety.alarm import Alarm, Level
from bot.safety.reading import About, Reading, Tier
from tests.engine.toys import CHAT, HOME_PLACE, HOUSE, NOW

RED = Reading(Tier.RED, "R3", about=About.OTHER)
DOUBT = Reading(Tier.CHECK, "R3")
WORSE = Reading(Tier.AMBER, "A1")
NAME = replace(CHAT, place=Place("talk", "name"))


def press(move: str, value: str = "", revision: int | None = 3) -> ButtonPressed:
    """A button of the latest message, unless told otherwise."""
    return ButtonPressed(at=NOW, move=move, value=value, revision=revision)


def text(words: str, reading: Reading | None = None, *, edited: bool = False) -> TextReceived:
    """A text, read as calm unless told otherwise."""
    if reading is None:
        return TextReceived(at=NOW, text=words, edited=edited)
    return TextReceived(at=NOW, text=words, edited=edited, reading=reading)


def command(name: str, reading: Reading = Reading()) -> CommandGiven:  # noqa: B008 - frozen
    """A slash command."""
    return CommandGiven(at=NOW, name=name, reading=reading)


def at(turn: Turn) -> str:
    """Where a turn leads."""
    return f"{turn.chat.place.flow}.{turn.chat.place.step}"


def says(turn: Turn) -> list[str]:
    """What a turn says."""
    return [say.text.id for say in messages(turn) if isinstance(say.text, Words)]


def messages(turn: Turn) -> list[Say]:
    """The messages of a turn."""
    return [effect for effect in turn.effects if isinstance(effect, Say)]


def closed(level: Level = Level.RED) -> Chat:
    """A chat in RED or on its way out."""
    place = Place("red", "card")
    return replace(CHAT, place=place, alarm=Alarm(level, "R3", None, NOW, NOW))


# --- moves ----------------------------------------------------------------------------------


def test_a_move_leads_on_and_says_everything_of_the_step_it_reaches() -> None:
    """All messages, the buttons under the last, SOS and Menu below them."""
    turn = HOUSE.turn(CHAT, press("talk"))
    first, last = messages(turn)
    assert at(turn) == "talk.name"
    assert (first.text, first.rows) == (Words("talk.hello", {"revision": 4}), ())
    skip = Button(Words("button.skip"), "skip")
    assert last.rows == ((skip,), SOS_ROW)


def test_what_is_said_on_the_way_comes_first_with_the_values_of_the_step_that_was_left() -> None:
    """An act's effects come before it."""
    turn = HOUSE.turn(NAME, text(" Anna "))
    assert says(turn) == ["talk.nice", "talk.pick"]
    assert messages(turn)[0].text == Words("talk.nice", {"revision": 3})
    assert turn.chat.memory == {"name": "Anna"}
    assert HOUSE.turn(NAME, press("skip")).effects[0] == DropReminders()


def test_a_button_keeps_its_value_and_a_number_may_be_typed() -> None:
    """A scale takes 0 to 10, pressed or typed, and nothing else."""
    picked = HOUSE.turn(replace(NAME, place=Place("talk", "pick")), press("pick", "2")).chat
    assert picked.memory == {"picked": "2"}
    typed = HOUSE.turn(picked, text(" 10 "))
    assert (at(typed), typed.chat.memory["sure"]) == ("talk.end", "10")
    for other in ("11", "-1", "07", "4.5", "ten"):
        assert at(HOUSE.turn(picked, text(other))) == "talk.sure"
    rows = messages(HOUSE.turn(picked, command("back")))[-1].rows
    assert [len(row) for row in rows] == [6, 5, 2]


def test_an_exit_takes_along_what_it_names() -> None:
    """And adds what is fixed; the rest of the answers stays behind."""
    ended = replace(CHAT, place=Place("talk", "end", {"name": "Anna", "picked": "1"}))
    left = HOUSE.turn(ended, press("module"))
    assert left.chat.place == Place("module", "start", {"name": "Anna", "a": "b"})
    assert HOUSE.turn(ended, press("home")).chat.place == HOME_PLACE


# --- whatever does not fit ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "answer"),
    [
        (text("too long a name"), "talk.too_long"),
        (press("hidden"), "talk.too_long"),
        (press("dance"), "talk.too_long"),
        (MediaReceived(at=NOW, kind="voice"), "media.voice"),
        (command("nonsense"), "lost.command"),
        (Outage(at=NOW), "lost.outage"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_does_not_fit_leaves_the_chat_exactly_as_it_was(event: Event, answer: str) -> None:
    """A kind answer, and the message with the buttons again."""
    turn = HOUSE.turn(NAME, event)
    assert turn.chat == NAME
    assert says(turn) == [answer, "talk.name"]


def test_a_text_where_none_is_read_is_answered_kindly() -> None:
    """The step has no words of its own for it."""
    assert says(HOUSE.turn(CHAT, text("ciao"))) == ["lost.text", "menu.home"]


def test_a_calm_edited_text_is_not_answered() -> None:
    """It was answered when it came."""
    assert HOUSE.turn(NAME, text("Anna", edited=True)) == Turn(NAME)


def test_a_second_press_is_a_toast_and_nothing_else() -> None:
    """The same button of the same message, however often (P2)."""
    once = HOUSE.turn(CHAT, press("talk")).chat
    assert HOUSE.turn(once, press("talk")) == Turn(once, toast=Words("toast.already"))


def test_an_old_button_says_so_and_asks_the_present_step_again() -> None:
    """One whose revision is past, whatever step it belonged to."""
    turn = HOUSE.turn(NAME, press("skip", revision=2))
    assert (turn.chat, turn.toast) == (NAME, Words("toast.stale"))
    assert says(turn) == ["talk.name"]


def test_a_button_whose_move_is_hidden_now_cannot_be_taken() -> None:
    """It was shown, then the reason for it went away (P8)."""
    assert at(HOUSE.turn(NAME, press("hidden"))) == "talk.name"


# --- what works anywhere --------------------------------------------------------------------


def test_an_aside_leaves_the_place_and_its_buttons_as_they_were() -> None:
    """SOS asks nothing and starts nothing; its own buttons never grow old."""
    turn = HOUSE.turn(NAME, press("sos", revision=None))
    assert turn.chat == NAME
    assert messages(turn)[0].rows == (
        (Button(Words("button.back"), "back", lasting=True),),
        SOS_ROW,
    )
    assert says(HOUSE.turn(NAME, press("back", revision=None)))[-1] == "talk.name"
    assert at(HOUSE.turn(turn.chat, press("skip"))) == "talk.pick"


def test_a_shortcut_remembers_what_it_interrupts() -> None:
    """If there is anything to resume; coming back to it forgets it again."""
    begun = replace(CHAT, place=Place("talk", "pick", {"name": "Anna"}))
    away = HOUSE.turn(begun, command("menu")).chat
    assert (away.place, away.paused) == (HOME_PLACE, begun.place)
    for nothing in (CHAT, NAME, replace(CHAT, place=Place("talk", "end"))):
        assert HOUSE.turn(nothing, command("menu")).chat.paused is None


def test_a_pasted_code_is_the_same_as_opening_the_link() -> None:
    """Even where a text is being waited for."""
    pasted = TextReceived(at=NOW, text="1ABCDEFGHJ", invitation=Invitation(refused="unknown"))
    turn = HOUSE.turn(NAME, pasted)
    assert (at(turn), turn.effects[0]) == ("open.here", DropReminders())


# --- safety first ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        text("x", RED),
        text("x", RED, edited=True),
        command("menu", RED),
        replace(text("1ABCDEFGHJ", RED), invitation=Invitation(refused="unknown")),
    ],
    ids=["text", "edited", "command", "code"],
)
@pytest.mark.parametrize("chat", [CHAT, NAME, closed(), closed(Level.FOLLOWUP)])
def test_red_comes_before_everything(chat: Chat, event: Event) -> None:
    """R1-R9: the card, whatever else the text was and wherever the person stood."""
    turn = HOUSE.turn(chat, event)
    assert (at(turn), says(turn)) == ("red.card", ["red.card"])
    assert turn.chat.alarm.level is Level.RED
    assert messages(turn)[0].tier is Tier.RED


def test_a_question_comes_before_all_but_red() -> None:
    """It is noted, asked, and what it interrupted is kept."""
    begun = replace(CHAT, place=Place("talk", "pick", {"name": "Anna"}))
    turn = HOUSE.turn(begun, text("x", DOUBT))
    assert at(turn) == "check.question"
    assert turn.effects[0] == NoteTier(Tier.CHECK, "R3")
    assert messages(turn)[0].tier is Tier.CHECK
    assert HOUSE.turn(turn.chat, press("no", revision=4)).chat.place == begun.place


@pytest.mark.parametrize(
    "event",
    [text("x"), text("x", WORSE), command("menu"), MediaReceived(at=NOW, kind="photo"),
     press("talk", revision=1), Outage(at=NOW)],
)  # fmt: skip
def test_until_it_is_answered_everything_meets_the_question(event: Event) -> None:
    """Not the few things nobody may be refused."""
    asked = HOUSE.turn(CHAT, text("x", DOUBT)).chat
    assert says(HOUSE.turn(asked, event)) == ["check.question"]
    assert at(HOUSE.turn(asked, command("open"))) == "open.here"
    assert says(HOUSE.turn(asked, command("sos"))) == ["sos"]


@pytest.mark.parametrize(
    "event",
    [text("x"), text("x", WORSE), text("x", DOUBT), command("menu"), command("nonsense"),
     MediaReceived(at=NOW, kind="voice"), Outage(at=NOW)],
)  # fmt: skip
@pytest.mark.parametrize("level", [Level.RED, Level.FOLLOWUP])
def test_in_red_only_safety_goes_on(level: Level, event: Event) -> None:
    """No module, no goal, no menu; language, stop, privacy and revoking stay open."""
    turn = HOUSE.turn(closed(level), event)
    assert turn.chat.place.flow == "red"
    assert turn.chat.alarm.level is level
    assert at(HOUSE.turn(closed(level), command("open"))) == "open.here"
    assert at(HOUSE.turn(closed(level), command("sos"))) == "red.card"


def test_in_red_a_way_home_leads_back_to_red() -> None:
    """A flow that is open in RED may end with an exit home."""
    opened = replace(closed(), place=Place("open", "here"))
    assert at(HOUSE.turn(opened, press("home"))) == "red.again"


def test_red_rests_after_72_hours_and_leads_home() -> None:
    """Goals wait to be turned on; the old card's buttons mean nothing any more."""
    late = NOW + timedelta(hours=72)
    turn = HOUSE.turn(closed(), replace(press("safe"), at=late))
    assert (turn.chat.alarm.level, turn.chat.goals_off) == (Level.GREEN, True)
    assert (at(turn), turn.toast) == ("menu.home", Words("toast.stale"))


def test_amber_interrupts_and_is_noted() -> None:
    """Also where a text is being waited for: the words are kept and asked about."""
    turn = HOUSE.turn(NAME, text("Anna", WORSE))
    assert (at(turn), turn.effects[0]) == ("open.here", NoteTier(Tier.AMBER, "A1"))
    assert turn.chat.paused == Place("talk", "name", {UNSAVED: "Anna"})


def test_words_an_alarm_came_before_are_kept_only_if_the_person_says_so() -> None:
    """Saved as if typed now, or let go; a late answer changes nothing."""
    kept = replace(CHAT, place=Place("talk", "name", {UNSAVED: "Anna"}))
    assert says(HOUSE.turn(kept, text("a text that is too long"))) == [
        "talk.too_long",
        "unsaved.question",
    ]
    saved = HOUSE.turn(kept, press("save_unsaved"))
    assert (at(saved), saved.chat.memory) == ("talk.pick", {"name": "Anna"})
    dropped = HOUSE.turn(kept, press("drop_unsaved"))
    assert (at(dropped), dropped.chat.memory) == ("talk.name", {})
    late = HOUSE.turn(kept, press("save_unsaved", revision=2))
    assert (late.chat, late.toast) == (kept, Words("toast.stale"))


@pytest.mark.parametrize(
    "event", [ReminderDue(at=NOW, day=NOW.date()), NoticeDue(at=NOW, kind="x"), FollowUpDue(at=NOW)]
)
@pytest.mark.parametrize("chat", [CHAT, NAME, closed()])
def test_what_nobody_asked_for_moves_nobody(chat: Chat, event: Event) -> None:
    """It is said beside the conversation, whose buttons stay good."""
    assert HOUSE.turn(chat, event) == Turn(chat, (Say(Words("pushed"), push=True),))


# --- modules, and steps that vanished -------------------------------------------------------


def test_a_module_remembers_how_far_one_is() -> None:
    """Every step is saved; finished stays finished when one reads it again."""
    begun = replace(CHAT, place=Place("module", "start"))
    turn = HOUSE.turn(begun, press("close"))
    assert turn.effects[0] == SaveProgress("module", "close", finished=True)
    again = replace(
        CHAT,
        place=Place("talk", "end"),
        progress=MappingProxyType({"module": Progress("close", finished=True)}),
    )
    reopened = HOUSE.turn(again, press("module"))
    assert reopened.effects[0] == SaveProgress("module", "start", finished=True)


def test_a_step_has_the_wording_that_fits_the_case() -> None:
    """Without a therapist another text, with the same moves."""
    assert says(HOUSE.turn(replace(CHAT, place=Place("talk", "end")), press("module"))) == [
        "module.start_alone"
    ]


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (Place("talk", "old_name", {"name": "Anna"}), "talk.name"),
        (Place("talk", "vanished"), "talk.name"),
        (Place("vanished", "step"), "menu.home"),
    ],
)
def test_a_step_that_vanished_leads_where_it_moved(place: Place, found: str) -> None:
    """Or to the start of its flow, or home: nobody is stuck after an update of the content."""
    assert at(HOUSE.turn(replace(CHAT, place=place), command("back"))) == found
    paused = HOUSE.turn(replace(CHAT, paused=place), command("back")).chat.paused
    assert paused is not None
    assert f"{paused.flow}.{paused.step}" == found
