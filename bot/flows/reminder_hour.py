"""The daily reminder's hour: asked, pressed or typed, never inside the quiet hours."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time

from bot.engine.chat import Chat, Rhythm
from bot.engine.effects import Button, Effect, PlanReminder, Value, Words
from bot.engine.events import ButtonPressed, Event, TextReceived
from bot.engine.flow import Step, Values
from bot.flows.hours import in_quiet_hours, parse_hour

HOURS = (time(8, 30), time(13), time(18, 30), time(21))


def typed_hour_is_quiet(chat: Chat, event: Event) -> bool:
    """The hour given falls in the person's quiet hours."""
    hour = parse_hour(given(event))
    quiet = chat.preferences
    return hour is not None and in_quiet_hours(hour, quiet.quiet_from, quiet.quiet_to)


def typed_hour_is_good(chat: Chat, event: Event) -> bool:
    """The hour given is one, and outside the quiet hours."""
    return parse_hour(given(event)) is not None and not typed_hour_is_quiet(chat, event)


def set_hour(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Take the hour as the person's daily reminder hour."""
    hour = parse_hour(given(event)) or chat.preferences.reminder_at
    preferences = replace(chat.preferences, reminder_at=hour, pushes=True)
    if preferences.rhythm is Rhythm.SILENT:
        # Whoever names an hour wants to hear at that hour.
        preferences = replace(preferences, rhythm=Rhythm.DAILY)
    return replace(chat, preferences=preferences), (PlanReminder(event.at),)


def hour_values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    """The hours a message about the reminder names."""
    quiet = chat.preferences
    return {"from": quiet.quiet_from, "to": quiet.quiet_to, "hour": quiet.reminder_at}


def hour_question(chat: Chat, _event: Event) -> tuple[Words, ...]:
    """Ask for the hour; the quiet hours are named only if there are any."""
    quiet = chat.preferences.quiet_from != chat.preferences.quiet_to
    return (Words("goal.hour" if quiet else "goal.hour_any"),)


def hour_choices(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    """Four usual hours; any other can be typed."""
    return tuple(
        Button(Words("button.hour", {"hour": hour}), "hour", f"{hour:%H:%M}") for hour in HOURS
    )


def given(event: Event) -> str:
    """What was pressed or typed."""
    if isinstance(event, ButtonPressed):
        return event.value
    return event.text if isinstance(event, TextReceived) else ""


def hour_step(values: Values) -> Step:
    """Return the step that asks for the hour; every flow that needs one has the same."""
    return Step(
        "hour",
        hour_question,
        choices=hour_choices,
        values=values,
        reads="hour",
        retry=Words("goal.hour_form"),
    )
