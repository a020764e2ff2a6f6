"""Several processes behind one address, as an operator runs them who needs more than one."""

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tests.run.process import Bot, Late

_LOOK = 0.003
_START_SECONDS = 5.0


class Team:
    """Bots that are started, killed one at a time, and stopped together.

    chance: decides which of them is killed.
    """

    def __init__(self, bots: Sequence[Bot], chance: random.Random) -> None:
        self._bots = bots
        self._chance = chance

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of their processes."""
        return tuple(bot.pid for bot in self._bots)

    def start(self) -> None:
        """Start those that do not run."""
        for bot in self._bots:
            if not bot.runs:
                bot.start()

    def kill(self) -> None:
        """Kill any one of them."""
        self._chance.choice([bot for bot in self._bots if bot.runs]).kill()

    def stop(self) -> int:
        """Stop all; return the worst exit code."""
        return max((bot.stop() for bot in self._bots), key=abs)

    def wait_until(self, happened: Callable[[], bool], within: float = 20.0) -> None:
        """Wait for something while all run; raise Late if one dies or it takes too long."""
        ends = time.monotonic() + within
        while not happened():
            if not all(bot.runs for bot in self._bots):
                raise Late(f"a bot ended: {self.logged()}")
            if time.monotonic() > ends:
                raise Late(f"not within {within} s: {self.logged()}")
            time.sleep(_LOOK)

    def logged(self) -> str:
        """Return the last of what they logged."""
        return "\n---\n".join(bot.logged() for bot in self._bots)


@contextmanager
def balanced(ports: Sequence[int], chance: random.Random) -> Iterator[str]:
    """Give an address whose requests go to any of these ports that listens."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="balancer", daemon=True)
    thread.start()
    balancer = _Balancer(ports, chance)
    try:
        port = asyncio.run_coroutine_threadsafe(balancer.start(), loop).result(_START_SECONDS)
        yield f"http://127.0.0.1:{port}"
    finally:
        asyncio.run_coroutine_threadsafe(balancer.stop(), loop).result(_START_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Balancer:
    """Hands on one request at a time, so that a chat meets now this worker and now that one."""

    def __init__(self, ports: Sequence[int], chance: random.Random) -> None:
        self._ports = ports
        self._chance = chance
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listen on a free port, and return it."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close everything."""
        if self._server:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Whatever breaks on either side breaks the connection: Telegram then comes again.
        with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError):
            try:
                while True:
                    writer.write(await self._answer(await _message(reader)))
                    await writer.drain()
            finally:
                writer.close()

    async def _answer(self, request: bytes) -> bytes:
        ports = list(self._ports)
        self._chance.shuffle(ports)
        for port in ports:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                continue
            try:
                writer.write(request)
                return await _message(reader)
            finally:
                writer.close()
        raise ConnectionError("nobody listens")


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Return one whole request or answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    lengths = [int(line.partition(":")[2]) for line in lines if line.startswith("content-length:")]
    return head + await reader.readexactly(lengths[0] if lengths else 0)
