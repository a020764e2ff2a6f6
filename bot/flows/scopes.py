"""The five scopes, each asked on a page of its own, and when what was answered stands."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.engine.chat import CONSENT_LASTS, Case, Chat, Scope
from bot.engine.effects import Effect, Value, Words
from bot.engine.events import Event
from bot.engine.flow import Act, Move, Step, option

ORDER = tuple(Scope)
FIRST = f"scope_{ORDER[0]}"

Done = tuple[Chat, tuple[Effect, ...]]
Named = Callable[[Scope], Words]


def pages(text: Named, yes: str, no: str) -> tuple[Step, ...]:
    """Return one page for each scope; `text` gives its words, `yes` and `no` its labels."""
    options = (option(yes, "yes"), option(no, "no"))
    return tuple(Step(f"scope_{s}", (text(s),), options) for s in ORDER)


def moves(after: str) -> tuple[Move, ...]:
    """Return the moves from page to page, and after the last one to a step."""
    following = (*(f"scope_{s}" for s in ORDER[1:]), after)
    return tuple(
        Move(answer, f"scope_{scope}", dest, does=_answer(scope, answer))
        for scope, dest in zip(ORDER, following, strict=True)
        for answer in ("yes", "no")
    )


def _answer(scope: Scope, answer: str) -> Act:
    def remember(chat: Chat, _event: Event) -> Done:
        memory = MappingProxyType({**chat.memory, scope.value: answer})
        return replace(chat, place=replace(chat.place, memory=memory)), ()

    return remember


def chosen(chat: Chat) -> frozenset[Scope]:
    """The scopes answered with yes so far."""
    return frozenset(s for s in ORDER if chat.memory.get(s.value) == "yes")


def names(scopes: frozenset[Scope]) -> Value:
    """Scopes in words, in their order; the word for nothing if there are none."""
    return tuple(Words(f"scope.{s}") for s in ORDER if s in scopes) or Words("consent.nothing")


def with_scopes(chat: Chat, case: Case, scopes: frozenset[Scope], at: datetime) -> Chat:
    """Return the chat with exactly these scopes standing in a case from `at` on."""
    changed = replace(
        case,
        scopes=scopes,
        given_on=at.date() if scopes else None,
        until=(at + CONSENT_LASTS).date() if scopes else None,
        recorded_on=None,
    )
    return replace(chat, cases=tuple(changed if c is case else c for c in chat.cases))


def standing(case: Case | None) -> Words:
    """Say whether consent stands and until when, never why not: the same words for everybody."""
    if case is None or case.until is None:
        return Words("consent.stands_not")
    dates: Mapping[str, Value] = {"until": case.until, "recorded": case.recorded_on or ""}
    return Words("consent.stands_on_paper" if case.recorded_on else "consent.stands", dates)
