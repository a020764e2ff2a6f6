import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import pytest
from structlog.testing import capture_logs

from bot.messenger.fake import Exchange, FakeTelegram, Fault, Kind
from bot.messenger.registration import Registration, Rhythm
from bot.messenger.request import Line
from bot.messenger.updates import ALLOWED
from tests.messenger.conftest import SECRET, until

pytestmark = pytest.mark.anyio

URL = "http://127.0.0.1:9/telegram"
SET, LOOK = "setWebhook", "getWebhookInfo"
Register: TypeAlias = Callable[..., AbstractAsyncContextManager[None]]


@pytest.fixture
def register(bot: Line) -> Register:
    """Keep the webhook set until the block ends."""

    @asynccontextmanager
    async def registered(look: float = 0.05) -> AsyncIterator[None]:
        stop = asyncio.Event()
        rhythm = Rhythm(first=0.02, longest=0.1, look=look)
        task = asyncio.create_task(Registration(bot, URL, SECRET, rhythm).run(stop))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(task, 1)

    return registered


def calls(server: FakeTelegram, method: str) -> list[float]:
    """When a method was called."""
    return [one.monotonic for one in server.attempts if one.method == method]


async def test_telegram_is_told_address_secret_kinds_and_connections(
    exchanges: list[Exchange], register: Register
) -> None:
    """And never to drop what waits."""
    async with register():
        await until(lambda: exchanges)
    [told] = [one.sent for one in exchanges if one.method == SET]
    assert (told["url"], told["secret_token"]) == (URL, SECRET)
    assert told["allowed_updates"] == list(ALLOWED)
    assert int(told["max_connections"]) == 100
    assert "drop_pending_updates" not in told


async def test_what_waits_is_kept_when_the_webhook_is_set(
    server: FakeTelegram, register: Register
) -> None:
    """An update from before is delivered like any other."""
    server.user(7).says("ciao")
    async with register(look=60):
        await until(lambda: calls(server, SET))
    assert server.pending() == 1


FAULTS = {
    "400": Fault(Kind.REFUSE, status=400, method=SET, count=2),
    "403": Fault(Kind.REFUSE, status=403, method=SET, count=2),
    "409": Fault(Kind.REFUSE, status=409, method=SET, count=2),
    "500": Fault(Kind.REFUSE, status=500, method=SET, count=2),
    "a gateway's 502": Fault(Kind.REFUSE, status=502, page="<html>", method=SET, count=2),
    "401": Fault(Kind.REFUSE, status=401, method=SET, count=2),
    "cut": Fault(Kind.CUT, method=SET, count=2),
    "lost answer": Fault(Kind.CUT, after=True, method=SET, count=2),
    "time-out": Fault(Kind.HANG, method=SET),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_no_fault_keeps_the_webhook_from_being_set(
    server: FakeTelegram, bot: Line, register: Register, fault: Fault
) -> None:
    """It is tried until Telegram takes it; nothing is raised, and the token stays unsaid."""
    server.fault(fault)
    with capture_logs() as logs:
        async with register(look=60):
            await until(lambda: "webhook set" in [one["event"] for one in logs])
    assert (await bot.get_webhook_info()).url == URL
    assert server.token not in repr(logs)


async def test_a_429_of_set_webhook_is_obeyed(server: FakeTelegram, register: Register) -> None:
    """Never earlier than told."""
    server.fault(Fault(Kind.REFUSE, status=429, retry_after=1, method=SET))
    async with register():
        await until(lambda: len(calls(server, SET)) == 2)
    first, second = calls(server, SET)
    assert second - first >= 1


async def test_a_foreign_webhook_is_told_and_left(bot: Line, register: Register) -> None:
    """Another deployment, or somebody who has the token: the operator has to know."""
    with capture_logs() as logs:
        async with register():
            await until(lambda: logs)
            await bot.set_webhook("http://127.0.0.1:9/elsewhere")
            await until(lambda: _warned(logs, "another webhook is set"))
    assert (await bot.get_webhook_info()).url.endswith("/elsewhere")


async def test_a_webhook_that_was_removed_is_set_again(bot: Line, register: Register) -> None:
    """Otherwise nobody would hear anything, and nobody would notice."""
    with capture_logs() as logs:
        async with register():
            await until(lambda: logs)
            await bot.delete_webhook()
            await until(lambda: _warned(logs, "the webhook was removed"))
            await until(lambda: [one["event"] for one in logs].count("webhook set") == 2)
    assert (await bot.get_webhook_info()).url == URL


async def test_deliveries_that_fail_are_told_with_their_reason(
    server: FakeTelegram, register: Register
) -> None:
    """Telegram says why; the operator would hear of it from users only."""
    with capture_logs() as logs:
        async with register():
            await until(lambda: logs)
            server.user(7).says("ciao")
            await until(lambda: _warned(logs, "deliveries failed"))
    [told] = [one for one in logs if one["event"] == "deliveries failed"]
    assert told["waiting"] == 1
    assert told["reason"]


@pytest.mark.parametrize("status", [400, 401, 403, 409, 500])
async def test_a_look_that_fails_is_survived(
    server: FakeTelegram, register: Register, status: int
) -> None:
    """The next one comes."""
    server.fault(Fault(Kind.REFUSE, status=status, method=LOOK))
    async with register():
        await until(lambda: len(calls(server, LOOK)) >= 2)


def _warned(logs: list[dict[str, object]], words: str) -> bool:
    return any(
        str(one["event"]).startswith(words) and one["log_level"] == "warning" for one in logs
    )
