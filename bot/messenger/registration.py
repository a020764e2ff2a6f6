"""Telling Telegram where to post, and noticing when somebody told it otherwise.

Whoever holds the token can have the updates sent elsewhere, so the address is looked at again and
again. Updates that wait are never dropped.
"""

import asyncio
from dataclasses import dataclass

import structlog
from telegram.error import InvalidToken, TelegramError

from bot.messenger.request import Line, told
from bot.messenger.updates import ALLOWED
from bot.messenger.webhook import CONNECTIONS

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds: of the first and the longest pause after a failure, between two looks."""

    first: float = 0.5
    longest: float = 30.0
    look: float = 300.0


class Registration:
    """Keeps the webhook set.

    Args:
        line: to Telegram.
        url: where it shall post.
        secret: what it shall show.
        rhythm: see there.
    """

    def __init__(self, line: Line, url: str, secret: str, rhythm: Rhythm | None = None) -> None:
        self._line = line
        self._url = url
        self._secret = secret
        self._rhythm = rhythm or Rhythm()
        self._last_failure = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Set the webhook, then look after it, until `stop` is set."""
        await self._set(stop)
        while not await _stopped(stop, self._rhythm.look):
            await self._look(stop)

    async def _set(self, stop: asyncio.Event) -> None:
        """Try until Telegram takes it: at every start, because it never tells the secret."""
        pause = self._rhythm.first
        while not stop.is_set():
            try:
                await self._line.set_webhook(
                    self._url,
                    allowed_updates=ALLOWED,
                    max_connections=CONNECTIONS,
                    secret_token=self._secret,
                )
            except TelegramError as error:
                _report("webhook not set", error)
                if isinstance(error, InvalidToken):
                    pause = self._rhythm.longest  # that is for the operator to mend
                await _stopped(stop, max(pause, told(error)))
                pause = min(2 * pause, self._rhythm.longest)
            else:
                _log.info("webhook set")
                return

    async def _look(self, stop: asyncio.Event) -> None:
        try:
            found = await self._line.get_webhook_info()
        except TelegramError as error:
            _report("webhook not looked at", error)
            await _stopped(stop, told(error))
            return
        if not found.url:
            # Somebody polled, or deleted it: as it is, nobody hears anything.
            _log.warning("the webhook was removed and is set again")
            await self._set(stop)
        elif found.url != self._url:
            # Not taken back: it may be a newer deployment. If it is not, the token has leaked.
            _log.warning("another webhook is set: no updates arrive here; is the token known?")
        failed = int(found.last_error_date.timestamp()) if found.last_error_date else 0
        if failed > self._last_failure:
            self._last_failure = failed
            waiting, reason = found.pending_update_count, found.last_error_message
            _log.warning("deliveries failed", reason=reason, waiting=waiting)


def _report(what: str, error: TelegramError) -> None:
    # The text of a refused token quotes it.
    reason = "" if isinstance(error, InvalidToken) else error.message
    _log.warning(what, error=type(error).__name__, reason=reason)


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    """Wait so many seconds; return whether it was told to stop meanwhile."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True
