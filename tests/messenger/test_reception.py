import asyncio
import threading
import time

import pytest

from bot.messenger.fake import FakeTelegram, Fault, Kind, User
from bot.messenger.reception import Patience
from tests.messenger.conftest import GOODBYE, PATIENCE, Start, answers, until
from tests.messenger.echo import ASIDE, CARD, Echo, failing, slow

pytestmark = pytest.mark.anyio

# Order and doubles


async def test_a_chat_is_heard_in_its_order_P5(
    server: FakeTelegram, anna: User, bruno: User, echo: Echo, start: Start
) -> None:
    """However fast somebody writes, and whoever writes meanwhile."""
    for number in range(20):
        anna.says(f"a{number}")
        bruno.says(f"b{number}")
    async with start():
        await server.wait_quiet()
    assert echo.heard(7) == [f"a{number}" for number in range(20)]
    assert answers(anna) == [f"text: a{number}" for number in range(20)]
    assert answers(bruno) == [f"text: b{number}" for number in range(20)]


async def test_chats_are_served_side_by_side(
    server: FakeTelegram, anna: User, bruno: User, start: Start
) -> None:
    """Sends to one that are slow do not hold the other up."""
    server.fault(Fault(Kind.SLOW, seconds=0.4, chat_id=7))
    anna.says("slow")
    bruno.says("quick")
    async with start():
        since = time.monotonic()
        await until(lambda: answers(bruno))
        assert time.monotonic() - since < 0.3
        assert answers(anna) == []
        await server.wait_quiet()
    assert answers(anna) == ["text: slow"]


async def test_a_double_tap_counts_once_P2(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """The first moves the chat, the second gets a toast and a fresh card."""
    async with start():
        anna.says("ciao")
        await server.wait_quiet()
        anna.presses("Yes", times=5)
        await server.wait_quiet()
    assert echo.heard(7) == ["ciao", "yes"]
    assert anna.toasts() == ["That button is old."] * 4
    assert answers(anna)[-1] == "Once more?"
    assert anna.sees()[-1].labels == ["Yes", "No", "SOS"]


async def test_an_update_that_comes_again_is_not_turned_again_P2(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """Three times at once, and once more much later."""
    server.duplicate(3)
    async with start():
        anna.says("ciao")
        await server.wait_quiet()
        server.again()
        await server.wait_quiet()
    assert echo.heard(7) == ["ciao"]
    assert answers(anna) == ["text: ciao"]


async def test_a_forged_button_gets_a_toast_and_a_fresh_card(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """With any byte flipped, cut short, or made for somebody else: the chat does not move."""
    async with start():
        anna.says("ciao")
        await server.wait_quiet()
        card = anna.sees()[-1]
        data = card.buttons[0][0].data or ""
        flipped = [
            data[:place] + chr(ord(data[place]) ^ 1) + data[place + 1 :]
            for place in range(len(data))
        ]
        for forged in [*flipped, data[:-1], "", "sos"]:
            anna.forges(forged, message_id=card.message_id)
        await server.wait_quiet(within=10)
        assert set(anna.toasts()) == {"That button is old."}
        assert len(anna.toasts()) == len(flipped) + 3
        assert echo.heard(7) == ["ciao"]
        anna.presses("Yes")
        await server.wait_quiet()
    assert echo.heard(7) == ["ciao", "yes"]


async def test_a_press_closes_its_card_with_what_was_chosen(
    server: FakeTelegram, anna: User, start: Start
) -> None:
    """The history reads without buttons."""
    async with start():
        anna.says("ciao")
        await server.wait_quiet()
        anna.presses("No")
        await server.wait_quiet()
    closed, fresh = anna.sees()[1:]
    assert (closed.text, closed.labels) == ("You chose No", [])
    assert (fresh.text, fresh.labels) == ("button: no", ["Yes", "No", "SOS"])


# What is not text, and who is not a person


async def test_edits_commands_and_media_are_heard_as_such(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """Each as its own kind, in order."""
    async with start():
        anna.starts("abc")
        anna.says("/aiuto")
        anna.sends("voice")
        anna.sends("photo", caption="a picture")
        anna.says("one")
        anna.edits("two")
        await server.wait_quiet()
    kinds = [(one.kind, one.name, one.text, one.edited) for one in echo.chats[7].heard]
    assert kinds == [
        ("command", "start", "abc", False),
        ("command", "sos", "", False),
        ("media", "voice", "", False),
        ("media", "photo", "a picture", False),
        ("text", "", "one", False),
        ("text", "", "two", True),
    ]


async def test_a_group_is_left_with_one_line(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """Whoever adds the bot, and whatever was written meanwhile; nothing reaches the services."""
    anna.adds_bot_to(-100)
    anna.says("ciao a tutti", group=-100)
    async with start():
        await server.wait_quiet()
    said = [one for one in server.ledger if one.method == "sendMessage"]
    assert [one.payload["text"] for one in said] == [GOODBYE["it"]]
    assert echo.chats == {}


async def test_blocking_and_coming_back_is_heard(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """Data stay; nothing is sent meanwhile."""
    async with start():
        anna.says("ciao")
        await server.wait_quiet()
        anna.blocks()
        await server.wait_quiet()
        assert echo.heard(7) == ["ciao", "blocked"]
        anna.unblocks()
        await server.wait_quiet()
    assert echo.heard(7) == ["ciao", "blocked", "unblocked"]
    assert answers(anna) == ["text: ciao"]


# Presses and their toast


async def test_a_press_is_answered_right_after_its_turn(
    server: FakeTelegram, anna: User, start: Start
) -> None:
    """Once, and empty when there is nothing to say."""
    async with start():
        anna.says("ciao")
        await server.wait_quiet()
        anna.presses("Yes")
        await server.wait_quiet()
    methods = [one.method for one in server.ledger]
    assert methods.count("answerCallbackQuery") == 1
    assert anna.toasts() == []


async def test_a_slow_turn_has_its_press_answered_beforehand(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """The button must not spin; the toast is lost then, the answer is not."""
    async with start():
        anna.says("ciao")
        await server.wait_quiet()
        echo.trouble = slow(0.35, "")
        anna.presses("Yes")
        await asyncio.sleep(0.3)
        assert server.ledger[-1].method == "answerCallbackQuery"
        assert answers(anna) == ["text: ciao"]
        await server.wait_quiet()
    assert answers(anna)[-1] == "button: yes"
    assert [one.method for one in server.attempts].count("answerCallbackQuery") == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.REFUSE, status=400, method="answerCallbackQuery"),
        Fault(Kind.REFUSE, status=500, method="answerCallbackQuery"),
        Fault(Kind.REFUSE, status=429, retry_after=30, method="answerCallbackQuery"),
        Fault(Kind.CUT, after=True, method="answerCallbackQuery"),
        Fault(Kind.HANG, method="answerCallbackQuery", seconds=0.3),
    ],
    ids=["400", "500", "429", "lost answer", "hang"],
)
async def test_a_toast_that_fails_takes_nothing_with_it(
    server: FakeTelegram, anna: User, start: Start, fault: Fault
) -> None:
    """The reply is there all the same."""
    async with start():
        anna.says("ciao")
        await server.wait_quiet()
        server.fault(fault)
        anna.presses("Yes")
        await server.wait_quiet()
    assert answers(anna)[-1] == "button: yes"


# A flood and a backlog


async def test_a_flood_in_one_chat_does_not_hold_up_the_others(
    server: FakeTelegram, anna: User, bruno: User, start: Start
) -> None:
    """All sends of one chat together may hold up a batch only for a moment; then they follow."""
    server.fault(Fault(Kind.SLOW, seconds=0.25, chat_id=7, count=None))
    for number in range(8):
        anna.says(f"{number}")
    async with start():
        await asyncio.sleep(0.2)
        bruno.says("hello")
        since = time.monotonic()
        await until(lambda: answers(bruno))
        assert time.monotonic() - since < 0.8
        server.clear_faults()
        await server.wait_quiet()
    assert answers(bruno) == ["text: hello"]
    assert answers(anna) == [f"text: {number}" for number in range(8)]


async def test_a_backlog_is_answered_once_a_chat(
    server: FakeTelegram, anna: User, bruno: User, echo: Echo, start: Start
) -> None:
    """After an outage of an hour: one reply to Anna's four messages, each of them read."""
    for text in ("one", "two", "she took all the pills", "four"):
        anna.says(text)
    bruno.says("just one")
    server.advance(3600)
    anna.says("now")
    async with start():
        await server.wait_quiet()
    assert answers(anna) == [CARD, "I was offline.", "text: now"]
    assert answers(bruno) == ["text: just one"]
    assert echo.caught_up == [4]
    assert echo.heard(7) == ["one", "two", "she took all the pills", "four", "now"]


async def test_a_backlog_that_cannot_be_turned_at_once_is_turned_one_by_one(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """One poison update in it does not take the rest along."""
    echo.trouble = failing(KeyError(), "poison")
    for text in ("one", "poison", "three"):
        anna.says(text)
    server.advance(3600)
    async with start():
        await server.wait_quiet()
    assert answers(anna) == ["text: one", ASIDE, "text: three"]


async def test_turns_run_in_their_own_thread(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """SQLite wants one writer; the loop is never blocked by a turn."""
    names: set[str] = set()
    echo.trouble = lambda _heard: names.add(threading.current_thread().name)
    echo.marking = lambda: names.add(threading.current_thread().name)
    async with start(patience=Patience(drain=PATIENCE.drain)):
        anna.says("ciao")
        await server.wait_quiet()
    assert len(names) == 1
    assert names.pop().startswith("turns")
