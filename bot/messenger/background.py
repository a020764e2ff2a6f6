"""Work that is waited for only so long and then finishes by itself."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

_log = structlog.get_logger(__name__)


class Background:
    """Tasks that outlive the one who waited for them. Nothing is ever cancelled half-way."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin some work; what it raises is logged by kind."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def finish(self, seconds: float) -> bool:
        """Wait at most so many seconds for everything begun; return whether all of it ended."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        return not self._running

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("background work failed", error=type(error).__name__)
