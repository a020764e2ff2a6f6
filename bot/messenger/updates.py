"""What an update of Telegram says, in the words of the services. Pure: no bot, no clock, no key."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telegram import (
    CallbackQuery,
    ChatMemberUpdated,
    MaybeInaccessibleMessage,
    Message,
    MessageEntity,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType

from bot.services.heard import Card, Heard, ShownButton

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update we ask for; reactions, polls and channels are not among them."""

Aliases = Mapping[str, str]
OpenButton = Callable[[int, str], ShownButton | None]
"""Takes an account and the data of a press; returns None for data that we did not sign."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@[A-Za-z0-9_]+)?(?![\w@])(.*)", re.DOTALL)
# By the Bot API's field; a GIF also carries `document` and a venue `location`, so order matters.
_MEDIA = {
    "voice": "voice",
    "video_note": "video",
    "video": "video",
    "animation": "video",
    "audio": "file",
    "live_photo": "photo",
    "photo": "photo",
    "sticker": "sticker",
    "document": "file",
    "venue": "place",
    "location": "place",
    "contact": "contact",
    "dice": "other",
    "poll": "other",
    "game": "other",
    "story": "other",
    "checklist": "other",
    "paid_media": "other",
    "invoice": "other",
    "gift": "other",
    "giveaway": "other",
}
_INSIDE = frozenset(
    {ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED}
)


@dataclass(frozen=True, slots=True)
class Leave:
    """A group or channel: not a place for this bot. `lang` is that of whoever is there."""

    chat: int
    lang: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """One update on its way in.

    `chat` keeps the order of a chat; `query` is the id under which a press is answered; `at` when
    it was said, None for a press (those do not carry their time); `broken` means the library
    could not read it, and `heard` then is the little that a glance finds.
    """

    update_id: int
    chat: int
    raw: Mapping[str, Any] = field(repr=False)
    heard: Heard | Leave | None = field(repr=False)
    query: str = ""
    at: datetime | None = None
    broken: bool = False


def arrival(raw: Mapping[str, Any], aliases: Aliases, open_button: OpenButton) -> Arrival:
    """Read one update as Telegram's JSON. Never raises: what cannot be read is `broken`."""
    number, chat = int(raw["update_id"]), _chat(raw)
    try:
        update = Update.de_json(dict(raw), None)
        said = heard(update, aliases, open_button)
    except Exception:  # noqa: BLE001 - whatever the library stumbles over, the chat must go on
        return Arrival(number, chat, raw, glance(raw), broken=True)
    query = update.callback_query
    return Arrival(number, chat, raw, said, query=query.id if query else "", at=_time(update))


def heard(update: Update, aliases: Aliases, open_button: OpenButton) -> Heard | Leave | None:
    """Return what a person did, or that a group is to be left, or None for nothing of ours."""
    if update.callback_query:
        return _pressed(update.callback_query, update.update_id, open_button)
    if update.my_chat_member:
        return _membership(update.my_chat_member, update.update_id)
    message = update.message or update.edited_message
    if message is None or message.from_user is None or message.from_user.is_bot:
        return None
    if message.chat.type != ChatType.PRIVATE:
        return Leave(message.chat.id, language(message.from_user))
    return _said(message, update, aliases)


def glance(raw: Mapping[str, Any]) -> Heard | None:
    """Return the text of an update that cannot be read as a whole, for safety only."""
    for kind in ("message", "edited_message"):
        try:
            message = raw[kind]
            text = message.get("text") or message.get("caption")
            if text and message["chat"]["type"] == ChatType.PRIVATE:
                lang = _language(message["from"].get("language_code"))
                number = int(raw["update_id"])
                return Heard(int(message["chat"]["id"]), "text", number, lang, str(text))
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
    return None


def language(user: User) -> str:
    """Return the language a person is spoken to until they choose: Italian or English."""
    return _language(user.language_code)


def _language(code: object) -> str:
    return "it" if str(code or "").lower().split("-")[0] == "it" else "en"


def _said(message: Message, update: Update, aliases: Aliases) -> Heard | None:
    user = message.from_user
    lang = language(user) if user else "en"
    account, number = message.chat.id, update.update_id
    text = message.text or message.caption or ""
    if update.edited_message:
        # An edit is read for safety and nothing else; a location that moves is an edit, too.
        return Heard(account, "text", number, lang, text, edited=True) if text else None
    kind = _media(message)
    if kind:
        return Heard(account, "media", number, lang, text, kind)
    command = _COMMAND.match(text)
    if command:
        name, rest = command[1].lower(), command[2].strip()
        return Heard(account, "command", number, lang, rest, aliases.get(name, name), rest)
    return Heard(account, "text", number, lang, text) if text else None


def _media(message: Message) -> str:
    """Return the kind of what we do not read; empty for text and for Telegram's own notices."""
    if message.text is not None:
        return ""
    named = next((kind for name, kind in _MEDIA.items() if getattr(message, name)), "")
    # Fields newer than the library: somebody sent something, so they get an answer.
    return named or ("other" if message.api_kwargs else "")


def _pressed(query: CallbackQuery, number: int, open_button: OpenButton) -> Heard | Leave | None:
    message, user = query.message, query.from_user
    if user.is_bot:
        return None
    if message is not None and message.chat.type != ChatType.PRIVATE:
        return Leave(message.chat.id, language(user))
    button = open_button(user.id, query.data or "") or ShownButton("", "")
    return Heard(
        user.id,
        "button",
        number,
        language(user),
        name=button.move,
        value=button.value,
        revision=button.revision,
        card=_card(message, query.data),
    )


def _card(message: MaybeInaccessibleMessage | None, data: str | None) -> Card | None:
    # The library makes a Message even of one that is gone, and tells them apart by the date.
    if not isinstance(message, Message) or not message.is_accessible:
        return None
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    label = next((one.text for row in rows for one in row if one.callback_data == data), "")
    entities = message.entities if message.text else message.caption_entities
    return Card(
        message.message_id,
        message.text or message.caption or "",
        tuple(map(_entity, entities)),
        label,
    )


def _entity(entity: MessageEntity) -> tuple[str, int, int]:
    return (str(entity.type), entity.offset, entity.length)


def _membership(change: ChatMemberUpdated, number: int) -> Heard | Leave | None:
    status, lang = change.new_chat_member.status, language(change.from_user)
    if change.chat.type != ChatType.PRIVATE:
        return Leave(change.chat.id, lang) if status in _INSIDE else None
    is_blocked = status not in _INSIDE
    return Heard(change.chat.id, "blocked" if is_blocked else "unblocked", number, lang)


def _chat(raw: Mapping[str, Any]) -> int:
    for kind in ALLOWED:
        try:
            body = raw[kind]
            place = body.get("chat") or (body.get("message") or {}).get("chat") or body["from"]
            return int(place["id"])
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
    return 0


def _time(update: Update) -> datetime | None:
    if update.edited_message:
        return update.edited_message.edit_date or update.edited_message.date
    source = update.message or update.my_chat_member
    return source.date if source else None
