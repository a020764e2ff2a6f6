"""Whether the bot is well: the database answers, and the ticker still moves."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

SILENT = 60.0
"""Seconds without a sign of the ticker after which it counts as stuck; it looks every second."""

_PATIENCE = 2.0  # seconds for the database
_log = structlog.get_logger(__name__)


class Pulse:
    """Remembers when something last gave a sign of life.

    Args:
        monotonic: seconds that only ever grow.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._last = monotonic()

    def beat(self) -> None:
        """Give a sign of life."""
        self._last = self._monotonic()

    @property
    def silence(self) -> float:
        """Seconds since the last sign."""
        return self._monotonic() - self._last


class Health:
    """Looks at what the bot cannot do without.

    Args:
        ask: asks the database anything, blocking; raises whatever is wrong.
        pulse: of the ticker.
    """

    def __init__(self, ask: Callable[[], object], pulse: Pulse) -> None:
        self._ask = ask
        self._pulse = pulse
        # One thread of its own: the turns' own may be what hangs, and many may ask at once.
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._asking: asyncio.Future[object] | None = None

    async def look(self) -> dict[str, bool]:
        """Return what is well; all values true means healthy."""
        return {"database": await self._answers(), "ticker": self._pulse.silence < SILENT}

    def close(self) -> None:
        """Let the thread go; a question that hangs is not waited for."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _answers(self) -> bool:
        """Ask the database, unless somebody is asking: then wait for the same answer."""
        if self._asking is None or self._asking.done():
            loop = asyncio.get_running_loop()
            self._asking = loop.run_in_executor(self._executor, self._ask)
        try:
            # Shielded: the thread goes on asking, whoever stops waiting.
            await asyncio.wait_for(asyncio.shield(self._asking), _PATIENCE)
        except Exception as error:  # noqa: BLE001 - whatever it is, the database does not answer
            _log.warning("database does not answer", error=type(error).__name__)
            return False
        return True
