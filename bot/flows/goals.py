"""The goals one has: look, mark today's, change the hour, let one go."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from bot.engine.chat import Chat, Goal
from bot.engine.effects import Button, DropReminders, Effect, Entry, SaveGoal, Text, Value, Words
from bot.engine.events import ButtonPressed, Event
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option
from bot.flows.micro_goal import goal_text, is_full
from bot.flows.phrasebook import goal_to_say_label
from bot.flows.reminder_hour import (
    hour_step,
    hour_values,
    set_hour,
    typed_hour_is_good,
    typed_hour_is_quiet,
)

LABEL = 22  # characters of own words that fit on a button


def local_day(chat: Chat, event: Event) -> date:
    """Return the person's own date at the moment of the event."""
    return event.at.astimezone(ZoneInfo(chat.preferences.zone)).date()


def active(chat: Chat) -> tuple[Goal, ...]:
    """The goals that are running."""
    return tuple(goal for goal in chat.goals if goal.active)


def goal_label(goal: Goal) -> Text:
    """What a goal's button says."""
    if goal.slug:
        return goal_to_say_label(goal.slug) or Entry("goals", goal.slug, "button")
    words = goal.words or ""
    return Words(
        "goals.own_label", {"words": words if len(words) <= LABEL else words[: LABEL - 1] + "…"}
    )


def answer_value(goal: Goal, day: date) -> str:
    """The value of an answer button: which goal, which local date."""
    return f"{goal.id}.{day:%y%m%d}"


def answer_buttons(goal: Goal, day: date) -> tuple[Button, ...]:
    """Done, partly, not today: they never grow old, for an answer may come late."""
    value = answer_value(goal, day)
    names = ("done", "partly", "not_today")
    return tuple(
        Button(Words(f"button.{name}"), f"goal_{name}", value, lasting=True) for name in names
    )


def _chosen(chat: Chat) -> Goal | None:
    return next((g for g in chat.goals if g.id == chat.memory.get("goal")), None)


def _choices(chat: Chat, _event: Event) -> tuple[Button, ...]:
    return tuple(Button(goal_label(goal), "open", goal.id) for goal in active(chat))


def _card_choices(chat: Chat, event: Event) -> tuple[Button, ...]:
    goal = _chosen(chat)
    return answer_buttons(goal, local_day(chat, event))[:2] if goal else ()


def _today_choices(chat: Chat, event: Event) -> tuple[Button, ...]:
    running = active(chat)
    if chat.goals_off:
        return ()
    if len(running) == 1:
        return answer_buttons(running[0], local_day(chat, event))
    return _choices(chat, event)


def _values(chat: Chat, event: Event) -> Mapping[str, Value]:
    goal = _chosen(chat)
    listed = tuple(goal_text(g) for g in active(chat))
    shown: Value = goal_text(goal) if goal else ""
    return {
        "goal": shown,
        "goals": listed,
        "done": goal.done if goal else 0,
        **hour_values(chat, event),
    }


def _heading(chat: Chat, _event: Event) -> tuple[Words, ...]:
    return (Words("goals.list" if active(chat) else "goals.none"),)


def _today(chat: Chat, _event: Event) -> tuple[Words, ...]:
    if chat.goals_off:
        return (Words("goals.today_resting"),)
    return (Words("goals.today" if active(chat) else "goals.today_none"),)


def _known(chat: Chat, event: Event) -> bool:
    return isinstance(event, ButtonPressed) and event.value in {g.id for g in active(chat)}


def _let_go(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    goal = _chosen(chat)
    if goal is None:
        return chat, ()
    ended = replace(goal, active=False)
    chat = replace(chat, goals=tuple(ended if g.id == goal.id else g for g in chat.goals))
    dropped = () if active(chat) else (DropReminders(),)
    return chat, (SaveGoal(ended), *dropped)


def _has_room(chat: Chat, event: Event) -> bool:
    return not is_full(chat, event)


FLOW: Flow = flow(
    "goals",
    (
        Step(
            "list",
            _heading,
            (option("button.new_goal", "new", _has_room),),
            choices=_choices,
            values=_values,
            edits=True,
        ),
        Step(
            "card",
            (Words("goals.card"),),
            (option("button.change_hour", "hour"), option("button.let_go", "let_go")),
            choices=_card_choices,
            values=_values,
            edits=True,
        ),
        hour_step(_values),
        Step(
            "today",
            _today,
            (option("button.see_goals", "list"),),
            choices=_today_choices,
            values=_values,
        ),
    ),
    (
        Move("new", "list", Exit("micro_goal"), when=_has_room),
        Move("open", "list", "card", when=_known, keeps="goal"),
        Move("hour", "card", "hour"),
        Move("let_go", "card", "list", does=_let_go, says=(Words("goals.let_go"),)),
        Move("hour", "hour", "hour", when=typed_hour_is_quiet, says=(Words("goal.hour_quiet"),)),
        Move(
            "hour",
            "hour",
            Exit(HOME),
            when=typed_hour_is_good,
            does=set_hour,
            says=(Words("goals.hour_set"),),
        ),
        Move("list", "today", "list"),
        Move("open", "today", "card", when=_known, keeps="goal"),
    ),
)
