"""Every flow looked at as a graph, whatever the guards say."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from bot.engine.chat import Chat, Place
from bot.engine.events import CommandGiven, Outage, TextReceived
from bot.engine.flow import SCALE, Exit, Flow, Move, Step
from bot.engine.ways import Shortcut
from bot.flows.house import ALIASES, COMMANDS, SHORTCUTS, WAYS, flows
from bot.flows.understood import ABOUT
from bot.flows.wishes import WISHES
from bot.safety.alarm import Alarm, Level
from bot.safety.reading import Reading, Tier
from tests.starts import EVENING, INVITATIONS, MODULES, OFFER, STARTS

FLOWS: Mapping[str, Flow] = {flow.name: flow for flow in (*flows(OFFER), *MODULES)}
NOW = Outage(at=EVENING)
LONGEST_MOVE = 24
# After these words there is nobody left to lead anywhere.
THE_END = {("privacy", "erased")}
# A worklist is left by the menu below it.
WORKLIST = {("therapist", "requests"), ("therapist", "request")}
# What their guards refuse is led on by its reading, as anywhere.
LED_ON = {("coach", "unclear"), ("coach", "maybe")}
# One of its two guards is the other turned round.
EITHER_OR = {("onboarding", "keys"), ("plan", "card"), ("signs", "list")}


def _everybody() -> Iterator[Chat]:
    """Every starting chat, interrupted or not, calm and in each kind of alarm."""
    for chat in STARTS.values():
        for level in Level:
            alarmed = replace(chat, alarm=Alarm(level, since=EVENING, heard_at=EVENING))
            yield from (alarmed, replace(alarmed, paused=Place("low_friction", "minute")))


def _doors() -> Iterator[Place]:
    """Yield every place that is reached other than by a move inside its flow."""
    yield from (WAYS.red, WAYS.check, WAYS.rests)
    for flow in FLOWS.values():
        yield Place(flow.name, flow.start)
        for move in flow.moves:
            if isinstance(move.dest, Exit) and move.dest.flow in FLOWS:
                there = FLOWS[move.dest.flow]
                yield Place(there.name, move.dest.step or there.start)
    for chat in _everybody():
        yield from (WAYS.home(chat, NOW), WAYS.red_again(chat, NOW))
        yield from (lead(chat, NOW) for s in SHORTCUTS.values() if (lead := s.to))
        yield from (opening.place for opening in (WAYS.first(chat, NOW),) if opening)
        for answer in ("done", "partly", "not_today", "snooze"):
            yield Place("checkin", answer)
        for invitation in INVITATIONS.values():
            opened = CommandGiven(at=EVENING, name="start", invitation=invitation)
            yield WAYS.arrive_at(chat, opened)
        noticed = TextReceived(at=EVENING, text="", reading=Reading(Tier.AMBER, "A1"))
        yield from (place for place in (WAYS.amber(chat, noticed),) if place)
        yield from _understood(chat)


def _understood(chat: Chat) -> Iterator[Place]:
    """Yield where a text leads from where the chat stands, whatever was read in it."""
    for label in (*ABOUT, "smalltalk_or_offtopic", None):
        for text, wish in (("", ""), ("alle 19", ""), ("alle 23", ""), *(("", w) for w in WISHES)):
            read = Reading(label=label, sure=True, wish=wish)
            event = TextReceived(at=EVENING, text=text, reading=read)
            way = WAYS.understood(chat, event)
            if isinstance(way, Shortcut) and way.to:
                there, _ = way.does(chat, event) if way.does else (chat, ())
                yield way.to(there, event)


DOORS = {(place.flow, place.step) for place in _doors()}
# Which of these an answer leads to depends on what came before, and when.
DOORS |= {("checkin", step) for step in ("smaller", "lighter", "pause", "snooze_late", "gone")}
DOORS |= {("boundary", "worry"), ("boundary", "beyond"), ("reported", "before")}
DOORS |= {("wished", "restart")}
DOORS |= {("coach", step) for step in ("about", "softly", "fine")}

every_flow = pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)


def _offered(step: Step) -> set[str]:
    """The moves a step offers by itself; those of its choices are not known here."""
    scale = {SCALE} if step.scale else set()
    return {option.move for option in step.options} | {step.reads or ""} | scale


def _after(flow: Flow, step: str) -> set[str]:
    return {m.dest for m in flow.moves if m.source == step and isinstance(m.dest, str)}


def _reached(flow: Flow, *steps: str) -> set[str]:
    found: set[str] = set()
    waiting = set(steps)
    while waiting:
        found |= waiting
        waiting = {after for step in waiting for after in _after(flow, step)} - found
    return found


def _but(exceptions: set[tuple[str, str]], flow: Flow, steps: set[str]) -> set[str]:
    return steps - {step for name, step in exceptions if name == flow.name}


@every_flow
def test_every_step_can_be_reached(flow: Flow) -> None:
    """From the flow's start, or from wherever else a door leads into it."""
    reached = _reached(flow, *(step for name, step in DOORS if name == flow.name))
    assert set(flow.steps) - reached == set()


@every_flow
def test_no_step_is_a_dead_end(flow: Flow) -> None:
    """From every step some move leads on."""
    stuck = {step for step in flow.steps if not any(m.source == step for m in flow.moves)}
    assert _but(THE_END, flow, stuck) == set()


@every_flow
def test_every_step_has_a_way_out(flow: Flow) -> None:
    """To an exit, to a step where the flow is complete, or to the home of a role."""
    homes = {p.step for p in (WAYS.home(chat, NOW) for chat in _everybody()) if p.flow == flow.name}
    out = {m.source for m in flow.moves if isinstance(m.dest, Exit)} | flow.ends | homes
    shut = {step for step in flow.steps if not _reached(flow, step) & out}
    assert _but(THE_END | WORKLIST, flow, shut) == set()


@every_flow
def test_every_step_has_a_button_that_no_guard_can_hide(flow: Flow) -> None:
    """Or something else to do: a list, a scale, a text it reads."""
    bare = {
        step.name
        for step in flow.steps.values()
        if not (step.choices or step.scale or step.reads)
        and all(option.when for option in step.options)
    }
    assert _but(EITHER_OR, flow, bare) == set()


@every_flow
def test_every_move_is_offered_somewhere(flow: Flow) -> None:
    """A move that its step offers by no button, text or list can never be taken."""
    lost = {
        (move.source, move.name)
        for move in flow.moves
        if not flow.steps[move.source].choices
        and move.name not in _offered(flow.steps[move.source])
    }
    assert lost == set()


@every_flow
def test_a_text_that_every_guard_refuses_has_a_kind_answer(flow: Flow) -> None:
    """A step that reads says what it would understand."""
    for step in flow.steps.values():
        reading = [m for m in flow.moves if (m.source, m.name) == (step.name, step.reads)]
        led = (flow.name, step.name) in LED_ON
        assert step.retry or led or not all(m.when for m in reading) or not reading, step.name


@every_flow
def test_no_move_stands_behind_one_that_is_always_taken(flow: Flow) -> None:
    """Moves of one name are tried in order: only the last may be without a guard."""
    first: dict[tuple[str, str], Move] = {}
    for move in flow.moves:
        before = first.setdefault((move.source, move.name), move)
        assert before is move or before.when, f"{move.name} from {move.source}"


@every_flow
def test_names_fit_into_a_button(flow: Flow) -> None:
    """Move, revision and value travel in 64 bytes, signed."""
    assert all(len(move.name) <= LONGEST_MOVE for move in flow.moves)


def test_commands_and_their_other_names_are_known() -> None:
    """The list shown by Telegram, and what people type in either language."""
    assert set(COMMANDS) <= set(SHORTCUTS)
    assert set(ALIASES.values()) <= set(SHORTCUTS)
    assert not set(ALIASES) & set(SHORTCUTS)


def test_a_button_is_never_named_like_something_that_works_anywhere() -> None:
    """A move that shares its name with an answer button would be taken for it."""
    answers = {name for name in SHORTCUTS if name.startswith("goal_")}
    assert not answers & {move.name for flow in FLOWS.values() for move in flow.moves}
