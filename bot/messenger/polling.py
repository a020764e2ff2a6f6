"""The loop that asks Telegram for updates: first store, then acknowledge.

The next request acknowledges what came before, so it is made only when every update of the batch
is turned and stored. What cannot be stored is not acknowledged and comes again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from telegram.error import Conflict, TelegramError

from bot.messenger.reception import Reception
from bot.messenger.request import Line, told
from bot.messenger.updates import ALLOWED

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: of one long poll, of the first and the longest pause after a failure."""

    poll: float = 25.0
    first: float = 0.5
    longest: float = 30.0


class Polling:
    """Own getUpdates loop; python-telegram-bot's Updater acknowledges before anything is done.

    Args:
        line: to Telegram.
        reception: takes the updates.
        pace: see there.
    """

    def __init__(self, line: Line, reception: Reception, pace: Pace | None = None) -> None:
        self._line = line
        self._reception = reception
        self._pace = pace or Pace()
        self._failures = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set; a batch that has begun is finished first."""
        offset: int | None = None
        while not stop.is_set():
            updates = await self._fetch(offset, stop)
            if updates is None:
                continue
            if not updates:
                # All is acknowledged. Without an offset we also see ids that start anew: after a
                # quiet week Telegram begins at a random number.
                offset = None
                continue
            unfinished = await self._reception.take(updates)
            offset = acknowledged(updates, unfinished)
            if unfinished:
                _log.warning("updates have to come again", updates=len(unfinished))
                await self._pause(stop)
            else:
                self._failures = 0

    async def _fetch(
        self, offset: int | None, stop: asyncio.Event
    ) -> Sequence[Mapping[str, Any]] | None:
        """Return the next updates, or None after a failure (having paused) or a stop."""
        poll = asyncio.ensure_future(self._line.waiting_updates(offset, ALLOWED, self._pace.poll))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({poll, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not poll.done():
                return None
            updates = poll.result()
        except TelegramError as error:
            await self._failed(error, stop)
            return None
        except Exception as error:  # noqa: BLE001 - whatever came back, we ask again
            _log.error("poll not read", error=type(error).__name__)
            await self._pause(stop)
            return None
        finally:
            # Nothing is lost by giving up a poll: what it fetched is not acknowledged.
            await _cancelled(poll, stopping)
        if not updates:
            self._failures = 0
        return updates

    async def _failed(self, error: TelegramError, stop: asyncio.Event) -> None:
        _log.warning("poll failed", error=type(error).__name__, failures=self._failures + 1)
        seconds = told(error)
        if isinstance(error, Conflict) and "webhook" in error.message.lower():
            seconds = await self._take_over()
        await self._pause(stop, seconds)

    async def _take_over(self) -> float:
        """Remove a webhook, which keeps polls away; what waits is kept.

        Returns the seconds that Telegram wants to be left alone.
        """
        _log.warning("a webhook was set and is removed: this process polls")
        try:
            await self._line.delete_webhook()
        except TelegramError as error:
            _log.warning("webhook not removed", error=type(error).__name__)
            return told(error)
        return 0.0

    async def _pause(self, stop: asyncio.Event, at_least: float = 0.0) -> None:
        """Wait longer after each failure in a row, and never less than told."""
        seconds = min(self._pace.first * 2**self._failures, self._pace.longest)
        self._failures = min(self._failures + 1, 16)
        try:
            await asyncio.wait_for(stop.wait(), max(seconds, at_least))
        except TimeoutError:
            return


def acknowledged(updates: Sequence[Mapping[str, Any]], unfinished: frozenset[int]) -> int:
    """Return the offset of the next request: everything before it is acknowledged by it."""
    if unfinished:
        return min(unfinished)
    return max(int(update["update_id"]) for update in updates) + 1


async def _cancelled(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
