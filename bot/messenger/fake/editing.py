"""Methods that change what was sent: edits, deletions, pins."""

from bot.messenger.fake import limits
from bot.messenger.fake.backend import Backend
from bot.messenger.fake.call import Call
from bot.messenger.fake.keyboard import inline_keyboard
from bot.messenger.fake.refusal import Json, bad_request
from bot.messenger.fake.sending import caption_content, text_content
from bot.messenger.fake.world import Post

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_message_text(backend: Backend, call: Call) -> Json:
    """Give a message another text; without a keyboard its buttons go."""
    text = limits.message_text(call)
    markup = inline_keyboard(call)
    post = _own_message(backend, call)
    if "text" not in post.content:
        raise bad_request("There is no text in the message to edit")
    return _edit(backend, post, _kept(post, "text") | text_content(call, text), markup)


def edit_message_caption(backend: Backend, call: Call) -> Json:
    """Give a file another caption; without a keyboard its buttons go."""
    caption = limits.caption(call)
    markup = inline_keyboard(call)
    post = _own_message(backend, call)
    if "text" in post.content:
        raise bad_request("There is no caption in the message to edit")
    return _edit(backend, post, _kept(post, "caption") | caption_content(caption), markup)


def edit_message_reply_markup(backend: Backend, call: Call) -> Json:
    """Give a message other buttons, or none."""
    markup = inline_keyboard(call)
    post = _own_message(backend, call)
    edited = post.edit_date
    message = _edit(backend, post, post.content, markup)
    # Buttons alone do not show as an edit.
    post.edit_date = edited
    if edited is None:
        message.pop("edit_date")
    return message


def delete_message(backend: Backend, call: Call) -> bool:
    """Delete one message, if it is younger than 48 hours."""
    if not call.integer("message_id"):
        raise bad_request("Message identifier is not specified")
    chat = backend.world.chat(call.chat())
    post = backend.world.find(chat.id, call.integer("message_id"))
    if post is None:
        raise bad_request("message to delete not found")
    _delete(backend, [post])
    return True


def delete_messages(backend: Backend, call: Call) -> bool:
    """Delete up to 100 messages; those that are not there are skipped."""
    wanted = limits.message_ids(call)
    chat = backend.world.chat(call.chat())
    found = [backend.world.find(chat.id, one) for one in wanted]
    _delete(backend, [post for post in found if post is not None])
    return True


def pin_chat_message(backend: Backend, call: Call) -> bool:
    """Pin a message above those pinned before."""
    chat = backend.world.writable_chat(call.chat())
    message_id = call.integer("message_id")
    if backend.world.find(chat.id, message_id) is None:
        raise bad_request("message to pin not found")
    pins = backend.world.pins.setdefault(chat.id, [])
    if message_id in pins:
        pins.remove(message_id)
    pins.append(message_id)
    return True


def unpin_chat_message(backend: Backend, call: Call) -> bool:
    """Unpin a message, the latest pinned one when none is named."""
    chat = backend.world.writable_chat(call.chat())
    pins = backend.world.pins.get(chat.id, [])
    message_id = call.integer("message_id") or (pins[-1] if pins else 0)
    if backend.world.find(chat.id, message_id) is None:
        raise bad_request("message to unpin not found")
    if message_id in pins:
        pins.remove(message_id)
    return True


def unpin_all_chat_messages(backend: Backend, call: Call) -> bool:
    """Unpin everything in a chat."""
    chat = backend.world.writable_chat(call.chat())
    backend.world.pins.pop(chat.id, None)
    return True


def _own_message(backend: Backend, call: Call) -> Post:
    if not call.text("chat_id") and not call.integer("message_id"):
        raise bad_request("Message identifier is not specified")
    chat = backend.world.writable_chat(call.chat())
    post = backend.world.find(chat.id, call.integer("message_id"))
    if post is None:
        raise bad_request("message to edit not found")
    if post.sender is not None:
        raise bad_request("message can't be edited")
    return post


def _kept(post: Post, key: str) -> Json:
    """Return what an edit of the text or caption leaves as it is."""
    replaced = {"text", "entities", "link_preview_options"}
    if key == "caption":
        replaced = {"caption", "caption_entities"}
    return {name: value for name, value in post.content.items() if name not in replaced}


def _edit(backend: Backend, post: Post, content: Json, markup: Json | None) -> Json:
    if content == post.content and markup == post.markup:
        raise bad_request(_NOT_MODIFIED)
    post.content = content
    post.markup = markup
    post.edit_date = backend.clock.unix()
    return backend.world.message(post)


def _delete(backend: Backend, posts: list[Post]) -> None:
    if not all(backend.world.is_deletable(post) for post in posts):
        raise bad_request("message can't be deleted for everyone")
    for post in posts:
        backend.world.delete(post)
