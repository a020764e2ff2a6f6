from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services import deliver
from bot.services.heard import Card, Heard, Parcel
from bot.store import people
from bot.terminal.stage import ACCOUNTS
from tests.services.evening import PARTNER, PATIENT, Evening

HOURS_48 = timedelta(hours=48)


def _unsent(evening: Evening) -> tuple[Parcel, ...]:
    return deliver.unsent(evening.parts, evening.person())


def _clears(evening: Evening) -> None:
    """Ask for the clearing and say yes; nothing of it is sent yet."""
    evening.does(PARTNER, "/traces")
    evening.hears_press(ACCOUNTS[PARTNER], "yes")


def test_R7_everything_of_the_last_48_hours_goes_and_one_neutral_line_stays(
    evening: Evening,
) -> None:
    """In order: first the clearing, then the line that says nothing."""
    evening.does(PARTNER, "/menu", "dice che vuole morire", "/sos")
    _clears(evening)
    clearing, line = _unsent(evening)
    assert (clearing.message.op, clearing.message.text) == ("clear", "")
    on_screen = {shown.message_id for shown in evening.theatre.stage._screens[PARTNER]}  # noqa: SLF001
    assert set(clearing.message.messages) == on_screen
    assert line.message.text == "Fatto."


def test_what_is_older_than_telegram_lets_go_of_is_left(evening: Evening) -> None:
    """It was said beforehand; asking for it would only be refused."""
    evening.does(PARTNER, "/menu")
    evening.waits(evening.now + HOURS_48)
    evening.does(PARTNER, "/sos")
    _clears(evening)
    (clearing, _) = _unsent(evening)
    assert len(clearing.message.messages) == 2


def test_what_was_not_sent_yet_is_sent_first_and_then_known(evening: Evening) -> None:
    """A restart or a rest after 429 between them loses nothing: the rows are the list."""
    evening.does(PARTNER, "/menu")
    for move in ("more", "settings"):
        evening.hears_press(ACCOUNTS[PARTNER], move)
    evening.hears(Heard(ACCOUNTS[PARTNER], "command", name="traces"))
    evening.hears_press(ACCOUNTS[PARTNER], "yes")
    first = _unsent(evening)
    assert {parcel.message.op for parcel in first} == {"send"}
    numbers = range(900, 900 + len(first))
    for number, parcel in zip(numbers, first, strict=True):
        deliver.sent(evening.parts, parcel.id, number, evening.now)
    clearing, _line = _unsent(evening)
    assert clearing.message.op == "clear"
    assert set(numbers) <= set(clearing.message.messages)


def test_the_pressed_card_is_not_edited_once_it_is_gone(evening: Evening) -> None:
    """No line stays that says what was chosen."""
    evening.does(PARTNER, "/traces")
    seen = evening.does(PARTNER, "press yes")
    assert [one.text for one in seen] == ["Fatto."]
    assert evening.theatre.buttons_left(PARTNER) == [("Torno al menu", "SOS", "Menu")]


@pytest.mark.parametrize("discreet", [False, True])
def test_a_finished_card_keeps_its_line_unless_in_discreet_mode(
    evening: Evening, *, discreet: bool
) -> None:
    """The buttons go either way."""
    if discreet:
        evening.does(PARTNER, "/discreet", "press on")
    evening.does(PARTNER, "/pause")
    card = Card(77, "A card", label="1 day")
    evening.hears(
        Heard(
            ACCOUNTS[PARTNER],
            "button",
            name="days",
            value="1",
            revision=evening.chat().revision,
            card=card,
        )
    )
    closing = _unsent(evening)[0].message
    assert (closing.op, closing.message_id, closing.rows) == ("close", 77, ())
    assert closing.text == ("" if discreet else "A card\n\n› 1 day")


def test_P10_every_discreet_push_is_the_same_line_and_opens_with_a_tap(evening: Evening) -> None:
    """Reminder or notice, whatever goal and module are called."""
    evening.takes_goal("18:30")
    evening.does(PARTNER, "/discreet", "press on")
    (reminder,) = evening.waits(evening.now.replace(hour=17, minute=31))
    told = [one for one in evening.does(PATIENT, "/revoke") if one.role is PARTNER]
    assert [(one.text, one.rows[0]) for one in (reminder, *told)] == [
        ("Ciao, una nota breve, da aprire quando hai un momento.", ("Apri",))
    ] * 2


def test_A7_discretion_unpins_what_stood_at_the_top(evening: Evening) -> None:
    """Whatever was pinned before it was turned on; a second time there is nothing to unpin."""
    chat = evening.chat()
    with evening.parts.database.unit() as unit:
        people.save(unit, chat, replace(chat, pinned=5))
    for pinned in (True, False):
        evening.does(PARTNER, "/discreet")
        evening.hears_press(ACCOUNTS[PARTNER], "on")
        ops = [parcel.message.op for parcel in _unsent(evening)]
        assert ("unpin" in ops) is pinned
        assert evening.chat().pinned is None
        evening.does(PARTNER, "/discreet", "press off")
