"""Methods that send: messages, files, chat actions and answers to presses."""

from bot.messenger.fake import limits
from bot.messenger.fake.backend import Backend
from bot.messenger.fake.call import Call
from bot.messenger.fake.files import StoredFile
from bot.messenger.fake.keyboard import reply_markup
from bot.messenger.fake.refusal import Json, Refusal, bad_request
from bot.messenger.fake.text import Formatted
from bot.messenger.fake.world import CALLBACK_SECONDS

_ACTIONS = frozenset(
    {
        "choose_sticker",
        "find_location",
        "record_video",
        "record_video_note",
        "record_voice",
        "typing",
        "upload_document",
        "upload_photo",
        "upload_video",
        "upload_video_note",
        "upload_voice",
    }
)


def send_message(backend: Backend, call: Call) -> Json:
    """Send a text."""
    text = limits.message_text(call)
    return _send(backend, call, text_content(call, text))


def send_photo(backend: Backend, call: Call) -> Json:
    """Send a picture."""
    caption = limits.caption(call)
    stored = _file(backend, call, "photo", limits.PHOTO_BYTES)
    return _send(backend, call, {"photo": stored.as_photo(), **caption_content(caption)})


def send_document(backend: Backend, call: Call) -> Json:
    """Send a file."""
    caption = limits.caption(call)
    stored = _file(backend, call, "document", limits.DOCUMENT_BYTES)
    return _send(backend, call, {"document": stored.as_document(), **caption_content(caption)})


def send_chat_action(backend: Backend, call: Call) -> bool:
    """Show "typing…" or the like."""
    if call.text("action") not in _ACTIONS:
        raise bad_request("Wrong parameter action in request")
    backend.world.writable_chat(call.chat())
    return True


def answer_callback_query(backend: Backend, call: Call) -> bool:
    """Answer a press: once, and within 150 seconds of the fake clock."""
    toast = limits.toast(call)
    press = backend.world.presses.get(call.text("callback_query_id"))
    is_late = press is not None and backend.clock.seconds() - press.at > CALLBACK_SECONDS
    if press is None or press.is_answered or is_late:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if call.text("url"):
        username = backend.world.bot["username"]
        if not call.text("url").startswith(f"https://t.me/{username}?start="):
            raise bad_request("URL_INVALID")
    press.is_answered = True
    press.toast = toast or None
    return True


def text_content(call: Call, text: Formatted) -> Json:
    """Return the fields of a message that is a text."""
    content: Json = {"text": text.text}
    if text.entities:
        content["entities"] = list(text.entities)
    preview = call.structure("link_preview_options", "Can't parse link preview options JSON object")
    if preview:
        content["link_preview_options"] = preview
    return content


def caption_content(caption: Formatted) -> Json:
    """Return the fields of a message for its caption."""
    content: Json = {"caption": caption.text} if caption.text else {}
    if caption.entities:
        content["caption_entities"] = list(caption.entities)
    return content


def _send(backend: Backend, call: Call, content: Json) -> Json:
    markup = reply_markup(call)
    world = backend.world
    chat = world.writable_chat(call.chat())
    content |= _reply(backend, call, chat.id)
    backend.rates.check(chat.id)
    post = world.post(chat.id, None, content)
    if markup is not None and "inline_keyboard" in markup:
        post.markup = markup
    else:
        post.plain_keyboard = markup
    post.is_silent = call.flag("disable_notification")
    post.is_protected = call.flag("protect_content")
    return world.message(post)


def _reply(backend: Backend, call: Call, chat_id: int) -> Json:
    given = call.structure("reply_parameters", "Can't parse reply parameters JSON object")
    if not isinstance(given, dict):
        return {}
    message_id = given.get("message_id")
    post = backend.world.find(chat_id, message_id) if isinstance(message_id, int) else None
    if post is None:
        if given.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    replied = backend.world.message(post)
    replied.pop("reply_to_message", None)
    return {"reply_to_message": replied}


def _file(backend: Backend, call: Call, kind: str, most: int) -> StoredFile:
    upload = call.upload(kind)
    files = backend.world.files
    if upload is not None:
        if len(upload.content) > most:
            raise Refusal(413, "Request Entity Too Large")
        return files.add(kind, upload.name, upload.content_type, upload.content)
    given = call.text(kind)
    if not given or given.startswith("attach://"):
        raise bad_request(f"There is no {kind} in the request")
    if given.startswith(("http://", "https://")):
        raise bad_request("Failed to get HTTP URL content")  # nothing here reaches the network
    stored = files.get(given)
    if stored.kind != kind:
        raise bad_request(f"Can't use file of type {stored.kind.title()} as {kind.title()}")
    return stored
