"""The line to Telegram: the library's Bot over aiohttp, with pools and timeouts that suit us."""

import asyncio
import os
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from telegram import Bot
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

OFFICIAL = "https://api.telegram.org"
_KEPT_OPEN = 20.0  # seconds; a new encrypted connection costs a tenth of a second


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds until a call is given up, and how many may run at once.

    `read` is long on purpose: giving up on a send that Telegram accepted means sending it twice.
    """

    connect: float = 5.0
    read: float = 15.0
    write: float = 5.0
    pool: float = 5.0
    connections: int = 128


class Line(Bot):
    """The library's Bot without its two habits of showing the token.

    `initialize` does not ask who we are, because the error for a wrong token quotes it; and
    `repr` says nothing.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "Line()"

    async def initialize(self) -> None:
        """Open the pools."""
        await asyncio.gather(*(request.initialize() for request in self._request))
        self._requests_initialized = True

    async def waiting_updates(
        self, offset: int | None, allowed: Sequence[str], seconds: float
    ) -> list[Mapping[str, Any]]:
        """Return up to 100 updates as plain JSON, waiting so many seconds for the first.

        The library's own `get_updates` reads all or none: one update that it cannot read would
        take the other 99 with it.

        Raises:
            TelegramError: whatever goes wrong.
        """
        data = {"offset": offset, "timeout": int(seconds), "allowed_updates": list(allowed)}
        longest = seconds + (self._request[0].read_timeout or 0)
        updates = await self._post("getUpdates", data, read_timeout=longest)
        return list(updates)

    async def say(self, method: str, what: Mapping[str, Any]) -> int | None:
        """Send or edit a message and return its number, None when the answer names none.

        The library's own methods build every button of the message twice, on its way out and
        from the answer, of which only the number is of use here: a tenth of all CPU.

        Raises:
            TelegramError: whatever goes wrong; anything else means an answer out of shape.
        """
        answer = await self._post(method, dict(what))
        return None if answer is True else int(answer["message_id"])


class NotReached(NetworkError):
    """The request certainly did not leave this machine: no connection, or none that was free."""


_NOT_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


class Transport(BaseRequest):
    """One pool of connections.

    The library's own, over httpx, looks at every open connection once for every other one, at
    each call: see benchmarks/README.md for what that costs. An error never quotes the address,
    because the address holds the token.

    Args:
        timeouts: seconds; `write` only lengthens what a call may take as a whole.
        connections: how many calls may run at once.
        proxy: address of a proxy, None for none.
    """

    __slots__ = ("_free", "_proxy", "_session", "_timeouts")

    def __init__(self, timeouts: Timeouts, connections: int, proxy: str | None) -> None:
        self._timeouts = timeouts
        self._free = asyncio.Semaphore(connections)
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds that a call waits for its answer unless it is told otherwise."""
        return self._timeouts.read

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # As many connections as there are calls, and those are counted here: the wait for
                # a free one has a timeout of its own.
                connector=aiohttp.TCPConnector(
                    limit=0, keepalive_timeout=_KEPT_OPEN, ssl=_authorities()
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                proxy=self._proxy,
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call and return the status and the body of its answer.

        Raises:
            NotReached: it was certainly not sent.
            TimedOut: no answer in time; it may have been carried out.
            NetworkError: the connection broke; it may have been carried out.
        """
        if self._session is None:
            raise RuntimeError("The line is not open: use it as a context manager")
        default = self._timeouts
        connect = _seconds(connect_timeout, default.connect)
        read = _seconds(read_timeout, default.read)
        timeout = aiohttp.ClientTimeout(
            total=connect + _seconds(write_timeout, default.write) + read,
            connect=connect,
            sock_read=read,
        )
        await self._wait(_seconds(pool_timeout, default.pool))
        try:
            # A redirect would carry the token to somebody else.
            async with self._session.request(
                method, url, data=_body(request_data), timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except _NOT_SENT as error:
            raise NotReached(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None
        finally:
            self._free.release()

    async def _wait(self, seconds: float) -> None:
        """Wait until one more call may run."""
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError:
            raise NotReached("every connection is taken") from None


def line(token: str, api_url: str = OFFICIAL, timeouts: Timeouts | None = None) -> Line:
    """Return a line to a Bot API server; use it as an asynchronous context manager."""
    # The library's way to ask for `retry_after` as a timedelta; without it, it warns at each 429.
    os.environ["PTB_TIMEDELTA"] = "1"
    timeouts = timeouts or Timeouts()
    address = api_url.rstrip("/")
    proxy = _proxy(address)
    return Line(
        token,
        base_url=f"{address}/bot",
        base_file_url=f"{address}/file/bot",
        request=Transport(timeouts, timeouts.connections, proxy),
        get_updates_request=Transport(timeouts, 2, proxy),
    )


def told(error: TelegramError) -> float:
    """Return for how many seconds Telegram wants to be left alone; 0 when it does not say."""
    if not isinstance(error, RetryAfter):
        return 0.0
    pause = error.retry_after
    return float(pause) if isinstance(pause, int) else pause.total_seconds()


def _seconds(given: object, default: float) -> float:
    """Return a timeout of a call; the library's marker for "not given" is no number."""
    return float(given) if isinstance(given, int | float) else default


def _body(data: RequestData | None) -> aiohttp.FormData | None:
    """Return the parameters as a form, with the files that are among them."""
    if data is None:
        return None
    # Not quoted: Telegram shows the name of a file as it comes.
    form = aiohttp.FormData(data.json_parameters, quote_fields=False)
    for part, (name, content, kind) in data.multipart_data.items():
        form.add_field(part, content, filename=name, content_type=kind)
    return form


def _proxy(address: str) -> str | None:
    """Return the proxy that the environment names for an address."""
    place = urlsplit(address)
    if proxy_bypass(place.hostname or ""):
        return None
    proxies = getproxies()
    return proxies.get(place.scheme) or proxies.get("all")


@cache
def _authorities() -> ssl.SSLContext:
    """Return whom we trust; reading the list takes 20 ms, so all pools share it."""
    return httpx.create_ssl_context()
