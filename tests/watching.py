"""Flows that tell which of their moves were taken, and what their guards said."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from bot.engine.chat import Chat
from bot.engine.effects import Effect
from bot.engine.events import Event
from bot.engine.flow import Act, Flow, Guard, Move, Option, Step

Named = tuple[str, str, str, str]
"""A move: its flow, the step it leaves, its name, the step or exit it leads to."""


@dataclass(slots=True)
class Witness:
    """What was seen of watched flows: moves taken, moves and buttons allowed and refused."""

    taken: set[Named] = field(default_factory=set)
    moves: set[tuple[Named, bool]] = field(default_factory=set)
    buttons: set[tuple[Named, bool]] = field(default_factory=set)

    def forget(self) -> None:
        """Forget what was seen so far."""
        for seen in (self.taken, self.moves, self.buttons):
            seen.clear()

    def watch(self, flow: Flow) -> Flow:
        """Return the same flow, telling this witness."""
        steps = {name: self._step(flow, step) for name, step in flow.steps.items()}
        moves = tuple(self._move(flow, move) for move in flow.moves)
        return replace(flow, steps=MappingProxyType(steps), moves=moves)

    def _move(self, flow: Flow, move: Move) -> Move:
        name = named(flow, move)
        when = move.when and _overheard(move.when, lambda said: self.moves.add((name, said)))
        return replace(move, when=when, does=_noted(move.does, lambda: self.taken.add(name)))

    def _step(self, flow: Flow, step: Step) -> Step:
        return replace(step, options=tuple(self._option(flow, step, o) for o in step.options))

    def _option(self, flow: Flow, step: Step, option: Option) -> Option:
        if option.when is None:
            return option
        name = button_named(flow, step, option)
        when = _overheard(option.when, lambda said: self.buttons.add((name, said)))
        return replace(option, when=when)


def named(flow: Flow, move: Move) -> Named:
    """Return what a move is called in reports."""
    return flow.name, move.source, move.name, move.target


def button_named(flow: Flow, step: Step, option: Option) -> Named:
    """Return what an authored button is called in reports; two may share a move."""
    guard = option.when.__name__ if option.when else ""
    return flow.name, step.name, option.move, guard


def told(names: Iterable[tuple[object, ...]]) -> str:
    """Return names, one a line, for a message somebody has to act on."""
    return "\n".join(sorted(" ".join(str(part) for part in name) for name in names))


def _overheard(guard: Guard, tell: Callable[[bool], None]) -> Guard:
    def listening(chat: Chat, event: Event) -> bool:
        answer = guard(chat, event)
        tell(answer)
        return answer

    return listening


def _noted(act: Act | None, tell: Callable[[], None]) -> Act:
    def noting(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
        tell()
        return act(chat, event) if act else (chat, ())

    return noting
