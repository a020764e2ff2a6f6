"""Methods about chats and about the bot itself."""

from collections.abc import Callable

from bot.messenger.fake import limits
from bot.messenger.fake.backend import Backend
from bot.messenger.fake.call import Call
from bot.messenger.fake.profile import EVERYWHERE, scope_key
from bot.messenger.fake.refusal import Json, bad_request
from bot.messenger.fake.world import Group

_GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)
_ME: Json = {
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
    "can_connect_to_business": False,
    "has_main_web_app": False,
}
_WIDE_SCOPES = frozenset(
    {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
)
_CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})
_MENU_BUTTONS = frozenset({"default", "commands", "web_app"})


def get_me(backend: Backend, _call: Call) -> Json:
    """Return the bot."""
    return backend.world.bot | _ME


def get_file(backend: Backend, call: Call) -> Json:
    """Return where a file is downloaded from."""
    return backend.world.files.get(call.text("file_id")).as_file()


def get_chat(backend: Backend, call: Call) -> Json:
    """Return a chat and its topmost pin."""
    chat = backend.world.chat(call.chat())
    full: Json = chat.as_chat()
    full |= {"accent_color_id": 0, "max_reaction_count": 11}
    full["accepted_gift_types"] = dict.fromkeys(_GIFTS, False)
    pins = backend.world.pins.get(chat.id, [])
    post = backend.world.find(chat.id, pins[-1]) if pins else None
    if post is not None:
        full["pinned_message"] = backend.world.message(post)
    return full


def get_chat_member(backend: Backend, call: Call) -> Json:
    """Return whether somebody is in a chat: in a private one the person and the bot are."""
    chat = backend.world.chat(call.chat())
    user_id = call.integer("user_id")
    if user_id == backend.world.bot["id"]:
        is_in = not isinstance(chat, Group) or chat.bot_is_in
        return {"status": "member" if is_in else "left", "user": backend.world.bot}
    person = backend.world.people.get(user_id)
    if person is None:
        raise bad_request("user not found")
    is_in = isinstance(chat, Group) or chat.id == user_id
    return {"status": "member" if is_in else "left", "user": person.as_user()}


def leave_chat(backend: Backend, call: Call) -> bool:
    """Leave a group; the bot is told about it as about every change of its own."""
    chat = backend.world.chat(call.chat())
    if not isinstance(chat, Group):
        raise bad_request("chat member status can't be changed in private chats")
    if chat.bot_is_in:
        chat.bot_is_in = False
        tell_membership(backend, chat, backend.world.bot, was="member", now="left")
    return True


def tell_membership(
    backend: Backend, chat: Group | None, actor: Json, *, was: str, now: str
) -> None:
    """Queue `my_chat_member`: the bot's own place in a chat changed.

    Args:
        backend: where.
        chat: the group, None for the private chat of the actor.
        actor: User who did it.
        was: the status before: member, left or kicked.
        now: the status now.
    """
    world = backend.world
    place = chat.as_chat() if chat is not None else world.chat_json(actor["id"])
    body: Json = {"chat": place, "from": actor, "date": backend.clock.unix()}
    for key, status in (("old_chat_member", was), ("new_chat_member", now)):
        body[key] = {"status": status, "user": world.bot}
        if status == "kicked":
            body[key]["until_date"] = 0
    backend.updates.put("my_chat_member", body, f"member {place['id']}")


def set_my_commands(backend: Backend, call: Call) -> bool:
    """Set the commands of a scope and a language."""
    commands = limits.commands(call)
    backend.profile.commands[_commands_key(backend, call)] = commands
    return True


def get_my_commands(backend: Backend, call: Call) -> list[Json]:
    """Return the commands of exactly this scope and language."""
    return backend.profile.commands.get(_commands_key(backend, call), [])


def delete_my_commands(backend: Backend, call: Call) -> bool:
    """Forget the commands of a scope and a language."""
    backend.profile.commands.pop(_commands_key(backend, call), None)
    return True


def _commands_key(backend: Backend, call: Call) -> tuple[str, str]:
    scope = call.structure("scope", "Can't parse BotCommandScope JSON object") or EVERYWHERE
    if not isinstance(scope, dict):
        raise bad_request("Can't parse BotCommandScope: BotCommandScope must be an Object")
    kind = str(scope.get("type"))
    if kind in _CHAT_SCOPES:
        try:
            chat_id = int(scope.get("chat_id", ""))
        except (TypeError, ValueError):
            raise bad_request("Can't parse BotCommandScope: Empty chat_id specified") from None
        backend.world.chat(chat_id)
        scope = scope | {"chat_id": chat_id}
    elif kind not in _WIDE_SCOPES:
        raise bad_request("Can't parse BotCommandScope: Unsupported type specified")
    return scope_key(scope), limits.language(call)


def profile_getter(key: str) -> Callable[[Backend, Call], Json]:
    """Return the method that tells a name or description in a language."""

    def get(backend: Backend, call: Call) -> Json:
        text = backend.profile.texts.get((key, limits.language(call)), "")
        if key == "name":
            text = text or backend.world.bot["first_name"]
        return {key: text}

    return get


def profile_setter(key: str, longest: int) -> Callable[[Backend, Call], bool]:
    """Return the method that sets a name or description of at most so many characters."""

    def put(backend: Backend, call: Call) -> bool:
        code = limits.language(call)
        text = limits.profile_text(call, key, longest)
        backend.profile.texts[key, code] = text
        if key == "name" and text and not code:
            backend.world.bot["first_name"] = text
        return True

    return put


def set_chat_menu_button(backend: Backend, call: Call) -> bool:
    """Set the menu button of a private chat, or of all."""
    given = call.structure("menu_button", "Can't parse menu button JSON object")
    button = given or {"type": "default"}
    if not isinstance(button, dict) or str(button.get("type")) not in _MENU_BUTTONS:
        raise bad_request("Can't parse menu button: MenuButton has unsupported type")
    backend.profile.menu_buttons[_menu_chat(backend, call)] = button
    return True


def get_chat_menu_button(backend: Backend, call: Call) -> Json:
    """Return the menu button of a private chat, or of all."""
    buttons = backend.profile.menu_buttons
    return buttons.get(_menu_chat(backend, call)) or buttons.get(None) or {"type": "commands"}


def _menu_chat(backend: Backend, call: Call) -> int | None:
    chat_id = call.chat()
    if chat_id is not None and isinstance(backend.world.chat(chat_id), Group):
        raise bad_request("user not found")
    return chat_id
