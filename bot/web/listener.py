"""An application behind a port: uvicorn, without its habit of taking the process's signals."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from bot.settings import WrongSetting

_KEEP_ALIVE = 75  # seconds; Telegram and proxies keep connections open and use them again
_GRACE = 5  # seconds for requests under way when it stops
_BACKLOG = 512


def bound(host: str, port: int) -> socket.socket:
    """Return a socket bound to a place, which nobody can connect to yet.

    Raises:
        WrongSetting: the place is taken, or is not on this machine.
    """
    try:
        family, kind, _, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # With the protocol named, asyncio sends small packets at once: 40 ms less an answer.
        listening = socket.socket(family, kind, socket.IPPROTO_TCP)
    except OSError as error:
        raise _unusable(host, port, error) from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
    except OSError as error:
        listening.close()
        raise _unusable(host, port, error) from None
    return listening


def _unusable(host: str, port: int, error: OSError) -> WrongSetting:
    return WrongSetting(
        f"ACCANTO_LISTEN: {host}:{port} cannot be used ({error.strerror}); choose another place"
    )


class _Server(uvicorn.Server):
    """A server that leaves the signals to the process: it would raise them again at its end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        self.listens.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class Listener:
    """Serves an application on a bound socket until it is stopped.

    Args:
        app: what is served.
        listening: from `bound`; closed at the end.
    """

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        self._listening = listening
        config = uvicorn.Config(
            app,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,  # a path may hold what nobody is to read
            server_header=False,
            date_header=False,
            proxy_headers=False,
            backlog=_BACKLOG,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=_GRACE,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when it listens."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._listening]))
        listens = asyncio.create_task(self._server.listens.wait())
        await asyncio.wait({self._task, listens}, return_when=asyncio.FIRST_COMPLETED)
        listens.cancel()

    async def stop(self) -> None:
        """Take no new connection, finish the requests under way, close."""
        self._server.should_exit = True
        if self._task:
            await self._task
        self._listening.close()
