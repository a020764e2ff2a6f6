import asyncio
import time

import httpx
import pytest

from bot.messenger.fake import FakeTelegram, Fault, Kind
from tests.messenger.fake.conftest import Api

pytestmark = pytest.mark.anyio


def seen(server: FakeTelegram) -> list[str]:
    """Return the texts that came to person 7."""
    return [one.text for one in server.messages(7)]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "Bad Request: chat not found"),
        (403, "Forbidden: bot was blocked by the user"),
        (500, "Internal Server Error"),
        (502, "Bad Gateway"),
        (599, "Internal Server Error"),
    ],
)
async def test_a_call_can_be_refused_once(
    server: FakeTelegram, api: Api, status: int, words: str
) -> None:
    """With Telegram's usual words; nothing takes effect, and the next call goes through."""
    server.user(7, has_started=True)
    server.fault(Fault(Kind.REFUSE, status=status))
    assert await api("sendMessage", chat_id=7, text="uno") == (
        status,
        {"ok": False, "error_code": status, "description": words},
    )
    assert (await api("sendMessage", chat_id=7, text="due"))[0] == 200
    assert seen(server) == ["due"]
    assert [one.status for one in server.attempts] == [status, 200]


async def test_a_429_says_how_long_to_wait(server: FakeTelegram, client: httpx.AsyncClient) -> None:
    """In the envelope, in the header and in the list of attempts."""
    server.fault(Fault(Kind.REFUSE, method="getMe", status=429, retry_after=7))
    answer = await client.get(f"{server.base_url}{server.token}/getMe")
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }
    assert (answer.headers["retry-after"], server.attempts[0].retry_after) == ("7", 7)


async def test_a_gateway_can_answer_with_a_page(
    server: FakeTelegram, client: httpx.AsyncClient
) -> None:
    """Which is no JSON, as before the real servers."""
    server.fault(Fault(Kind.REFUSE, status=502, page="<h1>502 Bad Gateway</h1>"))
    answer = await client.get(f"{server.base_url}{server.token}/getMe")
    assert (answer.status_code, answer.text) == (502, "<h1>502 Bad Gateway</h1>")


async def test_a_fault_meets_its_method_its_chat_and_its_turn(
    server: FakeTelegram, api: Api
) -> None:
    """And polls only when they are named."""
    for chat_id in (7, 8):
        server.user(chat_id, has_started=True)
    server.fault(Fault(Kind.REFUSE, method="SENDMESSAGE", chat_id=7, skip=1, count=2, status=500))
    told = []
    for number in range(4):
        for chat_id in (7, 8):
            told.append((await api("sendMessage", chat_id=chat_id, text=f"{number}"))[0])
            assert (await api("sendChatAction", chat_id=7, action="typing"))[0] == 200
    assert told == [200, 200, 500, 200, 500, 200, 200, 200]
    server.fault(Fault(Kind.REFUSE, count=None))
    assert [(await api("getUpdates"))[0], (await api("getMe"))[0]] == [200, 500]
    server.clear_faults()
    assert (await api("getMe"))[0] == 200
    server.fault(Fault(Kind.REFUSE, method="getUpdates"))
    assert (await api("getUpdates"))[0] == 500


async def test_a_fault_meets_the_answer_to_a_press_in_its_chat(
    server: FakeTelegram, api: Api
) -> None:
    """Though that call names no chat."""
    anna = server.user(7, has_started=True)
    button = {"inline_keyboard": [[{"text": "Sì", "callback_data": "yes"}]]}
    await api("sendMessage", chat_id=7, text="Vuoi?", reply_markup=button)
    press = anna.presses("Sì")
    server.fault(Fault(Kind.REFUSE, chat_id=7, status=502))
    assert (await api("answerCallbackQuery", callback_query_id=press))[0] == 502
    assert (await api("answerCallbackQuery", callback_query_id=press))[0] == 200


async def test_a_share_of_calls_can_fail(server: FakeTelegram, api: Api) -> None:
    """Repeatably: the same seed, the same calls."""
    server.fault(Fault(Kind.REFUSE, chance=0.3, count=None))
    failed = [(await api("getMe"))[0] == 500 for _ in range(100)]
    assert 15 <= sum(failed) <= 45


async def test_a_connection_can_break_before_anything_happened(
    server: FakeTelegram, api: Api
) -> None:
    """The bot gets no byte."""
    server.user(7, has_started=True)
    server.fault(Fault(Kind.CUT))
    with pytest.raises(httpx.TransportError):
        await api("sendMessage", chat_id=7, text="Ciao")
    assert (seen(server), server.ledger) == ([], ())
    assert (server.attempts[0].method, server.attempts[0].status) == ("sendMessage", None)


@pytest.mark.parametrize("kind", [Kind.CUT, Kind.HANG])
async def test_a_connection_can_break_after_the_message_was_sent(
    server: FakeTelegram, client: httpx.AsyncClient, kind: Kind
) -> None:
    """The person has it, the bot cannot know; the ledger says that nobody was told."""
    server.user(7, has_started=True)
    server.fault(Fault(kind, after=True, method="sendMessage"))
    with pytest.raises(httpx.TransportError):
        await client.post(
            f"{server.base_url}{server.token}/sendMessage",
            json={"chat_id": 7, "text": "Ciao"},
            timeout=0.2,
        )
    assert seen(server) == ["Ciao"]
    assert [(one.method, one.was_answered) for one in server.ledger] == [("sendMessage", False)]


async def test_an_accepted_message_can_be_answered_with_a_lie(
    server: FakeTelegram, api: Api
) -> None:
    """502 from a gateway, though it was sent; a refusal of Telegram's stays what it was."""
    server.user(7, has_started=True)
    server.fault(Fault(Kind.REFUSE, after=True, status=502, count=2))
    assert (await api("sendMessage", chat_id=7, text="Ciao"))[0] == 502
    assert (await api("sendMessage", chat_id=8, text="Ciao"))[0] == 502
    assert (seen(server), len(server.ledger)) == (["Ciao"], 1)


async def test_a_call_can_hang_until_the_bot_gives_up(
    server: FakeTelegram, client: httpx.AsyncClient
) -> None:
    """Nothing takes effect; or until the fault ends it with a broken connection."""
    url = f"{server.base_url}{server.token}/setMyName"
    server.fault(Fault(Kind.HANG))
    with pytest.raises(httpx.ReadTimeout):
        await client.post(url, json={"name": "x"}, timeout=0.1)
    server.fault(Fault(Kind.HANG, seconds=0.05))
    with pytest.raises(httpx.RemoteProtocolError):
        await client.post(url, json={"name": "x"})
    assert server.ledger == ()
    await server.wait_quiet(within=1)


@pytest.mark.parametrize("after", [False, True])
async def test_a_call_can_be_slow(server: FakeTelegram, api: Api, *, after: bool) -> None:
    """Before or after its effect; refusals are slow as well."""
    server.user(7, has_started=True)
    server.fault(Fault(Kind.SLOW, after=after, seconds=0.2, count=2))
    began = time.monotonic()
    calls = [
        asyncio.create_task(api("sendMessage", chat_id=chat_id, text="Ciao")) for chat_id in (7, 8)
    ]
    await asyncio.sleep(0.1)
    assert (len(seen(server)), server.pending()) == (int(after), 2)
    assert [(await call)[0] for call in calls] == [200, 400]
    assert time.monotonic() - began >= 0.2


async def test_a_poll_whose_answer_is_lost_brings_the_same_again(
    server: FakeTelegram, api: Api
) -> None:
    """P1: only an offset acknowledges."""
    server.user(7).says("Ciao")
    server.fault(Fault(Kind.CUT, after=True, method="getUpdates"))
    with pytest.raises(httpx.TransportError):
        await api("getUpdates")
    assert [one["message"]["text"] for one in (await api("getUpdates"))[1]["result"]] == ["Ciao"]
