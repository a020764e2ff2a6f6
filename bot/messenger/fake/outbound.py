"""HTTP towards the bot's webhook: just enough of it, and cheap."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_NO_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Reply:
    """What a webhook answered; names of headers are in small letters."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Line:
    """An open connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Outbound:
    """Posts over connections that are kept open.

    Args:
        patience: seconds until an answer must have come.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._idle: dict[tuple[str, int, bool], list[_Line]] = {}

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Post a body and return the answer.

        Raises:
            OSError: no connection, or it broke.
            TimeoutError: no answer in time.
            ValueError: the answer is no HTTP.
        """
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        place = (parts.hostname or "", parts.port or (443 if secure else 80), secure)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"POST {path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([*lines, "", ""]).encode()
        async with asyncio.timeout(self._patience):
            line = await self._line(place)
            try:
                line.writer.write(head + body)
                await line.writer.drain()
                reply = await _read(line.reader)
            except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
                line.writer.close()
                raise ConnectionError("Webhook connection closed") from error
            except BaseException:
                line.writer.close()
                raise
        if reply.headers.get("connection", "").lower() == "close":
            line.writer.close()
        else:
            self._idle.setdefault(place, []).append(line)
        return reply

    async def _line(self, place: tuple[str, int, bool]) -> _Line:
        idle = self._idle.get(place, [])
        while idle:
            line = idle.pop()
            if not line.reader.at_eof() and not line.writer.is_closing():
                return line
            line.writer.close()
        host, port, secure = place
        return _Line(*await asyncio.open_connection(host, port, ssl=secure or None))

    async def close(self) -> None:
        """Close the connections that are open and unused."""
        for line in [line for idle in self._idle.values() for line in idle]:
            line.writer.close()
            with contextlib.suppress(OSError):
                await line.writer.wait_closed()
        self._idle.clear()


async def _read(reader: asyncio.StreamReader) -> Reply:
    _, _, outcome = (await reader.readuntil(b"\r\n")).decode("latin-1").partition(" ")
    code, _, reason = outcome.strip().partition(" ")
    status = int(code)
    headers: dict[str, str] = {}
    while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    if status in _NO_BODY:
        body = b""
    elif headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _read_chunks(reader)
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Reply(status, reason, headers, body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return body
