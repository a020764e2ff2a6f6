from typing import Any

import httpx
import pytest

from bot.messenger.fake import FakeTelegram, Impossible, Rates, Settings
from tests.messenger.fake.conftest import Api

pytestmark = pytest.mark.anyio
FACE = "🙂"  # two UTF-16 units, four bytes
BOLD: dict[str, Any] = {"type": "bold", "offset": 0, "length": 1}


def keyboard(*rows: int, **button: object) -> dict[str, Any]:
    """Return a keyboard with rows of so many equal buttons."""
    one = {"text": "x", "callback_data": "x"} | button
    return {"inline_keyboard": [[one] * width for width in rows]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "message text is empty"),
        (" \n ", "text must be non-empty"),
        ("x" * 4096, None),
        ("x" * 4097, "message is too long"),
        (FACE * 2048, None),
        (FACE * 2048 + "x", "message is too long"),
        ("x" * 40_000, "text is too long"),
        (" " + "x" * 4096 + " ", None),
        ("\ud83d", "strings must be encoded in UTF-8"),
    ],
)
async def test_a_text_has_1_to_4096_utf16_units(
    server: FakeTelegram, api: Api, text: str, words: str | None
) -> None:
    """Counted after the blanks at both ends are gone; an emoji counts two."""
    server.user(7, has_started=True)
    status, answer = await api("sendMessage", chat_id=7, text=text)
    expected = (200, None) if words is None else (400, f"Bad Request: {words}")
    assert (status, answer.get("description")) == expected


async def test_a_caption_has_up_to_1024_utf16_units(
    server: FakeTelegram, client: httpx.AsyncClient
) -> None:
    """An emoji counts two."""
    server.user(7, has_started=True)
    url = f"{server.base_url}{server.token}/sendDocument"
    answers = [
        await client.post(url, data={"chat_id": "7", "caption": caption}, files={"document": b"x"})
        for caption in (FACE * 512, FACE * 512 + "x")
    ]
    assert [one.status_code for one in answers] == [200, 400]
    assert answers[1].json()["description"] == "Bad Request: message caption is too long"


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        (BOLD | {"offset": 1, "length": 2}, None),
        (BOLD | {"length": 0}, None),
        (BOLD | {"offset": 2}, "entity begins in a middle of a UTF-16 symbol"),
        (
            BOLD | {"length": 2},
            "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol",
        ),
        (
            BOLD | {"length": 9},
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9",
        ),
        (BOLD | {"offset": 9}, "entity begins after the end of the text at UTF-16 offset 9"),
        (BOLD | {"offset": -1}, "receive an entity with incorrect offset -1"),
        (BOLD | {"length": -1}, "receive an entity with incorrect length -1"),
        (BOLD | {"type": "shiny"}, "can't parse MessageEntity: Unsupported type specified"),
        ({"type": "bold"}, "can't parse MessageEntity: Can't find field \"offset\""),
        (BOLD | {"type": "text_link"}, "can't parse MessageEntity: Can't find field \"url\""),
        (7, "can't parse MessageEntity: expected an Object"),
    ],
)
async def test_entities_must_fit_the_text_in_utf16_units(
    server: FakeTelegram, api: Api, entity: object, words: str | None
) -> None:
    """Neither outside the text nor inside a character."""
    server.user(7, has_started=True)
    status, answer = await api("sendMessage", chat_id=7, text=f"x{FACE}x", entities=[entity])
    expected = (200, None) if words is None else (400, f"Bad Request: {words}")
    assert (status, answer.get("description")) == expected


async def test_entities_follow_what_telegram_takes_out(server: FakeTelegram, api: Api) -> None:
    """Control characters go or become blanks, and what stands behind them moves."""
    anna = server.user(7, has_started=True)
    text = "\r\n\u202ea\tb /stop https://x.example/y. a@b.example @annabella #casa"
    entity = {"type": "code", "offset": 5, "length": 1}
    await api("sendMessage", chat_id=7, text=text, entities=[entity])
    seen = anna.sees()[0]
    assert seen.text == "a b /stop https://x.example/y. a@b.example @annabella #casa"
    assert [(one["type"], one["offset"], one["length"]) for one in seen.entities] == [
        ("code", 2, 1),
        ("bot_command", 4, 5),
        ("url", 10, 19),
        ("email", 31, 11),
        ("mention", 43, 10),
        ("hashtag", 54, 5),
    ]


async def test_markup_is_refused(server: FakeTelegram, api: Api) -> None:
    """This product sends text and entities, so user text is never parsed."""
    server.user(7, has_started=True)
    status, answer = await api("sendMessage", chat_id=7, text="<b>x</b>", parse_mode="HTML")
    assert status == 400
    assert "parse_mode" in answer["description"]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (keyboard(1, callback_data="é" * 32), None),
        (keyboard(1, callback_data="é" * 32 + "x"), "BUTTON_DATA_INVALID"),
        (keyboard(*[8] * 12, 4), None),
        (keyboard(*[8] * 12, 5), "reply markup is too long"),
        (keyboard(9), "reply markup is too long"),
        (keyboard(1, text=""), "inline keyboard button text must be non-empty"),
        (
            keyboard(1, callback_data=""),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            keyboard(1, url="tel:112"),
            "inline keyboard button URL 'tel:112' is invalid: Unsupported URL protocol",
        ),
        (
            keyboard(1, url="http://localhost"),
            "inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL",
        ),
        (
            keyboard(1, callback_data=7),
            'can\'t parse inline keyboard button: Field "callback_data" must be of type String',
        ),
        ({"inline_keyboard": [{}]}, 'field "inline_keyboard" must be an Array of Arrays'),
        (
            {"inline_keyboard": [["x"]]},
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
        ),
        (
            {"inline_keyboard": [[{}]]},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        ([], "object expected as reply markup"),
        ("{", "can't parse reply keyboard markup JSON object"),
        ({"inline_keyboard": []}, None),
        ({"keyboard": [[{"text": "Sì"}]]}, None),
        ({"keyboard": [[""]]}, "keyboard button text must be non-empty"),
        (
            {"keyboard": [[7]]},
            "can't parse keyboard button: KeyboardButton must be a String",
        ),
    ],
)
async def test_a_keyboard_keeps_within_its_limits(
    server: FakeTelegram, api: Api, markup: object, words: str | None
) -> None:
    """64 bytes of data a button, 8 buttons a row, 100 in all, no telephone links."""
    server.user(7, has_started=True)
    status, answer = await api("sendMessage", chat_id=7, text="x", reply_markup=markup)
    expected = (200, None) if words is None else (400, f"Bad Request: {words}")
    assert (status, answer.get("description")) == expected


async def test_an_edit_takes_inline_keyboards_only(server: FakeTelegram, api: Api) -> None:
    """A keyboard below the input field belongs to a new message."""
    server.user(7, has_started=True)
    await api("sendMessage", chat_id=7, text="x")
    plain = {"keyboard": [["Sì"]]}
    status, answer = await api(
        "editMessageText", chat_id=7, message_id=1, text="y", reply_markup=plain
    )
    assert (status, answer["description"]) == (400, "Bad Request: inline keyboard expected")


async def test_a_toast_has_up_to_200_utf16_units(server: FakeTelegram, api: Api) -> None:
    """A refused answer does not use the press up."""
    anna = server.user(7, has_started=True)
    await api("sendMessage", chat_id=7, text="x", reply_markup=keyboard(1))
    press = anna.presses("x")
    for text, status in ((FACE * 100 + "x", 400), (FACE * 100, 200)):
        assert (await api("answerCallbackQuery", callback_query_id=press, text=text))[0] == status


async def test_an_answer_may_open_only_the_bots_own_link(server: FakeTelegram, api: Api) -> None:
    """As the Bot API says of `url`."""
    anna = server.user(7, has_started=True)
    await api("sendMessage", chat_id=7, text="x", reply_markup=keyboard(1))
    answer = {"callback_query_id": anna.presses("x")}
    assert (await api("answerCallbackQuery", **answer, url="https://example.org"))[0] == 400
    own = "https://t.me/fake_bot?start=abc"
    assert (await api("answerCallbackQuery", **answer, url=own))[0] == 200


@pytest.mark.parametrize("payload", ["x" * 65, "a b", "è", "a+b", "a="])
async def test_a_start_link_carries_up_to_64_safe_characters(
    server: FakeTelegram, payload: str
) -> None:
    """Telegram opens no other link, so nobody can come through one."""
    with pytest.raises(Impossible, match="at most 64"):
        server.user(7).starts(payload)


async def test_a_start_link_brings_its_payload(server: FakeTelegram, api: Api) -> None:
    """With the entity that libraries look for."""
    server.user(7).starts("A_-9" * 16)
    message = (await api("getUpdates"))[1]["result"][0]["message"]
    assert message["text"] == "/start " + "A_-9" * 16
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([], "message identifiers are not specified"),
        ({"1": 1}, "expected an Array of message identifiers"),
        (list(range(1, 102)), "too many message identifiers specified"),
        (["x"], "message identifier must be a Number"),
    ],
)
async def test_a_batch_names_1_to_100_messages(
    server: FakeTelegram, api: Api, ids: object, words: str
) -> None:
    """Anything else is refused as a whole."""
    server.user(7, has_started=True)
    status, answer = await api("deleteMessages", chat_id=7, message_ids=ids)
    assert (status, answer["description"]) == (400, f"Bad Request: {words}")


@pytest.mark.parametrize(
    ("command", "description", "words"),
    [
        ("/menu", "Il menu", None),
        ("m" * 32, "x" * 256, None),
        ("m" * 33, "x", "command length must not exceed 32"),
        ("menu", "x" * 257, "command description length must not exceed 256"),
        ("", "x", "command must be non-empty"),
        ("menu", " ", "command description must be non-empty"),
        ("Menu", "x", "BOT_COMMAND_INVALID"),
        ("perché", "x", "BOT_COMMAND_INVALID"),
        (None, "x", "can't parse BotCommand: Can't find field \"command\""),
    ],
)
async def test_commands_have_small_ascii_names_and_a_description(
    api: Api, command: str | None, description: str, words: str | None
) -> None:
    """A slash in front is taken away."""
    given = {"command": command, "description": description}
    status, answer = await api("setMyCommands", commands=[given])
    expected = (200, None) if words is None else (400, f"Bad Request: {words}")
    assert (status, answer.get("description")) == expected


async def test_a_list_of_commands_is_a_list_of_up_to_100(api: Api) -> None:
    """Of objects."""
    one = {"command": "menu", "description": "x"}
    for commands, status in (([one] * 100, 200), ([one] * 101, 400), (one, 400), (["menu"], 400)):
        assert (await api("setMyCommands", commands=commands))[0] == status


@pytest.mark.parametrize(
    ("method", "field", "longest"),
    [
        ("setMyName", "name", 64),
        ("setMyDescription", "description", 512),
        ("setMyShortDescription", "short_description", 120),
    ],
)
async def test_what_the_bot_says_of_itself_has_a_length(
    api: Api, method: str, field: str, longest: int
) -> None:
    """64, 512 and 120 characters; languages are two small letters."""
    assert (await api(method, **{field: "x" * longest}))[0] == 200
    assert (await api(method, **{field: "x" * (longest + 1)}))[0] == 400
    status, answer = await api(method, **{field: "x", "language_code": "ITA"})
    assert (status, answer["description"]) == (400, "Bad Request: invalid language code specified")


@pytest.mark.parametrize("size", [50 * 1024 * 1024 + 1, 0])
async def test_a_document_has_up_to_50_megabytes(
    server: FakeTelegram, client: httpx.AsyncClient, size: int
) -> None:
    """And at least one byte."""
    server.user(7, has_started=True)
    url = f"{server.base_url}{server.token}/sendDocument"
    answer = await client.post(url, data={"chat_id": "7"}, files={"document": ("x", bytes(size))})
    assert answer.status_code == (413 if size else 400)


async def test_chat_actions_are_those_telegram_knows(server: FakeTelegram, api: Api) -> None:
    """Anything else is a wrong parameter."""
    server.user(7, has_started=True)
    assert (await api("sendChatAction", chat_id=7, action="typing"))[0] == 200
    status, answer = await api("sendChatAction", chat_id=7, action="thinking")
    assert (status, answer["description"]) == (
        400,
        "Bad Request: wrong parameter action in request",
    )


async def test_without_rates_a_bot_may_send_as_fast_as_it_can(
    server: FakeTelegram, api: Api
) -> None:
    """Rates are off unless a test asks for them."""
    server.user(7, has_started=True)
    assert {(await api("sendMessage", chat_id=7, text="x"))[0] for _ in range(20)} == {200}


@pytest.mark.parametrize(
    ("rates", "chats"),
    [(Rates(a_chat=0.5, chat_burst=2), [7, 7, 7]), (Rates(all_chats=2), [7, 8, 9])],
)
async def test_with_rates_too_many_messages_are_429(
    client: httpx.AsyncClient, rates: Rates, chats: list[int]
) -> None:
    """A chat and all chats together have a limit; the answer says how long to wait."""
    async with FakeTelegram(Settings(rates=rates)) as server:
        url = f"{server.base_url}{server.token}/sendMessage"
        for chat_id in chats:
            server.user(chat_id, has_started=True)
        answers = [await client.post(url, json={"chat_id": one, "text": "x"}) for one in chats]
    assert [one.status_code for one in answers] == [200, 200, 429]
    answer = answers[2]
    told = answer.json()
    wait = told["parameters"]["retry_after"]
    assert answer.headers["retry-after"] == str(wait)
    assert told["description"] == f"Too Many Requests: retry after {wait}"
    assert 1 <= wait <= 2
