"""The route to which Telegram posts updates: first store, then answer 200.

Whoever does not know the secret is refused before anything is read. What could not be stored is
answered with 503 and `Retry-After`, which Telegram obeys; without it, it waits up to two minutes.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.messenger.reception import Reception
from bot.services.observer import Observer

HEADER = "X-Telegram-Bot-Api-Secret-Token"
CONNECTIONS = 100
"""How many deliveries Telegram may have open at once: the most it allows."""

_LARGEST_ID = 2**63 - 1
_SECRET_BYTES = 16
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """`body` bytes of an update; `seconds` to send it; how many may be under way at once.

    `open` is well below the connections Telegram may use: however much is under way, a cry for
    help finds one that is free.
    """

    body: int = 1024 * 1024
    seconds: float = 10.0
    open: int = 64


def secret_of(key: bytes, token: str) -> str:
    """Return the 128 bits that Telegram has to show, as 32 hexadecimal digits.

    Every process over one database has the same; a new token makes a new one.

    Args:
        key: a secret of the service.
        token: the bot's.
    """
    made = hmac.new(key, f"webhook\0{token}".encode(), hashlib.sha256)
    return made.digest()[:_SECRET_BYTES].hex()


class Webhook:
    """Takes deliveries in.

    Args:
        reception: turns and answers what is delivered.
        path: where Telegram posts, the path of the address it was given.
        secret: what it shows, see `secret_of`.
        observer: is told how each delivery was answered.
        limits: see there.
    """

    def __init__(
        self,
        reception: Reception,
        path: str,
        secret: str,
        observer: Observer,
        limits: Limits | None = None,
    ) -> None:
        self.route = Route(path or "/", self._posted, methods=["POST"])
        self._reception = reception
        self._secret = secret.encode()
        self._observer = observer
        self._limits = limits or Limits()
        self._open = 0
        self._is_closed = False
        self._empty = asyncio.Event()
        self._empty.set()

    def close(self) -> None:
        """Refuse every delivery from now on; Telegram keeps it and comes again."""
        self._is_closed = True

    async def finish(self, seconds: float) -> bool:
        """Wait at most so many seconds for the deliveries under way; return whether all ended."""
        try:
            await asyncio.wait_for(self._empty.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _posted(self, request: Request) -> Response:
        response = await self._answer(request)
        self._observer.posted(response.status_code)
        return response

    async def _answer(self, request: Request) -> Response:
        given = request.headers.get(HEADER, "").encode("latin-1")
        if not hmac.compare_digest(given, self._secret):
            return _hung_up(401)
        if self._is_closed:
            return _later()
        try:
            async with asyncio.timeout(self._limits.seconds):
                body = await self._body(request)
        except (ClientDisconnect, TimeoutError):
            return _hung_up(408)
        if body is None:
            return _hung_up(413)
        update = _update(body)
        if update is None:
            return Response(status_code=400)
        return await self._taken(update)

    async def _body(self, request: Request) -> bytes | None:
        """Return the body, None when it is too long: then nothing more of it is read."""
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self._limits.body:
            return None
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._limits.body:
                return None
        return bytes(body)

    async def _taken(self, update: Mapping[str, Any]) -> Response:
        """Let an update be turned, unless too many are under way and this one can wait."""
        if self._open >= self._limits.open and not await self._reception.is_urgent(update):
            return _later()
        self._open += 1
        self._empty.clear()
        try:
            is_stored = await self._reception.hear(update)
        except Exception as error:  # noqa: BLE001 - nothing here should raise; then it comes again
            _log.error("delivery not served", error=type(error).__name__)
            is_stored = False
        finally:
            self._open -= 1
            if not self._open:
                self._empty.set()
        return Response() if is_stored else _later()


def _update(body: bytes) -> Mapping[str, Any] | None:
    """Return the update a body holds; None when it holds none."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(update, dict):
        return None
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    return update if 0 <= number <= _LARGEST_ID else None


def _later() -> Response:
    """Ask for the same delivery in a second."""
    return Response(status_code=503, headers={"Retry-After": "1"})


def _hung_up(status: int) -> Response:
    """Refuse, and let the connection go: what was not read of the body never will be."""
    return Response(status_code=status, headers={"Connection": "close"})
