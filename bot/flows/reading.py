"""The reading list: what whoever leads the therapy suggested comes first, then all the rest."""

from bot.engine.chat import Chat, Place, Scope
from bot.engine.effects import Button, Entry, Words
from bot.engine.events import ButtonPressed, Event
from bot.engine.flow import Exit, Flow, Move, Step, flow, option
from bot.flows.offer import Offer
from bot.flows.paging import page


def suggested(chat: Chat) -> tuple[str, ...]:
    """The modules assigned to the partner, if the patient's consent covers them."""
    case = chat.case
    return case.modules if case and Scope.MODULES in chat.scopes else ()


def make(offer: Offer) -> Flow:
    """Return the reading list over the modules on offer."""

    def choices(chat: Chat, _event: Event) -> tuple[Button, ...]:
        there = offer.readable(chat)
        first = tuple(m for m in suggested(chat) if m in there)
        ordered = (*first, *(m for m in there if m not in first))
        return page([Button(_label(chat, m), "choose", m) for m in ordered], chat)

    def _label(chat: Chat, module: str) -> Words | Entry:
        name = Entry("modules", module, "label")
        done = module in chat.progress and chat.progress[module].finished
        return Words("reading.done", {"label": name}) if done else name

    def known(chat: Chat, event: Event) -> bool:
        return isinstance(event, ButtonPressed) and event.value in offer.readable(chat)

    def begun(chat: Chat, event: Event) -> bool:
        if not isinstance(event, ButtonPressed) or event.value not in offer.readable(chat):
            return False
        return event.value in chat.progress and not chat.progress[event.value].finished

    def from_start(chat: Chat, event: Event) -> Place:
        chosen = chat.memory.get("module", "")
        if isinstance(event, ButtonPressed) and event.value in offer.modules:
            chosen = event.value
        return Place(chosen, "")

    def where_left(chat: Chat, _event: Event) -> Place:
        module = chat.memory["module"]
        return Place(module, chat.progress[module].step)

    def heading(chat: Chat, _event: Event) -> tuple[Words, ...]:
        return (Words("reading.suggested" if suggested(chat) else "reading.list"),)

    return flow(
        "reading",
        (
            Step("list", heading, choices=choices, edits=True),
            Step(
                "begun",
                (Words("reading.begun"),),
                (option("button.resume", "resume"), option("button.start_again", "again")),
                edits=True,
            ),
        ),
        (
            Move("choose", "list", "begun", when=begun, keeps="module"),
            Move("choose", "list", Exit("module"), when=known, leads=from_start),
            Move("more", "list", "list", keeps="page"),
            Move("resume", "begun", Exit("module"), leads=where_left),
            Move("again", "begun", Exit("module", "start"), leads=from_start),
        ),
    )
