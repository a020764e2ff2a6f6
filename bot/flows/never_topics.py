"""Topics a patient wants left alone: what touches them is not there for the partner, silently.

They are a limit and no permission: they hold with and without consent. Nobody is told them.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.engine.chat import Chat
from bot.engine.effects import Button, ChooseTopics, Effect, Value, Words
from bot.engine.events import ButtonPressed, Event
from bot.engine.flow import PAGE, Flow, Move, Step, flow
from bot.flows.paging import MOST, page

TOPICS = ("intimacy", "children", "family", "work", "money", "past")
"""What content can be about; a module names the topics it touches in its front matter."""

Done = tuple[Chat, tuple[Effect, ...]]


def _never(chat: Chat) -> frozenset[str]:
    return chat.case.never if chat.case else frozenset()


def _topics(chat: Chat, _event: Event) -> tuple[Button, ...]:
    never = _never(chat)
    buttons = [
        Button(
            Words("never.chosen", {"label": Words(f"topic.{t}")})
            if t in never
            else Words(f"topic.{t}"),
            "topic",
            t,
        )
        for t in TOPICS
    ]
    return page(buttons, chat)


def _values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    chosen = tuple(Words(f"topic.{t}") for t in TOPICS if t in _never(chat))
    return {"topics": chosen or Words("consent.nothing")}


def _known(chat: Chat, event: Event) -> bool:
    return chat.case is not None and isinstance(event, ButtonPressed) and event.value in TOPICS


def _toggle(chat: Chat, event: Event) -> Done:
    case = chat.case
    topic = event.value if isinstance(event, ButtonPressed) else ""
    if case is None or topic not in TOPICS:
        return chat, ()
    topics = case.never ^ {topic}
    changed = replace(case, never=topics)
    # The page stays where it is: the next tap is often beside this one.
    memory = MappingProxyType({PAGE: str(TOPICS.index(topic) // (MOST - 1))})
    place = replace(chat.place, memory=memory)
    cases = tuple(changed if c is case else c for c in chat.cases)
    return replace(chat, place=place, cases=cases), (ChooseTopics(case.id, topics),)


FLOW: Flow = flow(
    "never_topics",
    (
        Step(
            "choose",
            (Words("never.choose"),),
            choices=_topics,
            values=_values,
            edits=True,
        ),
    ),
    (
        Move("topic", "choose", "choose", when=_known, does=_toggle),
        Move("more", "choose", "choose", keeps=PAGE),
    ),
    ends=frozenset({"choose"}),
)
