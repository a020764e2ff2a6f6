import asyncio

import pytest
from telegram.error import NetworkError

from bot.messenger.fake import FakeTelegram, User
from bot.messenger.request import Line, NotReached, Timeouts, line

pytestmark = pytest.mark.anyio


async def test_a_file_arrives_with_its_name_and_its_words(
    server: FakeTelegram, bot: Line, anna: User
) -> None:
    """A form with a file in it, neither of them in plain English."""
    anna.starts()
    await bot.send_document(
        anna.id, b"BEGIN:VCALENDAR", filename="più tardi.ics", caption="Ciò è 😀"
    )
    shown = anna.sees()[-1]
    assert (shown.kind, shown.text) == ("document", "Ciò è 😀")
    assert shown.file_name == "più tardi.ics"
    assert server.file(shown.file_id or "") == b"BEGIN:VCALENDAR"


async def test_a_redirect_is_not_followed_P10() -> None:
    """The address holds the token, and it is nobody else's."""
    asked: list[bytes] = []

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b"HTTP/1.1 307 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(elsewhere, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        async with line("1:x", f"http://127.0.0.1:{port}") as nosy:
            with pytest.raises(NetworkError):
                await nosy.waiting_updates(None, ["message"], 0)
    assert asked == [b"POST /bot1:x/getUpdates HTTP/1.1\r\n"]


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the address is excepted; one that is not there certainly took nothing."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "localhost")
    async with line("1:x", "http://telegram.invalid", Timeouts(connect=1)) as behind:
        with pytest.raises(NotReached, match="ClientProxyConnectionError"):
            await behind.waiting_updates(None, ["message"], 0)
    async with line("1:x", "http://localhost:9", Timeouts(connect=1)) as direct:
        with pytest.raises(NotReached, match="ClientConnectorError"):
            await direct.waiting_updates(None, ["message"], 0)


async def test_a_line_that_is_closed_says_so(server: FakeTelegram) -> None:
    """Before it is opened, and after."""
    closed = line(server.token, server.url)
    with pytest.raises(NetworkError, match="not open"):
        await closed.waiting_updates(None, ["message"], 0)
    async with closed:
        assert await closed.waiting_updates(None, ["message"], 0) == []
    with pytest.raises(NetworkError, match="not open"):
        await closed.waiting_updates(None, ["message"], 0)
