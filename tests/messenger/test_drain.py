import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.messenger.drain import Drain
from bot.messenger.fake import FakeTelegram, Fault, Kind, User
from bot.messenger.sender import Sender, Unclear, Wait
from bot.services.heard import Outgoing, Parcel
from tests.messenger.echo import Echo

pytestmark = pytest.mark.anyio

ANNA, BRUNO = "person-7", "person-8"
ONE, TWO, THREE = (Outgoing("send", word) for word in ("one", "two", "three"))


@pytest.fixture
def anna(server: FakeTelegram) -> User:
    """Somebody who started the bot."""
    return server.user(7, "Anna", has_started=True)


def texts(user: User) -> list[str]:
    """What they see."""
    return [shown.text for shown in user.sees()]


async def test_all_that_is_unsent_is_sent_in_order_and_marked_P3(
    anna: User, echo: Echo, drain: Drain
) -> None:
    """With the number each message has at Telegram."""
    for message in (ONE, TWO, THREE):
        echo.put(7, message)
    await drain(ANNA)
    assert texts(anna) == ["one", "two", "three"]
    assert [(row.state, row.message_id) for row in echo.rows.values()] == [
        ("sent", 1),
        ("sent", 2),
        ("sent", 3),
    ]


async def test_a_hundred_drains_at_once_send_nothing_twice_P4(
    anna: User, echo: Echo, drain: Drain
) -> None:
    """Turn, sweep and reminder may all ask for the same chat; whoever comes late is included."""
    for message in (ONE, TWO):
        echo.put(7, message)
    asked = [asyncio.create_task(drain(ANNA)) for _ in range(50)]
    await asyncio.sleep(0)
    echo.put(7, THREE)
    await asyncio.gather(*asked, *(drain(ANNA) for _ in range(50)))
    assert texts(anna) == ["one", "two", "three"]


async def test_a_short_429_is_waited_for_and_never_undercut(
    server: FakeTelegram, anna: User, echo: Echo, sender: Sender, executor: ThreadPoolExecutor
) -> None:
    """Within the patience the drain waits as long as told, then goes on."""
    server.fault(Fault(Kind.REFUSE, status=429, retry_after=1))
    echo.put(7, ONE)
    await Drain(sender, echo, executor, patience=2)(ANNA)
    assert texts(anna) == ["one"]
    refused, accepted = server.attempts
    assert accepted.monotonic - refused.monotonic >= 1


async def test_a_long_429_leaves_the_rows_and_asks_no_more(
    server: FakeTelegram, anna: User, echo: Echo, drain: Drain
) -> None:
    """The rows are the list of what is unsent; other chats are not held up."""
    server.user(8, has_started=True)
    server.fault(Fault(Kind.REFUSE, status=429, retry_after=60, chat_id=7))
    echo.put(7, ONE)
    echo.put(8, TWO)
    since = time.monotonic()
    for _ in range(3):
        await drain(ANNA)
    await drain(BRUNO)
    assert time.monotonic() - since < 0.4
    assert echo.states() == ["unsent", "sent"]
    assert [one.chat_id for one in server.attempts] == [7, 8]
    assert texts(anna) == []


async def test_a_drain_leaves_after_two_seconds_of_trouble(
    server: FakeTelegram, anna: User, echo: Echo, sender: Sender, executor: ThreadPoolExecutor
) -> None:
    """That is the patience of the real bot; when the trouble is over, the sweep sends the rest."""
    server.fault(Fault(Kind.REFUSE, status=500, count=None))
    echo.put(7, ONE)
    drain = Drain(sender, echo, executor)
    since = time.monotonic()
    await drain(ANNA)
    assert 1 < time.monotonic() - since < 2.3
    assert echo.states() == ["unsent"]
    assert 3 < len(server.attempts) < 10
    server.clear_faults()
    assert await drain.finish(1)
    await drain(ANNA)
    assert texts(anna) == ["one"]


async def test_a_send_that_hangs_is_left_alone_and_not_sent_twice(
    server: FakeTelegram, anna: User, echo: Echo, sender: Sender, executor: ThreadPoolExecutor
) -> None:
    """It is waited for no longer than the patience, and never cancelled: it may have arrived."""
    server.fault(Fault(Kind.SLOW, seconds=0.4))
    echo.put(7, ONE)
    drain = Drain(sender, echo, executor, patience=0.1)
    since = time.monotonic()
    await drain(ANNA)
    assert time.monotonic() - since < 0.3
    assert echo.states() == ["unsent"]
    echo.put(7, TWO)
    await drain(ANNA)
    assert await drain.finish(2)
    assert texts(anna) == ["one", "two"]


TROUBLE = {
    "500": Fault(Kind.REFUSE, status=500, count=2),
    "502 of a gateway": Fault(Kind.REFUSE, status=502, page="<html>", count=2),
    "cut": Fault(Kind.CUT, count=2),
}


@pytest.mark.parametrize("fault", TROUBLE.values(), ids=TROUBLE)
async def test_what_is_unclear_is_sent_again_in_order_P3(
    server: FakeTelegram, anna: User, echo: Echo, drain: Drain, fault: Fault
) -> None:
    """At least once: the second message waits until the first is through."""
    server.fault(fault)
    echo.put(7, ONE)
    echo.put(7, TWO)
    await drain(ANNA)
    assert texts(anna) == ["one", "two"]


async def test_a_lost_answer_may_repeat_a_reply_whole_P4(
    server: FakeTelegram, anna: User, echo: Echo, drain: Drain
) -> None:
    """Nobody can know; a reply is said again rather than not at all."""
    server.fault(Fault(Kind.CUT, after=True))
    echo.put(7, ONE)
    echo.put(7, TWO)
    await drain(ANNA)
    assert texts(anna) == ["one", "one", "two"]


async def test_after_a_403_there_is_no_other_call(
    server: FakeTelegram, anna: User, echo: Echo, drain: Drain
) -> None:
    """Blocked is blocked: one call, and the person is noted as out of reach."""
    anna.blocks()
    echo.put(7, ONE)
    echo.put(7, TWO)
    await drain(ANNA)
    await drain(ANNA)
    assert len(server.attempts) == 1
    assert echo.states() == ["dropped", "dropped"]


async def test_a_message_that_is_refused_for_good_does_not_block_the_chat(
    server: FakeTelegram, anna: User, echo: Echo, drain: Drain
) -> None:
    """Too long, for instance: it is given up, visibly, and the next one goes."""
    echo.put(7, Outgoing("send", "x" * 5000))
    echo.put(7, TWO)
    await drain(ANNA)
    assert texts(anna) == ["two"]
    assert echo.states() == ["refused", "sent"]
    assert len(server.attempts) == 2


async def test_a_refused_token_leaves_everything_where_it_is(
    server: FakeTelegram, anna: User, echo: Echo, drain: Drain
) -> None:
    """The operator mends it; nothing is lost meanwhile, and nobody hammers on."""
    server.fault(Fault(Kind.REFUSE, status=401, count=None))
    echo.put(7, ONE)
    await drain(ANNA)
    await drain(ANNA)
    assert echo.states() == ["unsent"]
    assert len(server.attempts) == 1
    assert texts(anna) == []


async def test_a_mark_that_cannot_be_written_is_written_later_and_not_sent_again_P4(
    server: FakeTelegram, anna: User, echo: Echo, drain: Drain
) -> None:
    """The database goes away between Telegram's yes and our mark; the process remembers."""

    def fail() -> None:
        raise OSError("disk full")

    echo.put(7, ONE)
    echo.marking = fail
    await drain(ANNA)
    assert echo.states() == ["unsent"]
    echo.marking = lambda: None
    echo.put(7, TWO)
    await drain(ANNA)
    assert echo.states() == ["sent", "sent"]
    assert texts(anna) == ["one", "two"]
    assert len(server.attempts) == 2


async def test_two_chats_are_sent_to_side_by_side(
    server: FakeTelegram, anna: User, echo: Echo, drain: Drain
) -> None:
    """One that hangs does not stop the other."""
    bruno = server.user(8, has_started=True)
    server.fault(Fault(Kind.SLOW, seconds=0.3, chat_id=7))
    echo.put(7, ONE)
    echo.put(8, TWO)
    slow = asyncio.create_task(drain(ANNA))
    await drain(BRUNO)
    assert (texts(anna), texts(bruno)) == ([], ["two"])
    await slow
    assert texts(anna) == ["one"]


async def test_a_push_is_one_call_and_its_end_is_told_P3_P4(
    server: FakeTelegram, anna: User, drain: Drain
) -> None:
    """A reminder is never tried again from here: an unclear end is the caller's to note."""
    server.fault(Fault(Kind.CUT, after=True))
    outcome = await drain.push(Parcel(1, anna.id, ONE))
    assert outcome == Unclear()
    assert texts(anna) == ["one"]
    assert len(server.attempts) == 1


async def test_a_push_is_never_earlier_than_told(
    server: FakeTelegram, anna: User, drain: Drain
) -> None:
    """After a 429 the next push of that chat makes no call at all until the time is over."""
    server.fault(Fault(Kind.REFUSE, status=429, retry_after=30))
    first = await drain.push(Parcel(1, anna.id, ONE))
    second = await drain.push(Parcel(2, anna.id, TWO))
    assert isinstance(first, Wait)
    assert isinstance(second, Wait)
    assert len(server.attempts) == 1
