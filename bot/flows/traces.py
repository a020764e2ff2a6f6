"""«Clear the traces»: the bot takes back its own messages of the last 48 hours.

What it cannot take back is said first, in one line; the answer afterwards carries nothing.
"""

from dataclasses import replace

from bot.engine.chat import Chat, Place
from bot.engine.effects import Button, ClearTraces, Effect, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option


def traces(_chat: Chat, _event: Event) -> Place:
    """Where the button and `/traces` lead, in every role and every state."""
    return Place("traces", "ask")


def traces_button() -> Button:
    """Return the button; it works however old its message is."""
    return Button(Words("button.clear_traces"), "traces", lasting=True)


def _clear(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return replace(chat, pinned=None), (ClearTraces(),)


FLOW: Flow = flow(
    "traces",
    (
        Step(
            "ask",
            (Words("traces.ask"),),
            (option("button.clear_now", "yes"), option("button.leave_as_is", "no")),
            edits=True,
        ),
        Step("cleared", (Words("traces.cleared"),), (option("button.to_menu", "home"),)),
    ),
    (
        Move("yes", "ask", "cleared", does=_clear),
        Move("no", "ask", Exit(HOME)),
        Move("home", "cleared", Exit(HOME)),
    ),
)
