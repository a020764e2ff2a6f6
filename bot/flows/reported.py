"""Something was done, and told in own words: today's goal gets its answer, and it can be undone.

Without a goal it is met with a good word and an offer, nothing more. What was told is not kept.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from bot.engine.chat import Chat, Goal, Place
from bot.engine.effects import Button, Effect, SaveGoal, TakeBackAnswer, Value, Words
from bot.engine.events import ButtonPressed, Event
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option
from bot.flows.checkin import record
from bot.flows.goals import active, answer_buttons, answer_value, goal_label, local_day
from bot.flows.menu import goals_run
from bot.flows.micro_goal import MOST_ACTIVE, goal_text

Done = tuple[Chat, tuple[Effect, ...]]


def reported(chat: Chat, event: Event) -> Done:
    """Answer for the only goal there is; with several, stand where it is asked which."""
    running = active(chat) if goals_run(chat, event) else ()
    if len(running) == 1:
        return _answered(chat, event, running[0], local_day(chat, event))
    return replace(chat, place=Place("reported", "which" if running else "well_done")), ()


def _answered(chat: Chat, event: Event, goal: Goal, day: date, answer: str = "done") -> Done:
    """Record the answer for a day; one that stands already is not overwritten unasked."""
    if goal.answered_on == day:
        return replace(chat, place=Place("reported", "before", {"goal": goal.id})), ()
    value = answer_value(goal, day)
    pressed = ButtonPressed(at=event.at, seed=event.seed, move=answer, value=value)
    chat, effects = record(answer)(chat, pressed)
    memory = {"goal": goal.id, "answer": answer, "day": day.isoformat(), **_state(goal)}
    return replace(chat, place=Place("reported", "noted", MappingProxyType(memory))), effects


def _state(goal: Goal) -> dict[str, str]:
    """What an answer changes of a goal, as it is before."""
    days = {"answered_on": goal.answered_on, "done_on": goal.done_on}
    told = {name: day.isoformat() for name, day in days.items() if day}
    return {**told, "misses": str(goal.misses), "done": str(goal.done)}


def _goal(chat: Chat) -> Goal | None:
    return next((g for g in active(chat) if g.id == chat.memory.get("goal")), None)


def _as_before(chat: Chat, goal: Goal) -> Goal:
    kept = chat.memory
    return replace(
        goal,
        answered_on=_day(kept.get("answered_on")),
        done_on=_day(kept.get("done_on")),
        misses=int(kept["misses"]),
        done=int(kept["done"]),
    )


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _restored(chat: Chat) -> tuple[Chat, Goal] | None:
    goal = _goal(chat)
    if goal is None:
        return None
    before = _as_before(chat, goal)
    goals = tuple(before if g.id == goal.id else g for g in chat.goals)
    return replace(chat, goals=goals), before


def _take_back(chat: Chat, _event: Event) -> Done:
    """Let the goal be as it was before the answer."""
    restored = _restored(chat)
    if restored is None:
        return chat, ()
    day = date.fromisoformat(chat.memory["day"])
    return restored[0], (TakeBackAnswer(restored[1].id, day), SaveGoal(restored[1]))


def _in_part(chat: Chat, event: Event) -> Done:
    """It was partly done: the other answer stands in the place of the first."""
    restored = _restored(chat)
    if restored is None:
        return chat, ()
    day = date.fromisoformat(chat.memory["day"])
    return _answered(restored[0], event, restored[1], day, "partly")


def _chosen(chat: Chat, event: Event) -> Done:
    chosen = next((g for g in active(chat) if g.id == _given(event)), None)
    return _answered(chat, event, chosen, local_day(chat, event)) if chosen else (chat, ())


def _given(event: Event) -> str:
    return event.value if isinstance(event, ButtonPressed) else ""


def _known(chat: Chat, event: Event) -> bool:
    return _given(event) in {goal.id for goal in active(chat)}


def _there(chat: Chat, _event: Event) -> bool:
    return _goal(chat) is not None


def _whole(chat: Chat, _event: Event) -> bool:
    return chat.memory.get("answer") == "done"


def _there_and_whole(chat: Chat, event: Event) -> bool:
    return _there(chat, event) and _whole(chat, event)


def _may_begin(chat: Chat, event: Event) -> bool:
    """There is room for a goal, and goals are not turned off."""
    return goals_run(chat, event) and len(active(chat)) < MOST_ACTIVE


def _noted(chat: Chat, _event: Event) -> tuple[Words, ...]:
    return (Words("reported.noted" if _whole(chat, _event) else "reported.noted_partly"),)


def _well_done(chat: Chat, event: Event) -> tuple[Words, ...]:
    return (Words("reported.offer" if _may_begin(chat, event) else "reported.well_done"),)


def _place_set(chat: Chat, _event: Event) -> Place:
    return chat.place


def _goals(chat: Chat, _event: Event) -> tuple[Button, ...]:
    return tuple(Button(goal_label(goal), "goal", goal.id) for goal in active(chat))


def _answers(chat: Chat, event: Event) -> tuple[Button, ...]:
    goal = _goal(chat)
    return answer_buttons(goal, local_day(chat, event)) if goal else ()


def _values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    goal = _goal(chat)
    return {"goal": goal_text(goal) if goal else ""}


_MENU = option("button.to_menu", "home")
_GONE = Exit("checkin", "gone")
_UNDONE = (Words("reported.undone"),)

FLOW: Flow = flow(
    "reported",
    (
        Step(
            "noted",
            _noted,
            (
                option("button.in_part", "partly", _there_and_whole),
                option("button.undo_answer", "undo"),
                _MENU,
            ),
            values=_values,
        ),
        Step("which", (Words("reported.which"),), (option("button.other_thing", "other"),), _goals),
        Step("before", (Words("reported.before"),), (_MENU,), _answers, _values),
        Step(
            "well_done",
            _well_done,
            (option("button.new_goal", "new", _may_begin), _MENU),
        ),
    ),
    (
        Move("partly", "noted", "noted", when=_there_and_whole, does=_in_part),
        Move("partly", "noted", _GONE),
        Move("undo", "noted", Exit(HOME), when=_there, does=_take_back, says=_UNDONE),
        Move("undo", "noted", _GONE),
        Move("goal", "which", "noted", when=_known, does=_chosen, leads=_place_set),
        Move("other", "which", "well_done"),
        Move("new", "well_done", Exit("micro_goal"), when=_may_begin),
        *(Move("home", step, Exit(HOME)) for step in ("noted", "before", "well_done")),
    ),
)
