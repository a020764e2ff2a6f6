"""The bot on Telegram: its parts put together, started, and stopped in order."""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from typing import TypeVar
from urllib.parse import urlsplit

import structlog

from bot.binding import Bound, pushing
from bot.bootstrap import (
    chance,
    database_of,
    parts_over,
    reload_content,
    sound_content,
    system_time,
)
from bot.flows.house import ALIASES
from bot.jobs.housekeeping import Housekeeping
from bot.jobs.ticker import Hands, Ticker
from bot.messenger.buttons import verify
from bot.messenger.clock import ControlClock
from bot.messenger.drain import Drain
from bot.messenger.identity import introduce, own_name
from bot.messenger.polling import Polling
from bot.messenger.reception import Reading, Reception
from bot.messenger.registration import Registration
from bot.messenger.request import Line, line
from bot.messenger.sender import Sender
from bot.messenger.webhook import Webhook, secret_of
from bot.precautions import (
    log_without_secrets,
    refuse_drafts,
    refuse_what_cannot_run,
    report_lost_steps,
)
from bot.presentation import in_each_language, profiles
from bot.services import deliver
from bot.services.pace import Paces
from bot.services.parts import Parts
from bot.settings import Settings
from bot.store import people
from bot.store.figures import Figures, figures
from bot.web.application import application
from bot.web.health import Health, Pulse
from bot.web.listener import Listener, bound
from bot.web.metrics import Metrics

T = TypeVar("T")
_SECONDS_TO_STOP = 8.0
_log = structlog.get_logger(__name__)


async def serve(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT, then stop in order.

    No new updates, the ticker, running turns and sends, the pools, the engines.

    Raises:
        WrongSetting, StoreError, BrokenContent: before anything is started.
    """
    # First of all: whoever stops it while it starts gets an orderly end, too.
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    refuse_what_cannot_run(settings)
    log_without_secrets(settings)
    with ExitStack() as stack:
        place = settings.listens_at
        listening = stack.enter_context(bound(*place)) if place else None
        content = sound_content()
        refuse_drafts(settings, content[0].bundle)
        database = database_of(settings)
        stack.callback(database.close)
        parts = parts_over(database, content)
        Thread(target=_read_once, args=(parts,)).start()
        # In a thread of its own: reading all content takes a second or two.
        loop.add_signal_handler(
            signal.SIGHUP, lambda: Thread(target=reload_content, args=(parts,)).start()
        )
        parts.paces = Paces(settings.messages_a_minute)
        turns = ThreadPoolExecutor(max_workers=database.turns_at_once, thread_name_prefix="turn")
        stack.callback(turns.shutdown)
        await _Service(settings, parts, turns, stop, listening).run()


def _read_once(parts: Parts) -> None:
    """Read a first text: that loads what reads, a second that nobody should wait for."""
    parts.read(".", ())
    _log.info("ready to read")


@dataclass(slots=True)
class _Service:
    """What a running bot consists of."""

    settings: Settings
    parts: Parts
    turns: ThreadPoolExecutor
    stop: asyncio.Event
    listening: socket.socket | None

    async def run(self) -> None:
        """Run until `stop` is set."""
        with self.parts.database.reading() as unit:
            key = unit.secrets.buttons
            report_lost_steps(self.parts, people.places(unit))
        token, api_url = self.settings.token.get_secret_value(), self.settings.api_url
        now = ControlClock(api_url).now if self.settings.clock == "control" else system_time
        metrics = Metrics(
            lambda: _figures(self.parts, now()), lambda: self.parts.bundle.fingerprint
        )
        self.parts.observer = metrics
        async with line(token, api_url) as telegram:
            name = await _unless(self.stop, own_name(telegram))
            self.parts.bot_name = name or self.parts.bot_name
            # Reading the content takes a second or two, in which somebody may have changed plans.
            if not self.stop.is_set():
                await self._work(telegram, key, now, metrics)

    async def _work(
        self, telegram: Line, key: bytes, now: Callable[[], datetime], metrics: Metrics
    ) -> None:
        parts = self.parts
        bound = Bound(parts, now)
        worker = f"{socket.gethostname()}.{os.getpid()}"
        drain, reception = self._ears(telegram, key, bound, now, worker)
        pulse = Pulse(_monotonic)

        def pulsing() -> datetime:
            # The ticker asks for the time at every step.
            pulse.beat()
            return now()

        ticker = Ticker(
            parts, Hands(self.turns, pushing(drain), drain.sweep, pulsing, chance, worker)
        )
        parts.wake = ticker.wake
        introduced = asyncio.create_task(introduce(telegram, profiles(parts.bundle, now())))
        ticking = asyncio.create_task(ticker.run(self.stop))
        chores = Housekeeping(parts, now, self.settings.backup_dir)
        housekeeping = asyncio.create_task(chores.run(self.stop))
        health = Health(lambda: _figures(parts, now()), pulse)
        url = self.settings.webhook_url
        secret = secret_of(key, self.settings.token.get_secret_value())
        hook = Webhook(reception, urlsplit(url).path, secret, metrics) if url else None
        listener = await self._listener(health, metrics, hook)
        _log.info("running", flows=len(parts.dialogue.flows))
        if hook:
            await Registration(telegram, url, secret).run(self.stop)
        else:
            await Polling(telegram, reception).run(self.stop)
        await _ended(ticking, reception, hook)
        await housekeeping
        introduced.cancel()
        if listener:
            await listener.stop()
        health.close()

    def _ears(
        self,
        telegram: Line,
        key: bytes,
        bound: Bound,
        now: Callable[[], datetime],
        worker: str,
    ) -> tuple[Drain, Reception]:
        """Return what speaks with people, and what listens to them."""
        parts = self.parts
        sender = Sender(telegram, key, parts.observer)
        if parts.database.is_shared:
            parts.worker = worker
        drain = Drain(
            sender,
            bound,
            self.turns,
            hold=deliver.MARGIN.total_seconds() if parts.worker else None,
            takeover=(deliver.HELD_FOR + deliver.MARGIN).total_seconds() if parts.worker else 0.0,
        )
        reading = Reading(
            ALIASES,
            lambda account, data: verify(key, account, data),
            in_each_language(parts.bundle, "group.goodbye", now()),
        )
        return drain, Reception(bound, sender, drain, reading, self.turns, now)

    async def _listener(
        self, health: Health, metrics: Metrics, hook: Webhook | None
    ) -> Listener | None:
        """Return the web application behind its port, if there is to be one."""
        if self.listening is None:
            return None
        app = application(health, metrics, [hook.route] if hook else [])
        listener = Listener(app, self.listening)
        await listener.start()
        return listener


async def _ended(ticking: "asyncio.Task[None]", reception: Reception, hook: Webhook | None) -> None:
    """Let what is under way come to its end, for some seconds; what is stored is not lost."""
    ends = _monotonic() + _SECONDS_TO_STOP
    if hook:
        hook.close()
        await hook.finish(_SECONDS_TO_STOP)
    await asyncio.wait({ticking}, timeout=ends - _monotonic())
    ticking.cancel()
    await reception.finish(max(0.0, ends - _monotonic()))


async def _unless(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """Return what comes of some work, None if it is stopped before."""
    task, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if task.done():
        return task.result()
    task.cancel()
    return None


def _figures(parts: Parts, at: datetime) -> Figures:
    with parts.database.reading() as unit:
        return figures(unit, at)


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
