from typing import Any

import pytest

from bot.messenger.fake import FakeTelegram, Impossible
from tests.messenger.fake.conftest import Api

pytestmark = pytest.mark.anyio
CHOICES = {
    "inline_keyboard": [
        [{"text": "Sì", "callback_data": "yes"}, {"text": "No", "callback_data": "no"}],
        [{"text": "Sito", "url": "https://example.org"}],
    ]
}


async def news(api: Api) -> list[dict[str, Any]]:
    """Return what happened since the bot asked last."""
    updates: list[dict[str, Any]] = (await api("getUpdates"))[1]["result"]
    if updates:
        await api("getUpdates", offset=updates[-1]["update_id"] + 1)
    return updates


async def test_a_button_is_pressed_by_its_label_or_its_place(
    server: FakeTelegram, api: Api
) -> None:
    """The press brings data, the message as it is, and who pressed."""
    anna = server.user(7, "Anna", "it", has_started=True)
    await api("sendMessage", chat_id=7, text="Vuoi?", reply_markup=CHOICES)
    press = anna.presses("Sì")
    anna.presses(row=0, column=1)
    anna.presses("Sì", row=0, message_id=1)
    anna.presses("No", times=2)
    queries = [one["callback_query"] for one in await news(api)]
    assert [one["data"] for one in queries] == ["yes", "no", "yes", "no", "no"]
    assert len({one["id"] for one in queries}) == 5
    assert (queries[0]["id"], queries[0]["from"]["language_code"]) == (press, "it")
    assert queries[0]["message"]["reply_markup"] == CHOICES


async def test_a_button_that_is_not_there_cannot_be_pressed(server: FakeTelegram, api: Api) -> None:
    """Nor one that opens a page; the complaint says what is on show."""
    anna = server.user(7, has_started=True)
    with pytest.raises(Impossible, match="no button 'Sì'"):
        anna.presses("Sì")
    await api("sendMessage", chat_id=7, text="Vuoi?", reply_markup=CHOICES)
    with pytest.raises(Impossible, match=r"no button 'Forse'.*'Sì', 'No', 'Sito'"):
        anna.presses("Forse")
    for row, column, message_id in ((0, 2, None), (2, 0, None), (-1, 0, None), (0, 0, 9)):
        with pytest.raises(Impossible, match="no button at row"):
            anna.presses(row=row, column=column, message_id=message_id)
    with pytest.raises(Impossible, match="opens a page"):
        anna.presses("Sito")
    with pytest.raises(Impossible, match="no button"):
        anna.presses("Sì", row=0, column=1)
    await api("editMessageReplyMarkup", chat_id=7, message_id=1)
    with pytest.raises(Impossible, match="no button"):
        anna.presses("Sì")
    assert await news(api) == []


async def test_the_newest_button_of_a_label_is_pressed(server: FakeTelegram, api: Api) -> None:
    """Unless an older message is named."""
    anna = server.user(7, has_started=True)
    for text in ("uno", "due"):
        await api("sendMessage", chat_id=7, text=text, reply_markup=CHOICES)
    anna.presses("Sì")
    anna.presses("Sì", message_id=1)
    pressed = [one["callback_query"]["message"]["text"] for one in await news(api)]
    assert pressed == ["due", "uno"]


async def test_a_tampered_client_presses_what_is_not_there(server: FakeTelegram, api: Api) -> None:
    """Any data, below any message that ever was; of a deleted one only its number is left."""
    anna = server.user(7, has_started=True)
    await api("sendMessage", chat_id=7, text="Vuoi?", reply_markup=CHOICES)
    anna.forges("anything", message_id=1)
    await api("deleteMessage", chat_id=7, message_id=1)
    anna.forges("yes", message_id=1)
    with pytest.raises(Impossible, match="never was a message"):
        anna.forges("yes", message_id=99)
    first, second = [one["callback_query"] for one in await news(api)]
    assert (first["data"], first["message"]["text"]) == ("anything", "Vuoi?")
    assert second["message"] == {
        "chat": {"id": 7, "type": "private", "first_name": "Somebody"},
        "message_id": 1,
        "date": 0,
    }


async def test_a_key_below_the_input_field_sends_its_text(server: FakeTelegram, api: Api) -> None:
    """Until it is taken away."""
    anna = server.user(7, has_started=True)
    keys = {"keyboard": [[{"text": "Sì"}, {"text": "No"}]]}
    await api("sendMessage", chat_id=7, text="Vuoi?", reply_markup=keys)
    anna.presses("No")
    assert [one["message"]["text"] for one in await news(api)] == ["No"]
    gone = {"remove_keyboard": True}
    await api("sendMessage", chat_id=7, text="Va bene", reply_markup=gone)
    with pytest.raises(Impossible, match="no button"):
        anna.presses("No")


@pytest.mark.parametrize("kind", ["voice", "photo", "document", "sticker", "contact", "location"])
async def test_people_send_more_than_text(server: FakeTelegram, api: Api, kind: str) -> None:
    """In the shapes of the Bot API; the chat shows what it was."""
    anna = server.user(7)
    anna.sends(kind)
    update = (await news(api))[0]
    assert kind in update["message"]
    assert anna.sees()[0].kind == kind


async def test_a_picture_can_have_a_caption_that_is_edited(server: FakeTelegram, api: Api) -> None:
    """The safety of edits is read from here."""
    anna = server.user(7)
    anna.sends("photo", caption="Noi due")
    anna.edits("Noi tre")
    first, second = await news(api)
    assert (first["message"]["caption"], second["edited_message"]["caption"]) == (
        "Noi due",
        "Noi tre",
    )
    assert (anna.sees()[0].text, anna.sees()[0].is_edited) == ("Noi tre", True)


async def test_people_edit_the_latest_or_a_named_message_of_their_own(
    server: FakeTelegram, api: Api
) -> None:
    """Never the bot's, nor what they forwarded."""
    anna = server.user(7)
    with pytest.raises(Impossible, match="to edit"):
        anna.edits("x")
    first = anna.says("uno")
    anna.says("due")
    await api("sendMessage", chat_id=7, text="Eccomi")
    anna.edits("due e mezzo")
    anna.edits("uno e mezzo", message_id=first)
    assert [one.text for one in anna.sees()] == ["uno e mezzo", "due e mezzo", "Eccomi"]
    with pytest.raises(Impossible, match="to edit"):
        anna.edits("x", message_id=3)
    anna.forwards("Di un altro", author="Marta")
    with pytest.raises(Impossible, match="to edit"):
        anna.edits("x")
    origin = (await news(api))[-1]["message"]["forward_origin"]
    assert (origin["type"], origin["sender_user_name"]) == ("hidden_user", "Marta")


async def test_blocking_and_unblocking_are_told(server: FakeTelegram, api: Api) -> None:
    """As `my_chat_member`; doing it twice is impossible."""
    anna = server.user(7)
    anna.blocks()
    with pytest.raises(Impossible, match="nothing changes"):
        anna.blocks()
    anna.unblocks()
    changes = [one["my_chat_member"] for one in await news(api)]
    statuses = [
        (one["old_chat_member"]["status"], one["new_chat_member"]["status"]) for one in changes
    ]
    assert statuses == [("member", "kicked"), ("kicked", "member")]


async def test_nobody_does_the_impossible(server: FakeTelegram) -> None:
    """Each with its reason."""
    anna = server.user(7)
    for act, reason in (
        (lambda: anna.says("  "), "empty message"),
        (lambda: anna.sends("smell"), "nobody can send"),
        (lambda: anna.sends("sticker", caption="x"), "no caption"),
        (lambda: anna.says("x", group=-3), "no group"),
        (lambda: anna.adds_bot_to(3), "negative"),
    ):
        with pytest.raises(Impossible, match=reason):
            act()
    anna.deactivates()
    with pytest.raises(Impossible, match="no account"):
        anna.says("x")


async def test_a_person_keeps_their_name_and_language(server: FakeTelegram) -> None:
    """The first call makes them, later ones find them."""
    anna = server.user(7, "Anna", "it")
    again = server.user(7)
    assert (again.person, again.id) == (anna.person, 7)
