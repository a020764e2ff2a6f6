import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.messenger.fake import FakeTelegram, Fault, Kind
from tests.messenger.fake.conftest import Api

pytestmark = pytest.mark.anyio


@dataclass
class Bot:
    """A bot that listens: what it heard, and what it answers next."""

    url: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    slow: float = 0.0
    at_once: int = 0
    most_at_once: int = 0

    async def hear(self, request: Request) -> Response:
        """Take an update in."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.secrets.append(request.headers.get("x-telegram-bot-api-secret-token"))
        self.heard.append(await request.json())
        await asyncio.sleep(self.slow)
        self.at_once -= 1
        return self.answers.pop(0) if self.answers else Response()

    def texts(self) -> list[str]:
        """Return the texts that were heard, in order."""
        return [one["message"]["text"] for one in self.heard if "message" in one]


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    """A bot behind a port of its own."""
    listening = Bot()
    app = Starlette(routes=[Route("/hook", listening.hear, methods=["POST"])])
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none")
    serving = uvicorn.Server(config)
    task = asyncio.create_task(serving.serve())
    while not serving.started:  # noqa: ASYNC110 - uvicorn tells it by a flag only
        await asyncio.sleep(0.005)
    port = serving.servers[0].sockets[0].getsockname()[1]
    listening.url = f"http://127.0.0.1:{port}/hook"
    yield listening
    serving.should_exit = True
    await task


async def test_updates_are_posted_with_the_secret(server: FakeTelegram, api: Api, bot: Bot) -> None:
    """What waited before comes too; polling is a conflict meanwhile, and possible afterwards."""
    anna = server.user(7)
    anna.says("uno")
    status, answer = await api("setWebhook", url=bot.url, secret_token="s3cret_-")
    assert (status, answer["description"]) == (200, "Webhook was set")
    anna.says("due")
    await server.wait_quiet()
    assert (bot.texts(), set(bot.secrets)) == (["uno", "due"], {"s3cret_-"})
    info = (await api("getWebhookInfo"))[1]["result"]
    assert (info["url"], info["pending_update_count"]) == (bot.url, 0)
    status, answer = await api("getUpdates")
    assert status == 409
    assert answer["description"].startswith("Conflict: can't use getUpdates method while webhook")
    await api("deleteWebhook")
    anna.says("tre")
    assert len((await api("getUpdates"))[1]["result"]) == 1
    assert bot.texts() == ["uno", "due"]


async def test_setting_a_webhook_ends_a_long_poll(server: FakeTelegram, api: Api, bot: Bot) -> None:
    """With 409; setting the same again, or deleting none, is no change."""
    poll = asyncio.create_task(api("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    await api("setWebhook", url=bot.url, allowed_updates=["message"])
    assert (await asyncio.wait_for(poll, 5))[1]["description"] == (
        "Conflict: terminated by setWebhook request"
    )
    assert (await api("setWebhook", url=bot.url))[1]["description"] == "Webhook is already set"
    info = (await api("getWebhookInfo"))[1]["result"]
    assert info["allowed_updates"] == ["message"]
    assert (await api("setWebhook", url=""))[1]["description"] == "Webhook was deleted"
    assert (await api("deleteWebhook"))[1]["description"] == "Webhook is already deleted"
    assert server.pending() == 0


@pytest.mark.parametrize(
    "wrong",
    [{"url": "ftp://x"}, {"url": "x"}, {"secret_token": "è"}, {"secret_token": "x" * 257}],
)
async def test_a_webhook_needs_an_address_and_a_plain_secret(
    server: FakeTelegram, api: Api, wrong: dict[str, str]
) -> None:
    """400 otherwise, and nothing is set."""
    given = {"url": "http://127.0.0.1:9/hook"} | wrong
    assert (await api("setWebhook", **given))[0] == 400
    assert (await api("getWebhookInfo"))[1]["result"]["url"] == ""
    assert server.pending() == 0


async def test_what_is_not_answered_with_2xx_is_posted_again(
    server: FakeTelegram, api: Api, bot: Bot
) -> None:
    """With back-off, until it is; later messages of the chat wait, others do not."""
    await api("setWebhook", url=bot.url)
    bot.answers = [Response(status_code=500) for _ in range(3)]
    server.user(7).says("uno")
    server.user(7).says("due")
    await asyncio.sleep(0)
    server.user(8).says("altrove")
    await server.wait_quiet()
    told = [text for text in bot.texts() if text != "altrove"]
    assert told[-1] == "due"
    assert set(told[:-1]) == {"uno"}
    assert len(bot.heard) == 6
    assert (await api("getWebhookInfo"))[1]["result"]["last_error_message"] == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )


async def test_retry_after_is_obeyed(server: FakeTelegram, api: Api, bot: Bot) -> None:
    """In real seconds: neither earlier nor with a back-off of its own."""
    await api("setWebhook", url=bot.url)
    bot.answers = [Response(status_code=503, headers={"Retry-After": "1"})]
    server.user(7).says("Ciao")
    began = time.monotonic()
    await server.wait_quiet()
    assert bot.texts() == ["Ciao", "Ciao"]
    assert 1.0 <= time.monotonic() - began < 2.5


async def test_chats_are_posted_side_by_side_and_each_in_order(
    server: FakeTelegram, api: Api, bot: Bot
) -> None:
    """Over as many connections as the bot allows."""
    bot.slow = 0.05
    await api("setWebhook", url=bot.url, max_connections=4)
    for turn in range(2):
        for chat_id in range(1, 9):
            server.user(chat_id).says(f"{chat_id} {turn}")
    await server.wait_quiet()
    assert bot.most_at_once == 4
    for chat_id in range(1, 9):
        own = [text for text in bot.texts() if text.startswith(f"{chat_id} ")]
        assert own == [f"{chat_id} 0", f"{chat_id} 1"]


async def test_a_text_and_a_press_of_one_person_come_at_the_same_moment(
    server: FakeTelegram, api: Api, bot: Bot
) -> None:
    """Order across kinds of updates is not kept."""
    anna = server.user(7, has_started=True)
    button = {"inline_keyboard": [[{"text": "Sì", "callback_data": "yes"}]]}
    await api("sendMessage", chat_id=7, text="Vuoi?", reply_markup=button)
    bot.slow = 0.05
    await api("setWebhook", url=bot.url)
    anna.says("Ciao")
    anna.presses("Sì")
    await server.wait_quiet()
    assert bot.most_at_once == 2


async def test_a_bot_may_answer_in_the_body_of_its_reply(
    server: FakeTelegram, api: Api, bot: Bot
) -> None:
    """One method, carried out without telling it the result; getters and the like are not."""
    await api("setWebhook", url=bot.url)
    anna = server.user(7)
    asked: list[object] = [
        {"method": "sendMessage", "chat_id": 7, "text": "Eccomi"},
        {"method": "sendMessage", "chat_id": 99, "text": "Nessuno"},
        {"method": "deleteWebhook"},
        [],
    ]
    bot.answers = [
        *map(JSONResponse, asked),
        StreamingResponse(iter([b"o", b"k"])),
        Response("{", media_type="application/json"),
        Response(status_code=204),
    ]
    for text in ("uno", "due", "tre", "quattro", "cinque", "sei", "sette"):
        anna.says(text)
    await server.wait_quiet()
    assert [one.text for one in anna.sees() if one.is_from_bot] == ["Eccomi"]
    assert [(one.method, one.status) for one in server.attempts[1:]] == [
        ("sendMessage", 200),
        ("sendMessage", 400),
    ]
    assert len(bot.heard) == 7


async def test_a_dead_bot_gets_everything_when_it_is_back(
    server: FakeTelegram, api: Api, bot: Bot
) -> None:
    """Connections that are refused count as failures."""
    await api("setWebhook", url="http://127.0.0.1:9/hook")
    server.user(7).says("Ciao")
    await asyncio.sleep(0.05)
    info = (await api("getWebhookInfo"))[1]["result"]
    assert (info["pending_update_count"], bool(info["last_error_message"])) == (1, True)
    await api("setWebhook", url=bot.url)
    await server.wait_quiet()
    assert bot.texts() == ["Ciao"]


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        (Fault(Kind.CUT, method="webhook"), 1),
        (Fault(Kind.CUT, method="webhook", after=True), 2),
        (Fault(Kind.REFUSE, method="webhook", after=True, status=502), 2),
        (Fault(Kind.SLOW, method="webhook", seconds=0.1), 1),
        (Fault(Kind.HANG, method="webhook", seconds=0.1), 1),
        (Fault(Kind.SLOW, method="webhook", seconds=0.1, after=True), 1),
    ],
)
async def test_deliveries_can_fail_too(
    server: FakeTelegram, api: Api, bot: Bot, fault: Fault, times: int
) -> None:
    """Before the bot hears, or after it answered: then it hears the same update again."""
    await api("setWebhook", url=bot.url)
    server.fault(fault)
    server.user(7).says("Ciao")
    await server.wait_quiet()
    assert bot.texts() == ["Ciao"] * times
    assert len({one["update_id"] for one in bot.heard}) == 1


async def test_updates_can_be_posted_twice_and_again(
    server: FakeTelegram, api: Api, bot: Bot
) -> None:
    """Duplicates, and what was acknowledged long ago."""
    await api("setWebhook", url=bot.url)
    server.duplicate(2)
    server.user(7).says("Ciao")
    await server.wait_quiet()
    server.advance(23 * 3600)
    server.again()
    await server.wait_quiet()
    assert bot.texts() == ["Ciao"] * 3
