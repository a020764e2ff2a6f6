"""The readings of a case, as its therapist sees them: which, in which order, and what they are."""

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.chat import Case, Chat, Role
from bot.engine.effects import (
    AssignModule,
    Button,
    Entry,
    MoveModule,
    Notify,
    Value,
    WithdrawModule,
    Words,
)
from bot.engine.events import Event
from bot.engine.flow import Exit, Move, Step, option
from bot.flows.caseload import Done, chosen, given, values, with_case
from bot.flows.offer import Offer
from bot.flows.paging import page


def readings(offer: Offer) -> "Readings":
    """Return the list over the modules on offer: the assigned ones first, in their order."""
    return Readings(offer.modules)


class Readings:
    """What a therapist can give to read."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self._modules = modules

    def choices(self, chat: Chat, _event: Event) -> tuple[Button, ...]:
        """The assigned modules with their places, then the others."""
        case = chosen(chat)
        first = tuple(m for m in (case.modules if case else ()) if m in self._modules)
        rest = tuple(m for m in self._modules if m not in first)
        numbered = [
            Button(Words("therapist.assigned", {"n": n, "label": _label(m)}), "module", m)
            for n, m in enumerate(first, start=1)
        ]
        return page([*numbered, *(Button(_label(m), "module", m) for m in rest)], chat, beside=1)

    def known(self, _chat: Chat, event: Event) -> bool:
        """The module is one on offer."""
        return given(event) in self._modules


def _label(module: str) -> Entry:
    return Entry("modules", module, "label")


def _in_hand(chat: Chat) -> tuple[Case, str] | None:
    case = chosen(chat)
    return (case, chat.memory.get("module", "")) if case else None


def _place(chat: Chat) -> int | None:
    """Where the module in hand stands among the assigned ones, from 0."""
    case, module = chosen(chat), chat.memory.get("module")
    return case.modules.index(module) if case and module in case.modules else None


def assigned(chat: Chat, _event: Event) -> bool:
    """The module in hand is assigned."""
    return _place(chat) is not None


def not_assigned(chat: Chat, _event: Event) -> bool:
    """The module in hand is not assigned, and the case still exists."""
    return _place(chat) is None and chosen(chat) is not None


def not_first(chat: Chat, _event: Event) -> bool:
    """Another assigned module comes before the one in hand."""
    return bool(_place(chat))


def first_of_many(chat: Chat, _event: Event) -> bool:
    """The module in hand is the first, and others follow."""
    case = chosen(chat)
    return _place(chat) == 0 and case is not None and len(case.modules) > 1


def give(chat: Chat, _event: Event) -> Done:
    """Assign the module in hand, after those assigned before."""
    held = _in_hand(chat)
    if held is None:
        return chat, ()
    case, module = held
    told = Notify(case.id, Role.PARTNER, "module_assigned", module)
    chat = with_case(chat, replace(case, modules=(*case.modules, module)))
    return chat, (AssignModule(case.id, module), told)


def take(chat: Chat, _event: Event) -> Done:
    """Take the module in hand back; nobody is told."""
    held = _in_hand(chat)
    if held is None:
        return chat, ()
    case, module = held
    left = tuple(m for m in case.modules if m != module)
    return with_case(chat, replace(case, modules=left)), (WithdrawModule(case.id, module),)


def earlier(chat: Chat, _event: Event) -> Done:
    """Put the module in hand one place earlier."""
    return _moved(chat, earlier=True)


def later(chat: Chat, _event: Event) -> Done:
    """Put the module in hand one place later."""
    return _moved(chat, earlier=False)


def _moved(chat: Chat, *, earlier: bool) -> Done:
    held, here = _in_hand(chat), _place(chat)
    if held is None or here is None:
        return chat, ()
    case, module = held
    order = list(case.modules)
    there = here - 1 if earlier else here + 1
    order[here], order[there] = order[there], order[here]
    chat = with_case(chat, replace(case, modules=tuple(order)))
    return chat, (MoveModule(case.id, module, earlier),)


def shown(chat: Chat, event: Event) -> Mapping[str, Value]:
    """What the messages about readings name."""
    module, place = chat.memory.get("module"), _place(chat)
    state = Words("therapist.module_free")
    if place is not None:
        state = Words("therapist.module_given", {"n": place + 1})
    title: Value = Entry("modules", module, "title") if module else ""
    return {**values(chat, event), "title": title, "state": state}


def steps(readings: Readings) -> tuple[Step, ...]:
    """The list of readings, and the page of one."""
    return (
        Step(
            "readings",
            (Words("therapist.readings"),),
            (option("button.open_case", "back"),),
            choices=readings.choices,
            values=values,
            edits=True,
        ),
        Step(
            "module",
            (Words("therapist.module"),),
            (
                option("button.give_module", "give", not_assigned),
                option("button.take_module", "take", assigned),
                option("button.earlier", "earlier", not_first),
                option("button.later", "later", first_of_many),
                option("button.preview", "preview"),
                option("button.all_readings", "back"),
            ),
            values=shown,
            edits=True,
        ),
    )


def moves(readings: Readings) -> tuple[Move, ...]:
    """What can be done on them."""
    return (
        Move("module", "readings", "module", when=readings.known, keeps="module"),
        Move("more", "readings", "readings", keeps="page"),
        Move("back", "readings", "case"),
        Move("give", "module", "readings", when=not_assigned, does=give),
        Move("take", "module", "readings", when=assigned, does=take),
        Move("earlier", "module", "module", when=not_first, does=earlier),
        Move("later", "module", "module", when=first_of_many, does=later),
        Move("preview", "module", Exit("preview", keeps=("case", "module"))),
        Move("back", "module", "readings"),
    )
