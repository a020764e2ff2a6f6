from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import httpx
import pytest

from bot.messenger.fake import FakeTelegram
from tests.messenger.fake.conftest import Api

pytestmark = pytest.mark.anyio
Control: TypeAlias = Callable[..., Awaitable[Any]]


@pytest.fixture
def control(server: FakeTelegram, client: httpx.AsyncClient) -> Control:
    """Ask the control interface; returns the JSON answer."""

    async def ask(method: str, path: str, expect: int = 200, /, **body: object) -> object:
        answer = await client.request(method, f"{server.url}/control/{path}", json=body or None)
        assert answer.status_code == expect, answer.text
        return answer.json()

    return ask


async def test_a_conversation_over_http(api: Api, control: Control) -> None:
    """Somebody starts, presses, edits, blocks; chat, toasts, menu and ledger can be read."""
    await control("POST", "users", id=7, first_name="Anna", language_code="it")
    assert await control("POST", "users/7/starts", payload="abc") == {"result": 1}
    button = {"inline_keyboard": [[{"text": "Sì", "callback_data": "yes"}]]}
    await api("sendMessage", chat_id=7, text="Vuoi?", reply_markup=button)
    press = (await control("POST", "users/7/presses", label="Sì"))["result"]
    await api("answerCallbackQuery", callback_query_id=press, text="Fatto")
    await api("setMyCommands", commands=[{"command": "menu", "description": "x"}])
    await control("POST", "users/7/edits", text="Ciao")
    shown = await control("GET", "chats/7/messages")
    assert [(one["from"], one["text"], one["edited"]) for one in shown] == [
        ("user", "Ciao", True),
        ("bot", "Vuoi?", False),
    ]
    assert shown[1]["buttons"] == [[{"label": "Sì", "data": "yes", "url": None}]]
    assert await control("GET", "users/7/toasts") == ["Fatto"]
    assert await control("GET", "users/7/menu") == ["menu"]
    ledger = await control("GET", "ledger?after=1")
    assert [(one["number"], one["method"], one["chat_id"]) for one in ledger] == [
        (2, "answerCallbackQuery", 7),
        (3, "setMyCommands", None),
    ]
    assert ledger[0]["at"] == "2027-03-01T08:00:00+00:00"
    attempts = await control("GET", "attempts?after=2")
    assert [(one["method"], one["status"]) for one in attempts] == [("setMyCommands", 200)]
    await control("POST", "users/7/blocks")
    assert (await api("sendMessage", chat_id=7, text="Ciao"))[0] == 403


async def test_what_nobody_can_do_is_409_with_a_reason(control: Control) -> None:
    """And what nobody understands 400; neither breaks the server."""
    await control("POST", "users", id=7, first_name="Anna")
    assert "no button 'Sì'" in (await control("POST", "users/7/presses", 409, label="Sì"))["error"]
    assert "nobody with the id 9" in (await control("POST", "users/9/says", 409, text="x"))["error"]
    for path, body in (
        ("users/7/flies", {}),
        ("users/7/says", {"words": "x"}),
        ("users", {"id": 8}),
        ("clock", {"set": "2027-03-01T08:00:00"}),
        ("clock", {"set": "tomorrow"}),
        ("faults", {"kind": "flood"}),
        ("faults", {"kind": "cut", "colour": "red"}),
        ("faults", {}),
    ):
        assert "error" in await control("POST", path, 400, **body)


async def test_the_clock_is_set_and_advanced(
    server: FakeTelegram, api: Api, control: Control
) -> None:
    """Standing still or running; messages carry its time."""
    assert await control("GET", "clock") == {"now": "2027-03-01T08:00:00+00:00", "running": False}
    moved = await control("POST", "clock", set="2027-03-28T01:59:59+01:00")
    assert moved["now"] == "2027-03-28T00:59:59+00:00"
    moved = await control("POST", "clock", advance=86400)
    assert moved["now"] == server.now().isoformat() == "2027-03-29T00:59:59+00:00"
    await control("POST", "users", id=7, first_name="Anna", has_started=True)
    message = (await api("sendMessage", chat_id=7, text="x"))[1]["result"]
    assert message["date"] == server.now().timestamp()
    running = await control("POST", "clock", set="2027-03-28T08:00:00Z", running=True)
    assert running["running"] is True
    assert running["now"].startswith("2027-03-28T08:00:00")


async def test_faults_come_and_go(api: Api, control: Control) -> None:
    """The list names those that can still strike."""
    armed = await control("POST", "faults", kind="refuse", status=429, retry_after=3, count=None)
    assert [(one["kind"], one["retry_after"]) for one in armed] == [("refuse", 3)]
    assert (await api("getMe"))[0] == 429
    assert len(await control("GET", "faults")) == 1
    assert await control("DELETE", "faults") == []
    assert (await api("getMe"))[0] == 200


async def test_updates_are_held_doubled_and_brought_again(api: Api, control: Control) -> None:
    """And the bot is quiet when nothing waits."""
    await control("POST", "users", id=7, first_name="Anna")
    assert await control("GET", "quiet") == {"quiet": True, "pending": 0}
    await control("POST", "updates", hold=True, copies=2)
    for text in ("uno", "due"):
        await control("POST", "users/7/says", text=text)
    assert await control("GET", "updates") == {"pending": 2, "put": 0, "lost": 0}
    assert (await control("POST", "updates", release=1))["pending"] == 4
    updates = (await api("getUpdates"))[1]["result"]
    assert [one["message"]["text"] for one in updates] == ["uno", "uno", "due", "due"]
    await api("getUpdates", offset=updates[-1]["update_id"] + 1)
    assert (await control("GET", "quiet"))["quiet"] is True
    ids = [updates[0]["update_id"]]
    assert (await control("POST", "updates", again=ids))["pending"] == 1
    assert (await control("GET", "quiet"))["quiet"] is False
