"""What the bot holds about the speaker: a copy as a file, and who looked at it."""

from collections.abc import Mapping

from bot.engine.chat import Chat, Look, Place
from bot.engine.effects import Button, Effect, ExportData, Value, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, PAGE, Exit, Flow, Move, Step, flow, option
from bot.flows.traces import traces_button

A_PAGE = ("first", "second", "third", "fourth")


def export(_chat: Chat, _event: Event) -> Place:
    """Where `/export` leads: nobody is refused a copy, in whatever state."""
    return Place("my_data", "export")


def _make_file(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return chat, (ExportData(),)


def _traces(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return (traces_button(),)


def _page(chat: Chat) -> tuple[int, tuple[Look, ...]]:
    """The number of the page in hand, and what stands on it; after the last comes the first."""
    pages = max(1, -(-len(chat.looks) // len(A_PAGE)))
    number = int(chat.memory.get(PAGE, "0")) % pages
    return number, chat.looks[number * len(A_PAGE) : (number + 1) * len(A_PAGE)]


def _heading(chat: Chat, _event: Event) -> tuple[Words, ...]:
    shown = "my_data.looked" if chat.looks else "my_data.looked_none"
    return (Words(shown), Words("my_data.not_noted"))


def _looks(chat: Chat, _event: Event) -> Mapping[str, Value]:
    _, shown = _page(chat)
    lines = {name: _line(look) for name, look in zip(A_PAGE, shown, strict=False)}
    return {**dict.fromkeys(A_PAGE, ""), **lines}


def _line(look: Look) -> Words:
    who, what = Words(f"role.{look.role}"), Words(f"look.{look.what}")
    if look.on is None:
        return Words("my_data.look_undated", {"who": who, "what": what})
    return Words("my_data.look", {"who": who, "what": what, "day": look.on})


def _more(chat: Chat, _event: Event) -> tuple[Button, ...]:
    if len(chat.looks) <= len(A_PAGE):
        return ()
    return (Button(Words("button.more"), "more", str(_page(chat)[0] + 1)),)


FLOW: Flow = flow(
    "my_data",
    (
        Step(
            "list",
            (Words("my_data.list"),),
            (option("button.export", "export"), option("button.who_looked", "looked")),
            choices=_traces,
            edits=True,
        ),
        Step(
            "export",
            (Words("my_data.export"),),
            (option("button.send_file", "yes"), option("button.back", "back")),
        ),
        Step("exported", (Words("my_data.exported"),), (option("button.to_menu", "home"),)),
        Step(
            "looked",
            _heading,
            (option("button.back", "back"),),
            choices=_more,
            values=_looks,
        ),
    ),
    (
        Move("export", "list", "export"),
        Move("looked", "list", "looked"),
        Move("yes", "export", "exported", does=_make_file),
        Move("back", "export", "list"),
        Move("home", "exported", Exit(HOME)),
        Move("more", "looked", "looked", keeps=PAGE),
        Move("back", "looked", "list"),
    ),
)
