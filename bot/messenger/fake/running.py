"""Running the fake server: inside an event loop, or in a thread beside synchronous code."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Self, TypeVar

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.messenger.fake.controls import Controls, Stillness
from bot.messenger.fake.people import Runner, run_here
from bot.messenger.fake.server import Settings, application, build

T = TypeVar("T")

_KEEP_ALIVE = 75  # seconds, so that a bot's idle connection is not cut under its hands
_LOOK = 0.005
_START_SECONDS = 10.0
_TURNS_TO_END = 100


class _Protocol(H11Protocol):
    """HTTP/1.1 that lets the application break its connection and writes no access log."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.access_log = False
        self.app_state = {**self.app_state, "transport": transport}


class _Listener:
    """An application behind a port of this machine."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        self._config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            timeout_keep_alive=_KEEP_ALIVE,
        )
        self._server = uvicorn.Server(self._config)
        self._place = (host, port)

    async def start(self) -> str:
        """Listen, and return the address.

        Raises:
            OSError: the port is taken.
        """
        # With the protocol named, asyncio sends small packets at once: 40 ms less a call.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(self._place)
        except OSError:
            listening.close()
            raise
        self._config.load()
        self._server.lifespan = self._config.lifespan_class(self._config)
        await self._server.startup(sockets=[listening])
        host, port = listening.getsockname()
        return f"http://{host}:{port}"

    async def stop(self) -> None:
        """Stop at once: break connections, end what is under way."""
        for server in self._server.servers:
            server.close()
        state = self._server.server_state
        for connection in list(state.connections):
            connection.transport.abort()
        for _ in range(_TURNS_TO_END):
            if not state.tasks:
                break
            await asyncio.sleep(0)
        for task in list(state.tasks):
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)


class _Served(Controls):
    """Controls of a server that listens."""

    def __init__(self, settings: Settings | None, host: str, port: int, run: Runner) -> None:
        backend = build(settings or Settings())
        super().__init__(backend, run)
        self._listener = _Listener(application(backend), host, port)

    async def _start(self) -> None:
        self.url = await self._listener.start()

    async def _stop(self) -> None:
        self._backend.webhook.aim(None)
        self._backend.poller.end(None)
        await self._listener.stop()
        await self._backend.webhook.outbound.close()


class FakeTelegram(_Served):
    """The fake server inside the running event loop.

    `async with FakeTelegram() as server:` listens on a free port until the block ends.

    Args:
        settings: token, clock, rates …; invented ones when None.
        host: where to listen.
        port: 0 for any that is free.
    """

    def __init__(
        self, settings: Settings | None = None, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        super().__init__(settings, host, port, run_here)

    async def __aenter__(self) -> Self:
        await self._start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stop()

    async def wait_quiet(self, *, within: float = 5.0, still: float = 0.05) -> None:
        """Wait until every update is acknowledged and nothing has happened for a while.

        Args:
            within: seconds to wait at most.
            still: seconds without a call.

        Raises:
            TimeoutError: it did not come to that.
        """
        stillness = Stillness(still, within)
        # Quiet is that nothing happens: there is no event to wait for.
        while not stillness.is_reached(self._state()):  # noqa: ASYNC110
            await asyncio.sleep(_LOOK)

    @staticmethod
    @contextlib.contextmanager
    def in_thread(
        settings: Settings | None = None, *, host: str = "127.0.0.1", port: int = 0
    ) -> "Iterator[ThreadedFakeTelegram]":
        """Run the server in a thread of its own until the block ends."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="fake-telegram", daemon=True)
        thread.start()
        server = ThreadedFakeTelegram(settings, host, port, loop)
        try:
            asyncio.run_coroutine_threadsafe(server.start(), loop).result(_START_SECONDS)
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result(_START_SECONDS)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


class ThreadedFakeTelegram(_Served):
    """The fake server in another thread; its methods may be called from any thread but that.

    Args:
        settings: as of `FakeTelegram`.
        host: where to listen.
        port: 0 for any that is free.
        loop: runs in the other thread.
    """

    def __init__(
        self, settings: Settings | None, host: str, port: int, loop: asyncio.AbstractEventLoop
    ) -> None:
        def run_there(act: Callable[[], T], /) -> T:
            async def there() -> T:
                return act()

            return asyncio.run_coroutine_threadsafe(there(), loop).result()

        super().__init__(settings, host, port, run_there)

    async def start(self) -> None:
        """Listen."""
        await self._start()

    async def stop(self) -> None:
        """Stop at once."""
        await self._stop()

    def wait_quiet(self, *, within: float = 5.0, still: float = 0.05) -> None:
        """Wait as `FakeTelegram.wait_quiet` does, blocking."""
        stillness = Stillness(still, within)
        while not stillness.is_reached(self._run(self._state)):
            time.sleep(_LOOK)
