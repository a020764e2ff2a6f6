"""Table mutants: a flow with one thing wrong must be noticed by its builder or a conversation.

Mutation tools change code; a flow is a table, so here its moves are dropped or led elsewhere,
their guards taken off or turned round, their acts, memory and words left out, one at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest
from types import MappingProxyType

import pytest

from bot.engine.chat import Chat
from bot.engine.dialogue import Dialogue
from bot.engine.events import Event
from bot.engine.flow import Flow, Guard, Move
from bot.engine.machine import BrokenFlow, FlowMachine
from bot.flows.house import WAYS, flows
from tests.conversation import Conversation, Outcome, read_all
from tests.player import played
from tests.starts import MODULES, OFFER
from tests.watching import Named, Witness, named

FLOWS: Mapping[str, Flow] = {flow.name: flow for flow in (*flows(OFFER), *MODULES)}
MACHINES = {name: FlowMachine(flow) for name, flow in FLOWS.items()}
PYTHON = tuple(flow.name for flow in flows(OFFER))
KINDS = ("dropped", "led elsewhere", "unguarded", "turned round", "idle", "forgetful", "mute")


class Changed(Dialogue):
    """The dialogue with some of its flows replaced; only their machines are built anew."""

    def __init__(self, *changed: Flow) -> None:
        new = {flow.name: flow for flow in changed}
        self.flows = MappingProxyType({**FLOWS, **new})
        self._machines = {**MACHINES, **{name: FlowMachine(flow) for name, flow in new.items()}}
        self.ways = WAYS


@dataclass(frozen=True, slots=True)
class Recording:
    """A conversation as it goes without any mutant, the flows it is in and the moves it takes."""

    conversation: Conversation
    outcomes: tuple[Outcome, ...]
    flows: frozenset[str]
    taken: frozenset[Named]


@cache
def recordings() -> tuple[Recording, ...]:
    """Return every conversation, the shortest first, for those end soonest."""
    witness, found = Witness(), []
    watched = Changed(*(witness.watch(FLOWS[name]) for name in PYTHON))
    for conversation in read_all():
        witness.forget()
        outcomes = tuple(played(watched, conversation))
        heard = witness.taken | {name for name, _ in witness.moves | witness.buttons}
        flows_heard = frozenset(flow for flow, *_ in heard)
        found.append(Recording(conversation, outcomes, flows_heard, frozenset(witness.taken)))
    return tuple(sorted(found, key=lambda recording: len(recording.outcomes)))


def mutants(flow: Flow, kind: str) -> Iterator[tuple[Move, Flow]]:
    """Yield the flow with one move mutated in each way of `kind`."""
    for number, move in enumerate(flow.moves):
        before, after = flow.moves[:number], flow.moves[number + 1 :]
        for changed in _changed(flow, move, kind):
            yield move, replace(flow, moves=(*before, *changed, *after))


def _changed(flow: Flow, move: Move, kind: str) -> Iterator[tuple[Move, ...]]:
    if kind == "dropped":
        yield ()
    elif kind == "led elsewhere":
        here = {move.target, *(m.target for m in flow.moves if _alike(m, move))}
        # A flow of one step has no elsewhere.
        for elsewhere in [step for step in flow.steps if step not in here][:1]:
            yield (replace(move, dest=elsewhere, leads=None),)
    elif kind == "unguarded" and move.when:
        yield (replace(move, when=None),)
    elif kind == "turned round" and move.when:
        yield (replace(move, when=_turned_round(move.when)),)
    elif kind == "idle" and move.does:
        yield (replace(move, does=None),)
    elif kind == "forgetful" and move.keeps:
        yield (replace(move, keeps=None),)
    elif kind == "mute" and move.says:
        yield (replace(move, says=()),)


def _alike(one: Move, other: Move) -> bool:
    return (one.source, one.name) == (other.source, other.name)


def _turned_round(guard: Guard) -> Guard:
    def opposite(chat: Chat, event: Event) -> bool:
        return not guard(chat, event)

    return opposite


def is_noticed(mutant: Flow, move: Named | None = None) -> bool:
    """Whether the builder refuses the flow, or a conversation goes another way.

    Conversations that take the mutated move come first: they notice soonest.
    """
    try:
        dialogue = Changed(mutant)
    except BrokenFlow:
        return True
    hearing = [recording for recording in recordings() if mutant.name in recording.flows]
    hearing.sort(key=lambda recording: move not in recording.taken)
    return any(goes_another_way(dialogue, recording) for recording in hearing)


def goes_another_way(dialogue: Dialogue, recording: Recording) -> bool:
    """Whether any turn has another outcome, or cannot be played at all."""
    turns = zip_longest(played(dialogue, recording.conversation), recording.outcomes)
    return any(outcome != recorded for outcome, recorded in turns)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", PYTHON)
def test_every_mutant_is_noticed(name: str, kind: str) -> None:
    """A mutant that lives is a rule that no conversation holds."""
    alive = [
        f"{name}: {move.name} from {move.source} to {move.target}"
        for move, mutant in mutants(FLOWS[name], kind)
        if not is_noticed(mutant, named(FLOWS[name], move))
    ]
    assert not alive, f"nobody notices when these are {kind}:\n" + "\n".join(alive)


def test_a_flow_without_mutation_is_not_noticed() -> None:
    """Otherwise the test above would say nothing."""
    assert not any(is_noticed(FLOWS[name]) for name in PYTHON)
