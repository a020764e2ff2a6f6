"""Move coverage: together the conversations take the whole of every flow written in Python."""

from collections import deque
from collections.abc import Mapping

import pytest

from bot.engine.dialogue import Dialogue
from bot.engine.flow import Flow
from bot.flows.house import WAYS, flows
from tests.conversation import read_all
from tests.player import played
from tests.starts import MODULES, OFFER
from tests.watching import Witness, button_named, named, told

FLOWS: Mapping[str, Flow] = {flow.name: flow for flow in flows(OFFER)}
pytestmark = pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)


@pytest.fixture(scope="module")
def witness() -> Witness:
    """Somebody who has seen every conversation."""
    witness = Witness()
    watched = Dialogue([*(witness.watch(flow) for flow in FLOWS.values()), *MODULES], WAYS)
    for conversation in read_all():
        deque(played(watched, conversation), maxlen=0)
    return witness


def test_every_move_is_taken_to_every_destination(flow: Flow, witness: Witness) -> None:
    """A move that no conversation takes is one that nobody has looked at."""
    missing = {named(flow, move) for move in flow.moves} - witness.taken
    assert not missing, f"no conversation takes\n{told(missing)}"


def test_every_guard_of_a_move_is_heard_both_ways(flow: Flow, witness: Witness) -> None:
    """Once it agreed, and once it refused."""
    guarded = {(named(flow, m), said) for m in flow.moves if m.when for said in (True, False)}
    missing = guarded - witness.moves
    assert not missing, f"no conversation hears\n{told((*move, said) for move, said in missing)}"


def test_every_guarded_button_is_shown_and_hidden(flow: Flow, witness: Witness) -> None:
    """Once it was there, and once it was not."""
    guarded = {
        (button_named(flow, step, option), said)
        for step in flow.steps.values()
        for option in step.options
        if option.when
        for said in (True, False)
    }
    missing = guarded - witness.buttons
    assert not missing, f"no conversation sees\n{told((*name, said) for name, said in missing)}"
