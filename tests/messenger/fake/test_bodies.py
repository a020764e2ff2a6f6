import json

import httpx
import pytest

from bot.messenger.fake import FakeTelegram
from tests.messenger.fake.conftest import Api

pytestmark = pytest.mark.anyio
KEYBOARD = {"inline_keyboard": [[{"text": "Sì", "callback_data": "yes"}]]}


@pytest.mark.parametrize("body", ["query", "form", "multipart", "json"])
async def test_a_method_takes_its_parameters_from_every_kind_of_body(
    server: FakeTelegram, client: httpx.AsyncClient, body: str
) -> None:
    """GET with a query string, form, multipart and JSON all do the same."""
    anna = server.user(7, "Anna", has_started=True)
    url = f"{server.base_url}{server.token}/sendMessage"
    plain = {"chat_id": "7", "text": "Ciao", "reply_markup": json.dumps(KEYBOARD)}
    if body == "query":
        answer = await client.get(url, params=plain)
    elif body == "form":
        answer = await client.post(url, data=plain)
    elif body == "multipart":
        answer = await client.post(url, files={key: (None, text) for key, text in plain.items()})
    else:
        answer = await client.post(
            url, json={"chat_id": 7, "text": "Ciao"} | {"reply_markup": KEYBOARD}
        )
    assert answer.json()["ok"] is True
    assert anna.sees()[-1].labels == ["Sì"]
    assert server.ledger[-1].payload["reply_markup"] == KEYBOARD


async def test_method_names_are_taken_in_any_case(server: FakeTelegram, api: Api) -> None:
    """As by Telegram; the ledger spells them as Telegram does."""
    server.user(7, has_started=True)
    assert (await api("SENDMESSAGE", chat_id=7, text="Ciao"))[0] == 200
    assert server.ledger[-1].method == "sendMessage"


async def test_an_unknown_method_is_404(api: Api) -> None:
    """With Telegram's own words."""
    assert await api("makeCoffee") == (
        404,
        {"ok": False, "error_code": 404, "description": "Not Found: method not found"},
    )


@pytest.mark.parametrize(
    ("token", "status", "words"),
    [
        ("123456789:somebody-elses", 401, "Unauthorized"),
        ("no-token-at-all", 404, "Not Found"),
        ("0123:abc", 404, "Not Found"),
    ],
)
async def test_a_wrong_token_gets_nothing(
    server: FakeTelegram, client: httpx.AsyncClient, token: str, status: int, words: str
) -> None:
    """Well-formed ones are unauthorized, others are not even found; downloads neither."""
    answer = await client.get(f"{server.base_url}{token}/getMe")
    assert (answer.status_code, answer.json()["description"]) == (status, words)
    assert (await client.get(f"{server.base_file_url}{token}/documents/file_1")).status_code == 404


async def test_other_paths_are_404_in_telegrams_envelope(
    server: FakeTelegram, client: httpx.AsyncClient
) -> None:
    """So is an HTTP method that Telegram does not take."""
    for method, path in (("GET", "/"), ("GET", "/bot1:a"), ("PUT", f"/bot{server.token}/getMe")):
        answer = await client.request(method, server.url + path)
        assert answer.status_code in {404, 405}
        assert answer.json()["ok"] is False


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-type": "application/json"}, b"{"),
        ({"content-type": "application/json"}, b"[]"),
        ({"content-type": "multipart/form-data"}, b"x"),
    ],
)
async def test_a_body_that_cannot_be_read_is_400(
    server: FakeTelegram, client: httpx.AsyncClient, headers: dict[str, str], body: bytes
) -> None:
    """Never a 500."""
    url = f"{server.base_url}{server.token}/getMe"
    answer = await client.post(url, headers=headers, content=body)
    assert (answer.status_code, answer.json()["error_code"]) == (400, 400)
