"""A module as the partner of a case sees it, for its therapist: every step, nothing recorded.

The module's own steps are shown and its own moves are followed, in either language; what a button
would open elsewhere is named and not opened. Nothing of this reaches the partner.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from bot.engine.chat import Case, Chat, Role, Scope
from bot.engine.effects import Button, Text, Told, Words
from bot.engine.events import Event
from bot.engine.flow import Exit, Flow, Move, Option, Step, flow, option
from bot.engine.saying import filled
from bot.flows.caseload import Done, chosen, given, remember
from bot.flows.offer import Offer
from bot.flows.onboarding import LANGUAGES
from bot.flows.paging import MOST

_SOME_DAY = date(2000, 1, 1)


def make(offer: Offer) -> Flow:
    """Return the preview of the modules on offer."""
    shelf = _Shelf({module.name: module for module in offer.flows})
    return flow(
        "preview",
        (
            Step(
                "language",
                (Words("preview.language"),),
                (option("button.leave_preview", "leave"),),
                choices=_languages,
                edits=True,
            ),
            Step("gone", (Words("preview.gone"),), (option("button.leave_preview", "leave"),)),
            Step("step", shelf.says, choices=shelf.choices),
            Step(
                "elsewhere",
                (Words("preview.elsewhere"),),
                (option("button.back", "back"), option("button.leave_preview", "leave")),
            ),
        ),
        (
            Move("lang", "language", "step", when=shelf.may_begin, keeps="lang", does=shelf.begin),
            Move("lang", "language", "gone"),
            Move("leave", "language", _back_to_the_module()),
            Move("leave", "gone", Exit("therapist", "home")),
            Move("go", "step", "step", when=shelf.leads_on, does=shelf.go),
            Move("go", "step", "elsewhere", when=shelf.leads_elsewhere),
            Move("back", "elsewhere", "step"),
            Move("leave", "elsewhere", _back_to_the_module()),
            Move("leave", "step", _back_to_the_module()),
        ),
    )


def _back_to_the_module() -> Exit:
    return Exit("therapist", "module", keeps=("case", "module"))


def _languages(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return tuple(Button(Words(f"language.{lang}"), "lang", lang) for lang in LANGUAGES)


class _Shelf:
    """The modules that can be looked at. Nothing about a chat is kept here."""

    def __init__(self, modules: Mapping[str, Flow]) -> None:
        self._modules = MappingProxyType(modules)

    def may_begin(self, chat: Chat, event: Event) -> bool:
        """The language is one there is, and the module still exists."""
        return given(event) in LANGUAGES and chat.memory.get("module") in self._modules

    def begin(self, chat: Chat, _event: Event) -> Done:
        """Open the module at its start."""
        return remember(chat, step=self._modules[chat.memory["module"]].start), ()

    def says(self, chat: Chat, event: Event) -> tuple[Text, ...]:
        """The messages of the step, the first of them under the banner."""
        step = self._step(chat)
        if step is None:
            return (Words("preview.gone"),)
        partner, lang = self._partner(chat), chat.memory["lang"]
        says = step.says(partner, event) if callable(step.says) else step.says
        first, *rest = (_told(filled(text, step, partner, event), lang) for text in says)
        return (Words("preview.banner", {"text": first}), *rest)

    def choices(self, chat: Chat, event: Event) -> tuple[Button, ...]:
        """The module's own buttons, as far as the partner sees them, and the way out."""
        lang = chat.memory.get("lang", LANGUAGES[0])
        shown = [
            Button(_told(one.label, lang), "go", str(number))
            for number, one in self._shown(chat, event)
        ]
        # With four of its own the way out is the menu below, which the banner names.
        out = (Button(Words("button.leave_preview"), "leave"),) if len(shown) < MOST else ()
        return (*shown, *out)

    def leads_on(self, chat: Chat, event: Event) -> bool:
        """The button leads to another step of the module."""
        move = self._pressed(chat, event)
        return move is not None and isinstance(move.dest, str)

    def leads_elsewhere(self, chat: Chat, event: Event) -> bool:
        """The button leads out of the module."""
        move = self._pressed(chat, event)
        return move is not None and isinstance(move.dest, Exit)

    def go(self, chat: Chat, event: Event) -> Done:
        """Follow the button."""
        move = self._pressed(chat, event)
        return (remember(chat, step=str(move.dest)) if move else chat), ()

    def _pressed(self, chat: Chat, event: Event) -> Move | None:
        """The move of the pressed button, as the partner could take it."""
        found = next((o for n, o in self._shown(chat, event) if str(n) == given(event)), None)
        if found is None:
            return None
        module, step = self._modules[chat.memory["module"]], chat.memory["step"]
        moves = (m for m in module.moves if (m.source, m.name) == (step, found.move))
        partner = self._partner(chat)
        return next((m for m in moves if m.when is None or m.when(partner, event)), None)

    def _shown(self, chat: Chat, event: Event) -> tuple[tuple[int, Option], ...]:
        step, partner = self._step(chat), self._partner(chat)
        options = enumerate(step.options) if step else ()
        return tuple((n, o) for n, o in options if o.when is None or o.when(partner, event))

    def _step(self, chat: Chat) -> Step | None:
        """The step in hand in the partner's wording; None when it is no longer there."""
        module = self._modules.get(chat.memory.get("module", ""))
        step = module.steps.get(chat.memory.get("step", "")) if module else None
        if step is None:
            return None
        traits = self._partner(chat).traits
        return next((step.variants[t] for t in traits if t in step.variants), step)

    def _partner(self, chat: Chat) -> Chat:
        """A partner of this case with every key, so that everything shows that can."""
        case = chosen(chat) or Case("", Role.THERAPIST)
        seen = replace(
            case,
            mine=Role.PARTNER,
            confirmed=True,
            scopes=frozenset(Scope),
            agreed_on=case.agreed_on or _SOME_DAY,
        )
        return replace(chat, role=Role.PARTNER, agreed=True, cases=(seen,))


def _told(text: Text, lang: str) -> Text:
    return text if isinstance(text, Told) else Told(text, lang)
