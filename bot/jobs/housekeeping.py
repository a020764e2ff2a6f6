"""What nobody waits for: retention, the daily backup, the list of withdrawals.

In a thread of its own, so that neither turns nor reminders wait for it. Doing any of it twice, or
in two workers at once, changes nothing.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.services import backup, retention
from bot.services.parts import Parts
from bot.services.renewal import seal_what_ran_out

_LOOK = 30.0  # seconds between two looks at what is to be done
_log = structlog.get_logger(__name__)


class _Stopping(Exception):
    """The process is asked to end; what was begun is undone and comes again."""


@dataclass(slots=True)
class _Chore:
    """Something done again and again; `does` returns counts for the log, empty for no line."""

    name: str
    every: timedelta
    does: Callable[[datetime], Mapping[str, int]]
    done_at: datetime | None = None


class Housekeeping:
    """Does the chores until it is told to stop.

    Args:
        parts: what the services work with.
        now: the time, aware.
        folder: where daily backups and the list of withdrawals go; None for none.
    """

    def __init__(self, parts: Parts, now: Callable[[], datetime], folder: Path | None) -> None:
        self._parts = parts
        self._now = now
        self._ending = threading.Event()
        self._chores = [
            _Chore("retention", timedelta(hours=1), self._forget),
            _Chore("consent", timedelta(minutes=5), lambda at: seal_what_ran_out(parts, at)),
        ]
        if folder:
            self._chores += [
                _Chore("withdrawals", timedelta(minutes=5), lambda at: self._list(folder, at)),
                _Chore("backup", timedelta(hours=1), lambda at: self._back_up(folder, at)),
            ]

    async def run(self, stop: asyncio.Event) -> None:
        """Do what is to be done until `stop` is set; a chore under way is broken off then."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, "housekeeping") as executor:
            while not stop.is_set():
                working = loop.run_in_executor(executor, self.work)
                stopping = asyncio.create_task(self._told(stop))
                await working
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping, _LOOK)

    async def _told(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._ending.set()

    def work(self) -> None:
        """Do every chore whose time has come; one that fails does not keep the others."""
        for chore in self._chores:
            try:
                at = self._now()
                # A clock may also jump back.
                if chore.done_at is not None and abs(at - chore.done_at) < chore.every:
                    continue
                chore.done_at = at
                counts = chore.does(at)
            except _Stopping:
                return
            except Exception as error:  # noqa: BLE001 - one chore never ends the others
                _log.error("chore failed", chore=chore.name, error=type(error).__name__)
            else:
                if counts:
                    told = {name.replace(" ", "_"): number for name, number in counts.items()}
                    _log.info("chore done", chore=chore.name, **told)

    def _forget(self, at: datetime) -> Mapping[str, int]:
        return retention.forget_old(self._parts, at, between=self._between)

    def _back_up(self, folder: Path, at: datetime) -> Mapping[str, int]:
        rows = backup.daily(self._parts.database, folder, at, self._between)
        return {"rows": rows} if rows else {}

    def _list(self, folder: Path, at: datetime) -> Mapping[str, int]:
        backup.list_withdrawals(self._parts.database, folder / backup.WITHDRAWALS, at)
        return {}

    def _between(self) -> None:
        if self._ending.is_set():
            raise _Stopping
