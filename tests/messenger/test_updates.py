from datetime import UTC, datetime

import pytest

from bot.messenger.updates import Arrival, Leave, arrival
from bot.services.heard import Card, Heard, ShownButton

ALIASES = {"aiuto": "sos", "oggi": "today"}
ANNA: dict[str, object] = {"id": 7, "is_bot": False, "first_name": "Anna", "language_code": "it-IT"}
PRIVATE: dict[str, object] = {"id": 7, "type": "private", "first_name": "Anna"}
GROUP: dict[str, object] = {"id": -100, "type": "supergroup", "title": "Family"}
AT = 1_800_000_000
FILE = {"file_id": "f", "file_unique_id": "u"}
PLACE = {"latitude": 45.07, "longitude": 7.69}
BOT: dict[str, object] = {
    "id": 9,
    "is_bot": True,
    "first_name": "Accanto",
    "username": "accanto_bot",
}


def open_button(account: int, data: str) -> ShownButton | None:
    """Only one press was signed, and only for Anna."""
    return ShownButton("", "go", "3", 5) if (account, data) == (7, "signed") else None


def read(**update: object) -> Arrival:
    """An update with these fields, read."""
    return arrival({"update_id": 1, **update}, ALIASES, open_button)


def said(**content: object) -> dict[str, object]:
    """A message of Anna."""
    return {"message_id": 10, "date": AT, "chat": PRIVATE, "from": ANNA, **content}


def hear(**content: object) -> Heard | Leave | None:
    """What is heard of a message of Anna."""
    return read(message=said(**content)).heard


def test_a_text_is_heard_with_its_language_and_time() -> None:
    """The language is that of the client, the time that of Telegram."""
    one = read(message=said(text="Ciao, come va?"))
    assert one.heard == Heard(7, "text", 1, "it", "Ciao, come va?")
    assert (one.chat, one.at, one.query) == (7, datetime.fromtimestamp(AT, UTC), "")


@pytest.mark.parametrize(
    ("code", "lang"), [("it", "it"), ("IT", "it"), ("en", "en"), ("de", "en"), (None, "en")]
)
def test_every_language_but_italian_is_spoken_to_in_english(code: str | None, lang: str) -> None:
    """Until the person chooses."""
    heard = hear(text="x", **{"from": {**ANNA, "language_code": code}})
    assert isinstance(heard, Heard)
    assert heard.lang == lang


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("/help", "help", ""),
        ("/Help@Accanto_bot", "help", ""),
        ("/start abc_DEF-123", "start", "abc_DEF-123"),
        ("/oggi", "today", ""),
        ("/aiuto ha preso\ntutte le pastiglie", "sos", "ha preso\ntutte le pastiglie"),
        ("/sos!!!", "sos", "!!!"),
        ("/nothing_we_know", "nothing_we_know", ""),
    ],
)
def test_a_command_is_heard_by_its_own_name(text: str, name: str, value: str) -> None:
    """In both languages; what follows is kept, and read as text too: a cry is a cry."""
    assert hear(text=text) == Heard(7, "command", 1, "it", value, name, value)


@pytest.mark.parametrize("text", ["/", "/ help", "24/7", "è /help", "/però"])
def test_a_slash_alone_makes_no_command(text: str) -> None:
    """Then it is text."""
    assert hear(text=text) == Heard(7, "text", 1, "it", text)


def test_what_was_forwarded_is_text() -> None:
    """It is read like any other."""
    origin = {"type": "hidden_user", "date": AT, "sender_user_name": "Somebody"}
    assert hear(text="read this", forward_origin=origin) == Heard(7, "text", 1, "it", "read this")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"voice": {**FILE, "duration": 3}}, "voice"),
        ({"photo": [{**FILE, "width": 1, "height": 1}]}, "photo"),
        ({"video": {**FILE, "width": 1, "height": 1, "duration": 1}}, "video"),
        ({"video_note": {**FILE, "length": 1, "duration": 1}}, "video"),
        ({"document": FILE}, "file"),
        ({"audio": {**FILE, "duration": 1}}, "file"),
        ({"location": PLACE}, "place"),
        ({"venue": {"location": PLACE, "title": "x", "address": "y"}, "location": PLACE}, "place"),
        ({"contact": {"phone_number": "1", "first_name": "x"}}, "contact"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "other"),
        ({"a_kind_of_next_year": {"x": 1}}, "other"),
    ],
)
def test_what_we_do_not_read_is_named(content: dict[str, object], kind: str) -> None:
    """One kind event for everything, however new it is."""
    assert hear(**content) == Heard(7, "media", 1, "it", "", kind)


def test_an_animation_is_a_video_although_it_says_it_is_a_file() -> None:
    """Telegram repeats animations as documents for old bots."""
    animation = {**FILE, "width": 1, "height": 1, "duration": 1}
    heard = hear(animation=animation, document=FILE)
    assert heard == Heard(7, "media", 1, "it", "", "video")


def test_the_caption_of_a_picture_is_kept_to_be_read() -> None:
    """Help may be asked for under a picture."""
    photo = [{**FILE, "width": 1, "height": 1}]
    heard = hear(photo=photo, caption="voglio morire")
    assert heard == Heard(7, "media", 1, "it", "voglio morire", "photo")


def test_notices_of_telegram_itself_are_nothing_to_answer() -> None:
    """A pin or a changed timer is no message of the person."""
    assert hear(message_auto_delete_timer_changed={"message_auto_delete_time": 86400}) is None


def test_an_edit_is_text_to_be_read_and_nothing_else() -> None:
    """Also when it now looks like a command, or is a caption."""
    edited = said(text="/stop", edit_date=AT + 60)
    one = read(edited_message=edited)
    assert one.heard == Heard(7, "text", 1, "it", "/stop", edited=True)
    assert one.at == datetime.fromtimestamp(AT + 60, UTC)
    photo = [{**FILE, "width": 1, "height": 1}]
    caption = read(edited_message=said(photo=photo, caption="aiuto", edit_date=AT)).heard
    assert caption == Heard(7, "text", 1, "it", "aiuto", edited=True)


def test_a_place_that_moves_is_not_heard_again_and_again() -> None:
    """A live location arrives as edits without text."""
    assert read(edited_message=said(location=PLACE, edit_date=AT)).heard is None


def press(data: str = "signed", **message: object) -> Arrival:
    """A press of Anna on a message of the bot."""
    body = {"message_id": 10, "date": AT, "chat": PRIVATE, "from": BOT, **message}
    return read(
        callback_query={
            "id": "q1",
            "from": ANNA,
            "chat_instance": "1",
            "data": data,
            "message": body,
        }
    )


def test_a_press_is_heard_with_the_card_it_was_on() -> None:
    """With text, entities and the label, so that the card can be closed as it stood."""
    keyboard = [[{"text": "Sì", "callback_data": "signed"}]]
    one = press(
        text="Vuoi provare?",
        entities=[{"type": "bold", "offset": 0, "length": 4}],
        reply_markup={"inline_keyboard": keyboard},
    )
    card = Card(10, "Vuoi provare?", (("bold", 0, 4),), "Sì")
    assert one.heard == Heard(7, "button", 1, "it", name="go", value="3", revision=5, card=card)
    assert (one.chat, one.query, one.at) == (7, "q1", None)


def test_a_press_on_a_message_that_is_gone_has_no_card() -> None:
    """Telegram says so by the date 0."""
    one = press(date=0)
    assert one.heard == Heard(7, "button", 1, "it", name="go", value="3", revision=5)


def test_a_forged_press_is_a_button_without_name() -> None:
    """So the dialogue asks again; nobody is told why."""
    heard = press("forged", text="x").heard
    assert isinstance(heard, Heard)
    assert (heard.kind, heard.name, heard.value, heard.revision) == ("button", "", "", None)


def member(status: str, chat: dict[str, object] = PRIVATE) -> Heard | Leave | None:
    """What is heard when the bot's place in a chat changes."""
    member: dict[str, object] = {"user": BOT, "status": status}
    if status == "kicked":
        member["until_date"] = 0
    return read(
        my_chat_member={
            "chat": chat,
            "from": ANNA,
            "date": AT,
            "old_chat_member": {"user": BOT, "status": "left"},
            "new_chat_member": member,
        }
    ).heard


def test_blocking_and_unblocking_are_heard() -> None:
    """Pushes stop at once and may go on later."""
    assert member("kicked") == Heard(7, "blocked", 1, "it")
    assert member("member") == Heard(7, "unblocked", 1, "it")


def test_groups_are_left_whatever_happens_there() -> None:
    """Being added, written to or pressed in; being thrown out needs no answer."""
    assert member("member", GROUP) == Leave(-100, "it")
    assert member("left", GROUP) is None
    assert hear(text="ciao", chat=GROUP) == Leave(-100, "it")
    assert press(chat=GROUP, text="x").heard == Leave(-100, "it")


def test_bots_are_not_heard() -> None:
    """Least of all our own pinned messages."""
    assert hear(text="I am a bot", **{"from": BOT}) is None


@pytest.mark.parametrize(
    "update",
    [
        {"message_reaction": {"chat": PRIVATE, "message_id": 1, "date": AT, "user": ANNA}},
        {"poll": {"id": "1"}},
        {"something_of_next_year": {"x": 1}},
        {},
    ],
)
def test_other_updates_are_nothing_to_us(update: dict[str, object]) -> None:
    """Nor do they raise, read or not."""
    assert read(**update).heard is None


def test_a_text_the_library_cannot_read_is_still_looked_at_for_safety() -> None:
    """The update is broken, and its words are there all the same."""
    one = read(message=said(text="voglio morire", entities=[{"type": 3}]))
    assert one.broken
    assert one.heard == Heard(7, "text", 1, "it", "voglio morire")


@pytest.mark.parametrize("message", [None, 3, "x", [], {}, {"chat": 5}, {"text": "x", "chat": {}}])
def test_no_update_at_all_raises(message: object) -> None:
    """Whatever comes, the loop goes on."""
    assert read(message=message).heard is None


def test_an_arrival_does_not_show_what_was_said_P10() -> None:
    """It may end up in a traceback or a log."""
    assert "segreto" not in repr(read(message=said(text="segreto")))
