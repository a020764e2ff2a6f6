"""How the bot presents itself: commands, names, descriptions, menu button."""

import json
from dataclasses import dataclass, field

from bot.messenger.fake.refusal import Json

ALL_PRIVATE_CHATS: Json = {"type": "all_private_chats"}
EVERYWHERE: Json = {"type": "default"}


def scope_key(scope: Json) -> str:
    """Return a scope of commands as text that is equal for equal scopes."""
    return json.dumps(scope, sort_keys=True)


@dataclass(slots=True)
class Profile:
    """Everything the bot set about itself; languages are codes, empty for everybody else.

    `texts` is by field (name, description, short_description) and language, `commands` by scope
    and language, `menu_buttons` by chat, None for every chat without its own.
    """

    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    menu_buttons: dict[int | None, Json] = field(default_factory=dict)

    def menu_for(self, chat_id: int, language: str | None) -> list[Json]:
        """Return the commands a person sees in their private chat.

        Order: https://core.telegram.org/bots/api#determining-list-of-commands
        """
        for scope in ({"type": "chat", "chat_id": chat_id}, ALL_PRIVATE_CHATS, EVERYWHERE):
            for code in (language or "", ""):
                if commands := self.commands.get((scope_key(scope), code)):
                    return commands
        return []
