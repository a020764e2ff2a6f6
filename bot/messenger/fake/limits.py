"""The limits of the Bot API, and what it says when a call goes beyond them.

Figures: https://core.telegram.org/bots/api. Sentences: telegram-bot-api's Client.cpp and TDLib.
Lengths of texts are counted in UTF-16 code units, those of callback data in bytes.
"""

import re

from bot.messenger.fake.call import Call
from bot.messenger.fake.refusal import Impossible, Json, Refusal, bad_request
from bot.messenger.fake.text import Formatted, formatted, utf16_length

TEXT = 4096
CAPTION = 1024
TOAST = 200
MESSAGES_AT_ONCE = 100
COMMANDS = 100
COMMAND = 32
COMMAND_DESCRIPTION = 256
NAME = 64
DESCRIPTION = 512
SHORT_DESCRIPTION = 120
SECRET = 256
START_PAYLOAD = 64
DOCUMENT_BYTES = 50 * 1024 * 1024
PHOTO_BYTES = 10 * 1024 * 1024

_RAW_TEXT_BYTES = 1 << 15
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_START_PAYLOAD = re.compile(rf"[A-Za-z0-9_-]{{0,{START_PAYLOAD}}}")
_COMMAND = re.compile(r"[a-z0-9_]+")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
_ENTITY_NEEDS = {
    "bold": None,
    "italic": None,
    "underline": None,
    "strikethrough": None,
    "spoiler": None,
    "blockquote": None,
    "expandable_blockquote": None,
    "code": None,
    "pre": None,
    "text_link": "url",
    "text_mention": "user",
    "custom_emoji": "custom_emoji_id",
    "date_time": "unix_time",
}
# Telegram finds these by itself and ignores them when they are given.
_FOUND_BY_TELEGRAM = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bank_card_number",
    }
)


def message_text(call: Call) -> Formatted:
    """Return the text of a call, cleaned.

    Raises:
        Refusal: 400 when it is empty, too long or its entities do not fit.
    """
    if not call.text("text"):
        raise bad_request("Message text is empty")
    text = _checked(call, "text", "entities")
    if not text.text:
        raise bad_request("Text must be non-empty")
    if utf16_length(text.text) > TEXT:
        raise bad_request("Message is too long")
    return text


def caption(call: Call) -> Formatted:
    """Return the caption of a call, cleaned, perhaps empty.

    Raises:
        Refusal: 400 when it is too long or its entities do not fit.
    """
    text = _checked(call, "caption", "caption_entities")
    if utf16_length(text.text) > CAPTION:
        raise bad_request("Message caption is too long")
    return text


def _checked(call: Call, key: str, entities_key: str) -> Formatted:
    text = call.text(key)
    if call.text("parse_mode"):
        # Markup would have to be parsed exactly as Telegram does; this product sends entities.
        raise bad_request("Unsupported parse_mode: this server takes text and entities only")
    if len(text.encode(errors="surrogatepass")) > _RAW_TEXT_BYTES:
        raise bad_request("Text is too long")
    return formatted(text, _entities(call, entities_key))


def _entities(call: Call, key: str) -> list[Json]:
    try:
        given = call.structure(key, "")
    except Refusal:
        return []  # Telegram ignores entities that are no JSON
    kept = []
    for entity in given if isinstance(given, list) else []:
        problem = _entity_problem(entity)
        if problem:
            raise bad_request(f"Can't parse MessageEntity: {problem}")
        if entity["type"] not in _FOUND_BY_TELEGRAM:
            kept.append(entity)
    return kept


def _entity_problem(entity: object) -> str | None:
    if not isinstance(entity, dict):
        return "expected an Object"
    for key in ("offset", "length"):
        if not isinstance(entity.get(key), int):
            return f'Can\'t find field "{key}"'
    kind = str(entity.get("type"))
    if kind in _FOUND_BY_TELEGRAM:
        return None
    if kind not in _ENTITY_NEEDS:
        return "Unsupported type specified"
    needed = _ENTITY_NEEDS[kind]
    return f'Can\'t find field "{needed}"' if needed is not None and needed not in entity else None


def toast(call: Call) -> str:
    """Return the text of a callback answer.

    Raises:
        Refusal: 400 when it is longer than 200 UTF-16 units.
    """
    text = call.text("text")
    if utf16_length(text) > TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    return text


def message_ids(call: Call) -> list[int]:
    """Return the message ids of a call, 1 to 100.

    Raises:
        Refusal: 400 when there are none, too many, or they are no numbers.
    """
    given = call.structure("message_ids", "Can't parse message_ids JSON object")
    if not given:
        raise bad_request("Message identifiers are not specified")
    if not isinstance(given, list):
        raise bad_request("Expected an Array of message identifiers")
    if len(given) > MESSAGES_AT_ONCE:
        raise bad_request("Too many message identifiers specified")
    try:
        return [int(one) for one in given]
    except (TypeError, ValueError):
        raise bad_request("Message identifier must be a Number") from None


def language(call: Call) -> str:
    """Return the language code of a call: empty or two small letters.

    Raises:
        Refusal: 400 for anything else.
    """
    code = call.text("language_code")
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("Invalid language code specified")
    return code


def commands(call: Call) -> list[Json]:
    """Return the commands of a call, without slash.

    Raises:
        Refusal: 400 for more than 100, bad names, or descriptions of the wrong length.
    """
    given = call.structure("commands", "Can't parse commands JSON object")
    if not isinstance(given, list):
        raise bad_request("Expected an Array of BotCommand")
    if len(given) > COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_command(one) for one in given]


def _command(given: object) -> Json:
    if not isinstance(given, dict):
        raise bad_request("Can't parse BotCommand: expected an Object")
    for key in ("command", "description"):
        if not isinstance(given.get(key), str):
            raise bad_request(f"Can't parse BotCommand: Can't find field \"{key}\"")
    name = given["command"].strip().removeprefix("/")
    description = given["description"].strip()
    if not name:
        raise bad_request("Command must be non-empty")
    if len(name) > COMMAND:
        raise bad_request(f"Command length must not exceed {COMMAND}")
    if not description:
        raise bad_request("Command description must be non-empty")
    if len(description) > COMMAND_DESCRIPTION:
        raise bad_request(f"Command description length must not exceed {COMMAND_DESCRIPTION}")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}


def profile_text(call: Call, key: str, longest: int) -> str:
    """Return a name or description of the bot of at most so many characters.

    Raises:
        Refusal: 400 when it is longer.
    """
    text = call.text(key).strip()
    if utf16_length(text) > longest:
        raise bad_request(f"The {key.replace('_', ' ')} must not exceed {longest} characters")
    return text


def webhook_secret(call: Call) -> str:
    """Return the secret token of a webhook: up to 256 of `[A-Za-z0-9_-]`.

    Raises:
        Refusal: 400 for anything else.
    """
    secret = call.text("secret_token")
    if len(secret) > SECRET:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    return secret


def start_payload(payload: str) -> str:
    """Return the payload of a `t.me/<bot>?start=` link.

    Raises:
        Impossible: no link can carry it.
    """
    if not _START_PAYLOAD.fullmatch(payload):
        raise Impossible(
            f"a start link carries at most {START_PAYLOAD} of [A-Za-z0-9_-], not {payload!r}"
        )
    return payload
