import httpx
import pytest

from bot.messenger.fake import FakeTelegram, Impossible
from tests.messenger.fake.conftest import Api

pytestmark = pytest.mark.anyio
YES_NO = {
    "inline_keyboard": [
        [{"text": "Sì", "callback_data": "yes"}, {"text": "No", "callback_data": "no"}],
        [{"text": "112", "url": "https://example.org"}],
    ]
}


async def test_a_message_is_seen_with_its_buttons(server: FakeTelegram, api: Api) -> None:
    """The person sees text, entities, buttons and the flags that were asked for."""
    anna = server.user(7, "Anna", "it", has_started=True)
    status, answer = await api(
        "sendMessage",
        chat_id=7,
        text="  Ciao 👍 Anna\n",
        entities=[{"type": "bold", "offset": 10, "length": 4}],
        reply_markup=YES_NO,
        link_preview_options={"is_disabled": True},
        disable_notification=True,
        protect_content=True,
    )
    assert (status, answer["result"]["text"]) == (200, "Ciao 👍 Anna")
    seen = anna.sees()[0]
    assert seen.entities == ({"type": "bold", "offset": 8, "length": 4},)
    assert [[one.label for one in row] for row in seen.buttons] == [["Sì", "No"], ["112"]]
    assert (seen.is_from_bot, seen.is_silent, seen.is_protected) == (True, True, True)
    assert answer["result"]["has_protected_content"] is True


async def test_an_edit_changes_what_is_seen_and_takes_the_buttons(
    server: FakeTelegram, api: Api
) -> None:
    """An edit without keyboard removes it, as Telegram does."""
    anna = server.user(7, has_started=True)
    await api("sendMessage", chat_id=7, text="Vuoi?", reply_markup=YES_NO)
    server.advance(60)
    status, answer = await api("editMessageText", chat_id=7, message_id=1, text="Hai scelto: sì")
    assert (status, answer["result"]["edit_date"] - answer["result"]["date"]) == (200, 60)
    assert [(one.text, one.labels, one.is_edited) for one in anna.sees()] == [
        ("Hai scelto: sì", [], True)
    ]


async def test_an_edit_that_changes_nothing_is_refused(server: FakeTelegram, api: Api) -> None:
    """400 "message is not modified", also for a keyboard alone; another keyboard is a change."""
    server.user(7, has_started=True)
    await api("sendMessage", chat_id=7, text="Vuoi?", reply_markup=YES_NO)
    same = {"chat_id": 7, "message_id": 1, "reply_markup": YES_NO}
    for method, params in (
        ("editMessageText", same | {"text": "Vuoi?"}),
        ("editMessageReplyMarkup", same),
    ):
        status, answer = await api(method, **params)
        assert status == 400
        assert answer["description"].startswith("Bad Request: message is not modified: specified")
    status, answer = await api("editMessageReplyMarkup", chat_id=7, message_id=1)
    assert (status, "edit_date" in answer["result"]) == (200, False)


async def test_only_the_bots_own_standing_messages_can_be_edited(
    server: FakeTelegram, api: Api
) -> None:
    """Unknown and deleted ones are not found, the person's own cannot be edited."""
    anna = server.user(7)
    mine = anna.says("Ciao")
    await api("sendMessage", chat_id=7, text="Ciao a te")
    await api("deleteMessage", chat_id=7, message_id=mine + 1)
    for message_id, words in (
        (99, "message to edit not found"),
        (mine + 1, "message to edit not found"),
        (mine, "message can't be edited"),
    ):
        status, answer = await api("editMessageText", chat_id=7, message_id=message_id, text="x")
        assert (status, answer["description"]) == (400, f"Bad Request: {words}")


async def test_messages_older_than_48_hours_cannot_be_deleted(
    server: FakeTelegram, api: Api
) -> None:
    """By the fake clock; those that are gone are not found, in a batch they are skipped."""
    anna = server.user(7)
    anna.says("Ciao")
    for text in ("uno", "due", "tre"):
        await api("sendMessage", chat_id=7, text=text)
    assert (await api("deleteMessage", chat_id=7, message_id=1))[0] == 200
    assert (await api("deleteMessage", chat_id=7, message_id=1))[1]["description"] == (
        "Bad Request: message to delete not found"
    )
    assert (await api("deleteMessages", chat_id=7, message_ids=[1, 2, 77]))[0] == 200
    server.advance(48 * 3600)
    for method, params in (
        ("deleteMessage", {"message_id": 3}),
        ("deleteMessages", {"message_ids": [3, 4]}),
    ):
        status, answer = await api(method, chat_id=7, **params)
        assert (status, answer["description"]) == (
            400,
            "Bad Request: message can't be deleted for everyone",
        )
    assert [one.text for one in anna.sees()] == ["due", "tre"]


async def test_a_press_takes_one_answer_within_150_seconds(server: FakeTelegram, api: Api) -> None:
    """A second answer, a late one and one to nothing are refused alike."""
    anna = server.user(7, has_started=True)
    await api("sendMessage", chat_id=7, text="Vuoi?", reply_markup=YES_NO)
    in_time, late = anna.presses("Sì"), anna.presses("No")
    server.advance(150)
    answer = {"callback_query_id": in_time, "text": "Fatto", "show_alert": True}
    assert await api("answerCallbackQuery", **answer) == (200, {"ok": True, "result": True})
    server.advance(1)
    for press in (in_time, late, "nothing"):
        status, refused = await api("answerCallbackQuery", callback_query_id=press)
        assert (status, refused["description"]) == (
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        )
    assert anna.toasts() == ["Fatto"]
    assert server.ledger[-1].chat_id == 7


async def test_a_blocked_bot_reaches_nobody_until_it_is_unblocked(
    server: FakeTelegram, api: Api
) -> None:
    """403 with Telegram's words for blocking and for accounts that are gone."""
    anna = server.user(7)
    anna.starts()
    anna.blocks()
    for method, params in (
        ("sendMessage", {"text": "Ciao"}),
        ("sendChatAction", {"action": "typing"}),
        ("editMessageText", {"message_id": 1, "text": "Ciao"}),
    ):
        status, answer = await api(method, chat_id=7, **params)
        assert (status, answer["description"]) == (403, "Forbidden: bot was blocked by the user")
    with pytest.raises(Impossible, match="blocked the bot"):
        anna.says("Ciao")
    anna.unblocks()
    assert (await api("sendMessage", chat_id=7, text="Ciao"))[0] == 200
    anna.deactivates()
    status, answer = await api("sendMessage", chat_id=7, text="Ciao")
    assert (status, answer["description"]) == (403, "Forbidden: user is deactivated")


async def test_a_chat_that_never_wrote_is_not_found(server: FakeTelegram, api: Api) -> None:
    """A bot cannot begin a conversation."""
    server.user(7, "Anna")
    for chat_id in (7, 8, -9):
        status, answer = await api("sendMessage", chat_id=chat_id, text="Ciao")
        assert (status, answer["description"]) == (400, "Bad Request: chat not found")
    assert (await api("sendMessage", chat_id="@anna", text="x"))[0] == 400
    assert (await api("sendMessage", text="x"))[1]["description"] == "Bad Request: chat_id is empty"


async def test_files_are_sent_fetched_and_sent_again_by_id(
    server: FakeTelegram, api: Api, client: httpx.AsyncClient
) -> None:
    """A document keeps its name and type; what is downloaded is what was sent."""
    anna = server.user(7, has_started=True)
    url = f"{server.base_url}{server.token}"
    answer = await client.post(
        f"{url}/sendDocument",
        data={"chat_id": "7", "caption": "Il piano", "document": "attach://plan"},
        files={"plan": ("piano.ics", b"BEGIN:VCALENDAR", "text/calendar")},
    )
    document = answer.json()["result"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("piano.ics", "text/calendar")
    path = (await api("getFile", file_id=document["file_id"]))[1]["result"]["file_path"]
    fetched = await client.get(f"{server.base_file_url}{server.token}/{path}")
    assert fetched.content == server.file(document["file_id"]) == b"BEGIN:VCALENDAR"
    again = await api("sendDocument", chat_id=7, document=document["file_id"])
    assert again[1]["result"]["document"] == document
    seen = anna.sees()
    assert [(one.kind, one.text, one.file_name) for one in seen] == [
        ("document", "Il piano", "piano.ics"),
        ("document", "", "piano.ics"),
    ]
    await api("editMessageCaption", chat_id=7, message_id=1, caption="Il piano nuovo")
    assert anna.sees()[0].text == "Il piano nuovo"


async def test_a_picture_has_a_size_and_is_no_document(
    server: FakeTelegram, api: Api, client: httpx.AsyncClient
) -> None:
    """The size is read from a PNG; ids of one kind cannot be sent as another."""
    server.user(7, has_started=True)
    picture = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0\0\x03\x20\0\0\x02\x58"
    answer = await client.post(
        f"{server.base_url}{server.token}/sendPhoto",
        data={"chat_id": "7"},
        files={"photo": ("cycle.png", picture, "image/png")},
    )
    size = answer.json()["result"]["photo"][0]
    assert (size["width"], size["height"]) == (800, 600)
    for params, words in (
        ({"document": size["file_id"]}, "can't use file of type Photo as Document"),
        ({"document": "nothing"}, "wrong file identifier/HTTP URL specified"),
        ({"document": "https://example.org/x.pdf"}, "failed to get HTTP URL content"),
        ({}, "there is no document in the request"),
    ):
        status, refused = await api("sendDocument", chat_id=7, **params)
        assert (status, refused["description"]) == (400, f"Bad Request: {words}")
    for wrong in (
        await api("editMessageText", chat_id=7, message_id=1, text="x"),
        await api("getFile", file_id="nothing"),
    ):
        assert wrong[0] == 400


async def test_one_card_can_be_pinned(server: FakeTelegram, api: Api) -> None:
    """The latest pin is on top; what is deleted is unpinned."""
    anna = server.user(7, has_started=True)
    for text in ("uno", "due"):
        await api("sendMessage", chat_id=7, text=text)
    for message_id in (1, 2):
        await api("pinChatMessage", chat_id=7, message_id=message_id, disable_notification=True)
    assert (await api("getChat", chat_id=7))[1]["result"]["pinned_message"]["text"] == "due"
    await api("unpinChatMessage", chat_id=7)
    assert [one.is_pinned for one in anna.sees()] == [True, False]
    await api("deleteMessage", chat_id=7, message_id=1)
    assert "pinned_message" not in (await api("getChat", chat_id=7))[1]["result"]
    await api("pinChatMessage", chat_id=7, message_id=2)
    assert (await api("unpinAllChatMessages", chat_id=7))[0] == 200
    for method, words in (("pin", "message to pin"), ("unpin", "message to unpin")):
        status, answer = await api(f"{method}ChatMessage", chat_id=7, message_id=99)
        assert (status, answer["description"]) == (400, f"Bad Request: {words} not found")


async def test_a_reply_shows_what_it_answers(server: FakeTelegram, api: Api) -> None:
    """And is refused when that is gone, unless the bot does not mind."""
    anna = server.user(7)
    message_id = anna.says("Ciao")
    _, answer = await api(
        "sendMessage", chat_id=7, text="Eccomi", reply_parameters={"message_id": message_id}
    )
    assert answer["result"]["reply_to_message"]["text"] == "Ciao"
    gone = {"message_id": 99}
    status, answer = await api("sendMessage", chat_id=7, text="x", reply_parameters=gone)
    assert (status, answer["description"]) == (
        400,
        "Bad Request: message to be replied not found",
    )
    gone["allow_sending_without_reply"] = True
    assert (await api("sendMessage", chat_id=7, text="x", reply_parameters=gone))[0] == 200


async def test_groups_can_be_left_and_private_chats_cannot(server: FakeTelegram, api: Api) -> None:
    """The bot sees itself come and go, and cannot write afterwards."""
    anna = server.user(7, "Anna", has_started=True)
    anna.adds_bot_to(-5, "Famiglia")
    anna.says("Ciao", group=-5)
    assert (await api("sendMessage", chat_id=-5, text="Solo in privato"))[0] == 200
    me = (await api("getMe"))[1]["result"]["id"]
    assert (await api("getChatMember", chat_id=-5, user_id=me))[1]["result"]["status"] == "member"
    assert (await api("leaveChat", chat_id=-5))[0] == 200
    assert (await api("getChatMember", chat_id=-5, user_id=me))[1]["result"]["status"] == "left"
    assert (await api("sendMessage", chat_id=-5, text="x"))[0] == 403
    assert (await api("leaveChat", chat_id=7))[0] == 400
    assert (await api("getChatMember", chat_id=7, user_id=7))[1]["result"]["status"] == "member"
    assert (await api("getChatMember", chat_id=7, user_id=99))[0] == 400
    updates = (await api("getUpdates"))[1]["result"]
    assert [next(iter(one.keys() - {"update_id"})) for one in updates] == [
        "my_chat_member",
        "message",
        "my_chat_member",
    ]
