"""A place to let it out (M24): what is typed is read for danger and dropped, nothing else.

Short replies that listen, vary and never advise; at the end one breath, and a choice. RED, CHECK
and AMBER fire here as anywhere: they come before the flow hears of a text.
"""

from dataclasses import replace
from types import MappingProxyType

from bot.engine.chance import pick
from bot.engine.chat import Chat, Place
from bot.engine.effects import Effect, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, RESUME, Exit, Flow, Move, Step, flow, option
from bot.flows.micro_goal import OWN_ONLY

REPLIES = 8

HEARD = Place("let_out", "start", MappingProxyType({"heard": "yes"}))
"""For somebody who has already begun: what is kept is said now."""


def _opening(chat: Chat, _event: Event) -> tuple[Words, ...]:
    begun = "heard" in chat.memory
    return (Words("let_out.begun" if begun else "let_out.start"), Words("let_out.kept"))


def _listened(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Choose a reply, never the one before; the text is not looked at."""
    before = int(chat.memory.get("reply", "0"))
    # One of the others: the number before is stepped over.
    number = (before + pick(event, "reply", REPLIES - 1)) % REPLIES + 1 if before else 1
    memory = MappingProxyType({"reply": str(number)})
    return replace(chat, place=replace(chat.place, memory=memory)), ()


def _reply(chat: Chat, _event: Event) -> tuple[Words, ...]:
    return (Words(f"let_out.reply_{chat.memory.get('reply', '1')}"),)


def _interrupted(chat: Chat, _event: Event) -> bool:
    return chat.paused is not None


FLOW: Flow = flow(
    "let_out",
    (
        Step("start", _opening, (option("button.let_out_end", "end"),), reads="typed"),
        Step("listening", _reply, (option("button.let_out_end", "end"),), reads="typed"),
        Step(
            "breath",
            (Words("let_out.breath"),),
            (option("button.breath_done", "done"), option("button.breath_skip", "skip")),
            reads="typed",
        ),
        Step(
            "after",
            (Words("let_out.after"),),
            (
                option("button.resume", "resume", _interrupted),
                option("button.own_goal", "own"),
                option("button.own_help", "help"),
                option("button.to_menu", "home"),
            ),
            reads="typed",
        ),
    ),
    (
        *(
            Move("typed", step, "listening", does=_listened)
            for step in ("start", "listening", "breath", "after")
        ),
        Move("end", "start", "breath"),
        Move("end", "listening", "breath"),
        Move("done", "breath", "after"),
        Move("skip", "breath", "after"),
        Move("resume", "after", Exit(RESUME), when=_interrupted),
        Move("own", "after", Exit("micro_goal", "area", sets={OWN_ONLY: "yes"})),
        Move("help", "after", Exit("own_help")),
        Move("home", "after", Exit(HOME)),
    ),
    ends=frozenset({"after"}),
    resumable=True,
)
