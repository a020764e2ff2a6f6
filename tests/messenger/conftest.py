import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeAlias

import pytest
from starlette.applications import Starlette

from bot.messenger.buttons import verify
from bot.messenger.drain import Drain
from bot.messenger.fake import Exchange, FakeTelegram, Settings, User
from bot.messenger.polling import Pace, Polling
from bot.messenger.reception import Patience, Reading, Reception
from bot.messenger.request import Line, Timeouts, line
from bot.messenger.sender import Sender
from bot.messenger.webhook import Limits, Webhook, secret_of
from bot.services.observer import Unobserved
from bot.web.listener import Listener, bound
from tests.messenger.echo import Echo

KEY = b"a key that only tests know"
MORNING = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
ALIASES = {"aiuto": "sos", "oggi": "today", "guida": "help"}
GOODBYE = {"it": "Rispondo solo in privato.", "en": "I only answer in private."}
SECRET = secret_of(KEY, "1:token")
PACE = Pace(poll=5, first=0.02, longest=0.1)
PATIENCE = Patience(acknowledge=0.2, crisis=0.4, drain=0.5, between=0.01)


@dataclass
class Running:
    """The bot under test while it polls; a test that kills the task puts another in its place."""

    reception: Reception
    stop: asyncio.Event
    task: asyncio.Task[None]


@dataclass
class Hooked:
    """The bot under test while Telegram posts to it."""

    hook: Webhook
    url: str


def answers(user: User) -> list[str]:
    """What the bot said to somebody, as it stands."""
    return [shown.text for shown in user.sees() if shown.is_from_bot]


def update(user: User, update_id: int, text: str) -> dict[str, Any]:
    """An update with a text, as Telegram gives it."""
    chat, sender = user.person.as_chat(), user.person.as_user()
    at = int(MORNING.timestamp())
    message = {"message_id": 1, "date": at, "chat": chat, "from": sender, "text": text}
    return {"update_id": update_id, "message": message}


def unreadable(user: User, update_id: int, text: str) -> dict[str, Any]:
    """An update as it may look next year: the library gives up on its entities."""
    made = update(user, update_id, text)
    made["message"]["entities"] = [{"type": 3}]
    return made


async def until(happened: Callable[[], object]) -> None:
    """Wait until something has happened."""
    async with asyncio.timeout(5):
        while not happened():  # noqa: ASYNC110 - the fake world tells nobody
            await asyncio.sleep(0.01)


Start: TypeAlias = Callable[..., AbstractAsyncContextManager[Running]]
Hook: TypeAlias = Callable[..., AbstractAsyncContextManager[Hooked]]


@pytest.fixture
def anyio_backend() -> str:
    """The bot runs on asyncio alone."""
    return "asyncio"


@pytest.fixture
def exchanges() -> list[Exchange]:
    """What went to and fro."""
    return []


@pytest.fixture
async def server(exchanges: list[Exchange]) -> AsyncIterator[FakeTelegram]:
    """A Telegram at eight in the morning."""
    async with FakeTelegram(Settings(now=MORNING, observer=exchanges.append)) as running:
        yield running


@pytest.fixture
def anna(server: FakeTelegram) -> User:
    """Somebody who speaks Italian."""
    return server.user(7, "Anna", "it")


@pytest.fixture
def bruno(server: FakeTelegram) -> User:
    """Somebody who does not."""
    return server.user(8, "Bruno", "en")


@pytest.fixture
async def bot(server: FakeTelegram) -> AsyncIterator[Line]:
    """A line to it that gives up after half a second."""
    async with line(server.token, server.url, Timeouts(read=0.5)) as connected:
        yield connected


@pytest.fixture
def sender(bot: Line) -> Sender:
    """What sends for it."""
    return Sender(bot, KEY)


@pytest.fixture
def echo() -> Echo:
    """The services behind it."""
    return Echo()


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    """The one thread in which they work."""
    with ThreadPoolExecutor(1, "turns") as one:
        yield one


@pytest.fixture
def drain(sender: Sender, echo: Echo, executor: ThreadPoolExecutor) -> Drain:
    """A drain of little patience."""
    return Drain(sender, echo, executor, patience=0.5, pause=0.02)


@pytest.fixture
def start(
    server: FakeTelegram,
    bot: Line,
    sender: Sender,
    drain: Drain,
    echo: Echo,
    executor: ThreadPoolExecutor,
) -> Start:
    """Let the bot poll until the block ends; then it stops as it does on SIGTERM."""

    @asynccontextmanager
    async def started(pace: Pace = PACE, patience: Patience = PATIENCE) -> AsyncIterator[Running]:
        reading = Reading(ALIASES, partial(verify, KEY), GOODBYE)
        reception = Reception(echo, sender, drain, reading, executor, server.now, patience)
        stop = asyncio.Event()
        task = asyncio.create_task(Polling(bot, reception, pace).run(stop))
        running = Running(reception, stop, task)
        try:
            yield running
        finally:
            stop.set()
            await running.task
            assert await reception.finish(10)

    return started


@pytest.fixture
def hook(
    server: FakeTelegram, sender: Sender, drain: Drain, echo: Echo, executor: ThreadPoolExecutor
) -> Hook:
    """Let the bot listen until the block ends; nobody is told where it listens."""

    @asynccontextmanager
    async def hooked(limits: Limits | None = None) -> AsyncIterator[Hooked]:
        reading = Reading(ALIASES, partial(verify, KEY), GOODBYE)
        reception = Reception(echo, sender, drain, reading, executor, server.now, PATIENCE)
        listening = bound("127.0.0.1", 0)
        port = listening.getsockname()[1]
        webhook = Webhook(reception, "/telegram", SECRET, Unobserved(), limits)
        listener = Listener(Starlette(routes=[webhook.route]), listening)
        await listener.start()
        try:
            yield Hooked(webhook, f"http://127.0.0.1:{port}/telegram")
        finally:
            webhook.close()
            assert await webhook.finish(5)
            await listener.stop()
            assert await reception.finish(10)

    return hooked
