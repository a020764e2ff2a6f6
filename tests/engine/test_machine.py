from dataclasses import replace
from types import MappingProxyType

import pytest

from bot.engine.chat import Chat
from bot.engine.dialogue import Dialogue
from bot.engine.effects import Words
from bot.engine.events import ButtonPressed, Event, TextReceived
from bot.engine.flow import Exit, Flow, Move, Step, flow, option
from bot.engine.machine import BrokenFlow, FlowMachine
from tests.engine.toys import CHAT, FLOWS, NOW, TALK, WAYS, never

PRESS = ButtonPressed(at=NOW, move="any", revision=3)


def _with(*moves: Move) -> Flow:
    return replace(TALK, moves=(*TALK.moves, *moves))


def _step(step: Step) -> Flow:
    return replace(TALK, steps=MappingProxyType({**TALK.steps, step.name: step}))


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (replace(TALK, name="Small talk"), "the name 'Small talk' may only have a-z, 0-9 and _"),
        (_with(Move("go-on", "end", "pick")), "the name 'go-on' may only have a-z, 0-9 and _"),
        (replace(TALK, start="nowhere"), "it starts at 'nowhere', which is not a step"),
        (_with(Move("on", "nowhere", "end")), "move 'on' leaves 'nowhere', which is not a step"),
        (_with(Move("on", "end", "nowhere")), "move 'on' leads to 'nowhere', which is not a step"),
        (_with(TALK.moves[1]), "move 'skip' from 'name' to 'pick' stands twice"),
        (
            _step(Step("end", (Words("x"),), (option("x", "dance"),))),
            "step 'end' offers 'dance', but no move of that name leaves it",
        ),
        (
            _step(Step("end", (Words("x"),), reads="typed")),
            "step 'end' offers 'typed', but no move of that name leaves it",
        ),
        (
            replace(TALK, moved={"old": "older"}),
            "the old step 'old' moved to 'older', which is not",
        ),
    ],
)
def test_a_broken_flow_is_told_by_its_name_and_place(broken: Flow, told: str) -> None:
    """The message names the flow, the place, and what would mend it."""
    with pytest.raises(BrokenFlow) as caught:
        FlowMachine(broken)
    assert str(caught.value).startswith(f"flow {broken.name}: ")
    assert told in str(caught.value)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    """Nobody mends a flow one error at a time."""
    twice = _with(Move("on", "nowhere", "end"), Move("on", "end", "elsewhere"))
    with pytest.raises(BrokenFlow, match=r"'nowhere', which is not a step; .*'elsewhere'"):
        FlowMachine(twice)


@pytest.mark.parametrize("exit_", [Exit("nowhere"), Exit("talk", "nowhere")])
def test_an_exit_must_lead_somewhere(exit_: Exit) -> None:
    """Into a flow that exists, and a step of it."""
    strays = flow("strays", (Step("start", (Words("x"),)),), (Move("go", "start", exit_),))
    where = f"{exit_.flow}.{exit_.step or 'start'}"
    told = f"flow strays: move 'go' from 'start' leads to {where}, which does not exist"
    with pytest.raises(BrokenFlow, match=told):
        Dialogue((*FLOWS, strays), WAYS)


def test_a_machine_knows_the_moves_that_leave_a_step() -> None:
    """Whatever the guards say; and none of a step that is not there."""
    machine = FlowMachine(TALK)
    assert machine.knows("name", "skip")
    assert machine.knows("name", "hidden")
    assert not machine.knows("pick", "skip")
    assert not machine.knows("nowhere", "skip")


def test_the_first_move_whose_guard_agrees_is_taken() -> None:
    """Moves of one name are tried in the order they stand in."""

    def short(_chat: Chat, event: Event) -> bool:
        return isinstance(event, TextReceived) and len(event.text) < 3

    moves = (
        Move("go", "start", "never", when=never),
        Move("go", "start", "short", when=short),
        Move("go", "start", "otherwise"),
    )
    steps = tuple(Step(n, (Words(n),)) for n in ("start", "never", "short", "otherwise"))
    machine = FlowMachine(flow("choice", steps, moves))
    taken = [
        machine.take("start", "go", CHAT, TextReceived(at=NOW, text=text)) for text in ("a", "long")
    ]
    assert taken == [moves[1], moves[2]]


def test_no_move_is_taken_when_every_guard_refuses() -> None:
    """The step is then asked again."""
    assert FlowMachine(TALK).take("name", "hidden", CHAT, PRESS) is None


def test_a_machine_remembers_nobody() -> None:
    """It is shared by every chat: taking a move leaves no trace in it."""
    machine = FlowMachine(TALK)
    first = machine.take("name", "skip", CHAT, PRESS)
    assert machine.take("name", "skip", replace(CHAT, person="another"), PRESS) is first


def test_an_exit_is_named_by_where_it_leads() -> None:
    """As a state of the machine and a node of the diagram: a-z, 0-9 and _ only."""
    assert Exit("talk").name == "to__talk"
    assert Exit("talk", "end").name == "to__talk__end"
    sets = MappingProxyType({"goal": "short_walk"})
    assert Exit("micro_goal", "chosen", sets=sets).name == "to__micro_goal__chosen__short_walk"
