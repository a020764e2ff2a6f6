"""Which methods there are, and what happens when one is called."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.messenger.fake import chats, delivery, editing, limits, sending
from bot.messenger.fake.backend import Backend
from bot.messenger.fake.call import Call
from bot.messenger.fake.refusal import Json, Refusal

Handler: TypeAlias = Callable[[Backend, Call], object | Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Method:
    """A method as Telegram spells it; `is_effect` says that the ledger keeps it."""

    name: str
    handler: Handler
    is_effect: bool


_EFFECTS: dict[str, Handler] = {
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendChatAction": sending.send_chat_action,
    "answerCallbackQuery": sending.answer_callback_query,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "pinChatMessage": editing.pin_chat_message,
    "unpinChatMessage": editing.unpin_chat_message,
    "unpinAllChatMessages": editing.unpin_all_chat_messages,
    "leaveChat": chats.leave_chat,
    "setMyCommands": chats.set_my_commands,
    "deleteMyCommands": chats.delete_my_commands,
    "setMyName": chats.profile_setter("name", limits.NAME),
    "setMyDescription": chats.profile_setter("description", limits.DESCRIPTION),
    "setMyShortDescription": chats.profile_setter("short_description", limits.SHORT_DESCRIPTION),
    "setChatMenuButton": chats.set_chat_menu_button,
}
_QUESTIONS: dict[str, Handler] = {
    "getMe": chats.get_me,
    "getFile": chats.get_file,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getMyCommands": chats.get_my_commands,
    "getMyName": chats.profile_getter("name"),
    "getMyDescription": chats.profile_getter("description"),
    "getMyShortDescription": chats.profile_getter("short_description"),
    "getChatMenuButton": chats.get_chat_menu_button,
    "getUpdates": delivery.get_updates,
    "setWebhook": delivery.set_webhook,
    "deleteWebhook": delivery.delete_webhook,
    "getWebhookInfo": delivery.get_webhook_info,
    "logOut": delivery.log_out,
    "close": delivery.close,
}

METHODS = {
    name.lower(): Method(name, handler, is_effect)
    for table, is_effect in ((_EFFECTS, True), (_QUESTIONS, False))
    for name, handler in table.items()
}
"""Every method, by its name in small letters: Telegram does not care about case."""


def spelled(name: str) -> str:
    """Return a method's name as Telegram spells it, unknown ones as they came."""
    method = METHODS.get(name.lower())
    return name if method is None else method.name


async def perform(backend: Backend, call: Call, *, will_be_answered: bool = True) -> Json:
    """Carry out a call and return the JSON object of the answer.

    Args:
        backend: what it works on.
        call: the method and its parameters.
        will_be_answered: False when a fault will keep the answer from the bot.

    Raises:
        Refusal: what Telegram would say no to.
    """
    method = METHODS.get(call.method.lower())
    if method is None:
        raise Refusal(404, "Not Found: method not found")
    if backend.clock.seconds() < backend.logged_out_until:
        raise Refusal(400, "Logged out")
    result = method.handler(backend, call)
    if inspect.isawaitable(result):
        result = await result
    answer: Json = {"ok": True, "result": result}
    if isinstance(result, tuple):
        answer = {"ok": True, "result": result[0], "description": result[1]}
    if method.is_effect:
        backend.ledger.accept(
            call,
            result,
            backend.clock.now(),
            chat_id=backend.chat_of(call),
            was_answered=will_be_answered,
        )
    return answer
