"""A micro-goal's day: done, partly, not today, later. Silence is never a miss."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.engine.chance import pick
from bot.engine.chat import Chat, Goal, Place
from bot.engine.effects import (
    DropReminders,
    Effect,
    PlanReminder,
    RecordAnswer,
    SaveGoal,
    SnoozeReminder,
    Value,
    Words,
)
from bot.engine.events import ButtonPressed, Event
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option
from bot.flows.goals import active
from bot.flows.guards import can_contact
from bot.flows.hours import in_quiet_hours
from bot.flows.micro_goal import OWN_ONLY, goal_text

KIND_REPLIES = 4
SNOOZE = timedelta(hours=1)
GROWS_AFTER = 3
_MISSES = {1: "smaller", 2: "lighter"}


def reply_to(chat: Chat, _event: Event) -> Place:
    """Where an answer was recorded, there is its reply."""
    return chat.place


def record(answer: str) -> "_Record":
    """Return the act that records an answer; the same answer twice changes nothing."""
    return _Record(answer)


class _Record:
    """Record one kind of answer on the day its button stands for."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def __call__(self, chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
        goal, day = _asked(chat, event)
        if goal is None or day is None or not goal.active:
            return replace(chat, place=Place("checkin", "gone")), ()
        if self._answer == "snooze":
            return self._snoozed(chat, event, goal, day)
        first = goal.answered_on is None or goal.answered_on < day
        missed, done = self._answer == "not_today", self._answer == "done"
        misses = goal.misses + first if missed else 0
        resting = misses > len(_MISSES)
        changed = replace(
            goal,
            answered_on=max(day, goal.answered_on or day),
            misses=0 if resting else misses,
            done_on=day if done else goal.done_on,
            done=goal.done + (done and goal.done_on != day),
        )
        step = "pause" if resting else _reply(changed, self._answer)
        chat = replace(
            chat,
            place=Place("checkin", step, {"goal": goal.id}),
            goals=tuple(changed if g.id == goal.id else g for g in chat.goals),
            goals_off=chat.goals_off or resting,
        )
        dropped = (DropReminders(),) if resting else ()
        return chat, (RecordAnswer(goal.id, day, self._answer), SaveGoal(changed), *dropped)

    def _snoozed(
        self, chat: Chat, event: Event, goal: Goal, day: date
    ) -> tuple[Chat, tuple[Effect, ...]]:
        may = _can_snooze(chat, event)
        place = Place("checkin", "snooze" if may else "snooze_late", {"goal": goal.id})
        again = (SnoozeReminder(goal.id, day, SNOOZE),) if may else ()
        return replace(chat, place=place), again


def _reply(goal: Goal, answer: str) -> str:
    """The step that replies; a goal that is small already, or in own words, gets no smaller one."""
    if answer != "not_today":
        return answer
    step = _MISSES.get(goal.misses, "not_today")
    return "not_today" if step == "smaller" and (goal.smaller or not goal.slug) else step


def _can_snooze(chat: Chat, event: Event) -> bool:
    """Whether an hour from now is still this day, for this day's reminder, and not quiet."""
    _, day = _asked(chat, event)
    quiet = chat.preferences
    then = (event.at + SNOOZE).astimezone(ZoneInfo(quiet.zone))
    return then.date() == day and not in_quiet_hours(then.time(), quiet.quiet_from, quiet.quiet_to)


def _asked(chat: Chat, event: Event) -> tuple[Goal | None, date | None]:
    if not isinstance(event, ButtonPressed):
        return None, None
    id_, _, day = event.value.partition(".")
    goal = next((g for g in chat.goals if g.id == id_), None)
    try:
        return goal, datetime.strptime(day, "%y%m%d").date()  # noqa: DTZ007 - a local date
    except ValueError:
        return None, None


def _goal(chat: Chat) -> Goal | None:
    return next((g for g in chat.goals if g.id == chat.memory.get("goal")), None)


def _values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    goal = _goal(chat)
    if goal is None:
        return {"goal": "", "smaller": "", "done": 0}
    return {
        "goal": goal_text(goal),
        "smaller": goal_text(replace(goal, smaller=True)),
        "done": goal.done,
    }


def _kind(answer: str) -> "_Kind":
    return _Kind(answer)


class _Kind:
    """Choose one of the kind replies, so that the same words do not come every evening."""

    def __init__(self, answer: str) -> None:
        self._answer = answer

    def __call__(self, _chat: Chat, event: Event) -> tuple[Words, ...]:
        number = pick(event, self._answer, KIND_REPLIES) + 1
        return (Words(f"checkin.{self._answer}_{number}"),)


def _make_smaller(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    goal = _goal(chat)
    if goal is None:
        return chat, ()
    changed = replace(goal, smaller=True)
    chat = replace(chat, goals=tuple(changed if g.id == goal.id else g for g in chat.goals))
    return chat, (SaveGoal(changed),)


def _let_go(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """End this goal; whoever then looks for another wants goals to go on."""
    goal = _goal(chat)
    if goal is None:
        return chat, ()
    ended = replace(goal, active=False)
    goals = tuple(ended if g.id == goal.id else g for g in chat.goals)
    chat = replace(chat, goals=goals, goals_off=False)
    planned = PlanReminder(event.at) if active(chat) else DropReminders()
    return chat, (SaveGoal(ended), planned)


def _lighter(chat: Chat, _event: Event) -> Place:
    """Look for another goal, one effort level down."""
    goal = _goal(chat)
    effort = max(1, goal.effort - 1) if goal else 1
    return Place("micro_goal", "area", {"most_effort": str(effort)})


FLOW: Flow = flow(
    "checkin",
    (
        Step("done", _kind("done"), (option("button.to_menu", "home"),), values=_values),
        Step("partly", _kind("partly"), (option("button.to_menu", "home"),), values=_values),
        Step(
            "not_today",
            _kind("not_today"),
            (option("button.to_menu", "home"),),
            values=_values,
        ),
        Step(
            "smaller",
            (Words("checkin.smaller"),),
            (option("button.smaller", "smaller"), option("button.keep_it", "home")),
            values=_values,
        ),
        Step(
            "lighter",
            (Words("checkin.lighter"),),
            (option("button.find_lighter", "lighter"), option("button.keep_it", "home")),
            values=_values,
        ),
        Step(
            "pause",
            (Words("checkin.pause"), Words("checkin.pause_ask")),
            (
                option("button.contact", "contact", can_contact),
                option("button.one_for_me", "own"),
                option("button.leave_it", "home"),
            ),
            values=_values,
        ),
        Step("snooze", (Words("checkin.snooze"),), (option("button.to_menu", "home"),)),
        Step("snooze_late", (Words("checkin.snooze_late"),), (option("button.to_menu", "home"),)),
        Step("gone", (Words("checkin.gone"),), (option("button.to_menu", "home"),)),
    ),
    (
        *(
            Move("home", step, Exit(HOME))
            for step in (
                "done",
                "partly",
                "not_today",
                "smaller",
                "lighter",
                "pause",
                "snooze",
                "snooze_late",
                "gone",
            )
        ),
        Move(
            "smaller",
            "smaller",
            Exit(HOME),
            does=_make_smaller,
            says=(Words("checkin.made_smaller"),),
        ),
        Move("lighter", "lighter", Exit("micro_goal", "area"), does=_let_go, leads=_lighter),
        Move("contact", "pause", Exit("contact_therapist"), when=can_contact),
        Move("own", "pause", Exit("micro_goal", "area", sets={OWN_ONLY: "yes"}), does=_let_go),
    ),
)
