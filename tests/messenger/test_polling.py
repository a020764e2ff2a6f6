import asyncio
import time
from itertools import pairwise

import httpx
import pytest

from bot.messenger.fake import Exchange, FakeTelegram, Fault, Kind, User
from bot.messenger.polling import Pace, acknowledged
from bot.messenger.request import line
from tests.messenger.conftest import Start, answers, until
from tests.messenger.echo import Echo, slow

pytestmark = pytest.mark.anyio

POLL = "getUpdates"


def polls(server: FakeTelegram) -> list[float]:
    """When the bot asked."""
    return [one.monotonic for one in server.attempts if one.method == POLL]


FAULTS = {
    "400": Fault(Kind.REFUSE, status=400, method=POLL, count=2),
    "401": Fault(Kind.REFUSE, status=401, method=POLL, count=2),
    "409": Fault(Kind.REFUSE, status=409, method=POLL, count=2),
    "500": Fault(Kind.REFUSE, status=500, method=POLL, count=2),
    "502 of a gateway": Fault(Kind.REFUSE, status=502, page="<html>", method=POLL, count=2),
    "200 of a gateway": Fault(Kind.REFUSE, status=200, page="<html>", method=POLL, count=2),
    "200 with nothing": Fault(Kind.REFUSE, status=200, page="{}", method=POLL, count=2),
    "cut": Fault(Kind.CUT, method=POLL, count=2),
    "lost answer": Fault(Kind.CUT, after=True, method=POLL, count=2),
    "hang": Fault(Kind.HANG, method=POLL, seconds=0.3),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_no_fault_of_a_poll_loses_an_update_P1(
    server: FakeTelegram, anna: User, echo: Echo, start: Start, fault: Fault
) -> None:
    """The loop pauses and asks again; what was lost on the way is still there."""
    anna.says("one")
    server.fault(fault)
    async with start():
        await server.wait_quiet()
        server.fault(fault)
        anna.says("two")
        await server.wait_quiet()
    assert echo.heard(7) == ["one", "two"]
    assert answers(anna) == ["text: one", "text: two"]


async def test_a_429_is_obeyed(server: FakeTelegram, anna: User, start: Start) -> None:
    """Never earlier than told."""
    server.fault(Fault(Kind.REFUSE, status=429, retry_after=1, method=POLL))
    anna.says("ciao")
    async with start():
        await server.wait_quiet()
    first, second = polls(server)[:2]
    assert second - first >= 1


async def test_trouble_makes_the_pauses_longer_and_peace_short_again(
    server: FakeTelegram, anna: User, start: Start
) -> None:
    """A server in trouble is not hammered, and nobody waits longer than needed afterwards."""
    fault = Fault(Kind.REFUSE, status=500, method=POLL, count=5)
    server.fault(fault)
    async with start(Pace(poll=5, first=0.02, longest=0.1)):
        await until(lambda: len(polls(server)) == fault.count)
        anna.says("ciao")
        await server.wait_quiet()
        server.fault(Fault(Kind.REFUSE, status=500, method=POLL))
        anna.says("ciao")
        await server.wait_quiet()
    times = polls(server)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses[0] < pauses[1] < pauses[2]
    assert all(pause >= 0.02 for pause in pauses[:5])


async def test_a_second_poller_is_noticed_and_nothing_is_turned_twice_P2(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """During a deploy two processes may ask at once; Telegram ends the older poll with a 409."""
    async with start():
        anna.says("one")
        await server.wait_quiet()
        async with httpx.AsyncClient(trust_env=False) as other:
            url = f"{server.base_url}{server.token}/{POLL}"
            await other.post(url, json={"timeout": 0})
            stolen = asyncio.create_task(other.post(url, json={"timeout": 5}))
            await asyncio.sleep(0.1)
            anna.says("two")
            await stolen
        await server.wait_quiet()
    assert echo.heard(7) == ["one", "two"]
    assert 409 in [one.status for one in server.attempts]


async def test_a_webhook_that_was_left_behind_is_removed(
    server: FakeTelegram, anna: User, start: Start
) -> None:
    """It would keep every poll away; what waits is kept."""
    anna.says("ciao")
    async with line(server.token, server.url) as other:
        await other.set_webhook("http://127.0.0.1:9/hook")
        async with start():
            await server.wait_quiet()
        assert (await other.get_webhook_info()).url == ""
    assert answers(anna) == ["text: ciao"]


async def test_stopping_does_not_wait_for_the_long_poll(server: FakeTelegram, start: Start) -> None:
    """What a cut poll may have fetched is not acknowledged."""
    async with start(Pace(poll=30)) as running:
        await asyncio.sleep(0.1)
        since = time.monotonic()
        running.stop.set()
        await running.task
        assert time.monotonic() - since < 0.3
    assert server.pending() == 0


async def test_stopping_finishes_the_batch_that_has_begun_P1(
    anna: User, echo: Echo, start: Start
) -> None:
    """Every update of it is turned and answered before the process ends."""
    echo.trouble = slow(0.05, "")
    for number in range(5):
        anna.says(f"{number}")
    async with start() as running:
        await asyncio.sleep(0.1)
        running.stop.set()
        await running.task
        assert len(echo.heard(7)) == 5
    assert answers(anna) == [f"text: {number}" for number in range(5)]


async def test_stopping_in_the_middle_of_a_pause_is_quick(
    server: FakeTelegram, start: Start
) -> None:
    """A server that is away does not keep the process alive."""
    server.fault(Fault(Kind.REFUSE, status=500, method=POLL, count=None))
    async with start(Pace(first=30, longest=30)) as running:
        await asyncio.sleep(0.1)
        since = time.monotonic()
        running.stop.set()
        await running.task
        assert time.monotonic() - since < 0.3


async def test_a_process_that_dies_loses_nothing_and_doubles_no_effect_P1_P2(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """Cut off at any moment of a batch, the next one goes on where it stood."""
    echo.trouble = slow(0.01, "")
    for number in range(20):
        anna.says(f"{number}")
    for moment in (0.03, 0.1, 0.17):
        async with start() as running:
            await asyncio.sleep(moment)
            running.task.cancel()
            await asyncio.gather(running.task, return_exceptions=True)
            running.task = asyncio.create_task(asyncio.sleep(0))
    async with start():
        await server.wait_quiet()
    assert echo.heard(7) == [f"{number}" for number in range(20)]
    assert sorted(set(answers(anna))) == sorted(f"text: {number}" for number in range(20))


async def test_only_what_is_stored_is_acknowledged_P1() -> None:
    """The offset goes past the last update, or stops before the first that has to come again."""
    batch = [{"update_id": number} for number in (5, 6, 7, 9)]
    assert acknowledged(batch, frozenset()) == 10
    assert acknowledged(batch, frozenset({7})) == 7
    assert acknowledged(batch, frozenset({9, 6})) == 6


async def test_numbers_that_start_anew_are_not_overlooked_P1(
    server: FakeTelegram, anna: User, exchanges: list[Exchange], start: Start
) -> None:
    """After a quiet week Telegram begins at a random number, which may be lower than the last.

    So once all is acknowledged, the loop asks without an offset, and that shows all that waits.
    """
    anna.says("ciao")
    async with start(Pace(poll=1)):
        await until(lambda: len(polls(server)) == 2)
        anna.says("again")
        await server.wait_quiet()
    offsets = [one.sent.get("offset") for one in exchanges if one.method == POLL]
    assert offsets[0] is None
    assert offsets[1] == "900000001"
    assert offsets[2] is None
    assert answers(anna) == ["text: ciao", "text: again"]
