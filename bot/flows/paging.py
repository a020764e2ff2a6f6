"""Long lists in a chat: a few at a time, and one button for the next ones."""

from collections.abc import Sequence

from bot.engine.chat import Chat
from bot.engine.effects import Button, Words

MOST = 4  # authored buttons under one message


def page(buttons: Sequence[Button], chat: Chat, beside: int = 0) -> tuple[Button, ...]:
    """Return the buttons of the page kept in memory under `page`, and "more" if there is more.

    `beside` is how many authored buttons the step has already. After the last page the first
    comes again.
    """
    room = MOST - beside
    if len(buttons) <= room:
        return tuple(buttons)
    size = room - 1
    first = int(chat.memory.get("page", "0")) % -(-len(buttons) // size) * size
    more = Button(Words("button.more"), "more", str(first // size + 1))
    return (*buttons[first : first + size], more)
