"""Keyboards below messages: what Telegram takes and refuses.

Source: get_reply_markup in telegram-bot-api's Client.cpp and get_reply_markup in TDLib's
ReplyMarkup.cpp; 100 buttons a keyboard and 8 a row are the servers' own, undocumented limits.
"""

from urllib.parse import urlsplit

from bot.messenger.fake.call import Call
from bot.messenger.fake.refusal import Json, bad_request

CALLBACK_DATA_BYTES = 64
BUTTONS = 100
BUTTONS_A_ROW = 8
_SCHEMES = frozenset({"http", "https", "tg", "ton", "tonsite"})
_OTHER_ACTIONS = frozenset(
    {
        "callback_game",
        "copy_text",
        "login_url",
        "pay",
        "switch_inline_query",
        "switch_inline_query_chosen_chat",
        "switch_inline_query_current_chat",
        "web_app",
    }
)


def reply_markup(call: Call) -> Json | None:
    """Return the keyboard a call asks for, None for none.

    Raises:
        Refusal: 400 when it is no keyboard or goes beyond a limit.
    """
    given = call.structure("reply_markup", "Can't parse reply keyboard markup JSON object")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise bad_request("Object expected as reply markup")
    if given.get("keyboard"):
        for row in _rows(given["keyboard"], "keyboard"):
            for button in row:
                _check_plain_button(button)
        return given
    rows = _rows(given.get("inline_keyboard") or [], "inline_keyboard")
    for row in rows:
        for button in row:
            _check_inline_button(button)
    rows = [row for row in rows if row]
    if sum(map(len, rows)) > BUTTONS or any(len(row) > BUTTONS_A_ROW for row in rows):
        raise bad_request("reply markup is too long")
    if rows:
        return {"inline_keyboard": rows}
    return given if given.get("remove_keyboard") or given.get("force_reply") else None


def inline_keyboard(call: Call) -> Json | None:
    """Return the inline keyboard an edit asks for, None to take it away.

    Raises:
        Refusal: 400 for any other kind of keyboard, or beyond a limit.
    """
    markup = reply_markup(call)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("Inline keyboard expected")
    return markup


def _rows(given: object, field: str) -> list[list[object]]:
    if not isinstance(given, list) or not all(isinstance(row, list) for row in given):
        raise bad_request(f'Field "{field}" must be an Array of Arrays')
    return given


def _check_plain_button(button: object) -> None:
    text = button.get("text") if isinstance(button, dict) else button
    if not isinstance(text, str):
        raise bad_request("Can't parse keyboard button: KeyboardButton must be a String")
    if not text:
        raise bad_request("Keyboard button text must be non-empty")


def _check_inline_button(button: object) -> None:
    if not isinstance(button, dict):
        raise bad_request(
            "Can't parse inline keyboard button: InlineKeyboardButton must be an Object"
        )
    if not isinstance(button.get("text"), str):
        raise bad_request("Can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"]:
        raise bad_request("Inline keyboard button text must be non-empty")
    for key in ("url", "callback_data"):
        if not isinstance(button.get(key, ""), str):
            raise bad_request(
                f'Can\'t parse inline keyboard button: Field "{key}" must be of type String'
            )
    if button.get("url"):
        _check_url(button["url"])
    elif button.get("callback_data"):
        if len(button["callback_data"].encode()) > CALLBACK_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif not _OTHER_ACTIONS & button.keys():
        raise bad_request(
            "Can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )


def _check_url(url: str) -> None:
    """Refuse what Telegram opens from no button, telephone numbers among it."""
    parts = urlsplit(url)
    where = f"Inline keyboard button URL '{url}' is invalid"
    if parts.scheme not in _SCHEMES:
        raise bad_request(f"{where}: Unsupported URL protocol")
    if parts.scheme in {"http", "https"} and "." not in parts.netloc.strip("."):
        raise bad_request(f"{where}: Wrong HTTP URL")
