"""When the bot writes first: the hour, the rhythm, the quiet hours, pauses and holidays."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time

from bot.engine.chat import Chat, Place, Preferences
from bot.engine.effects import Button, Effect, Value, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, RESUME, Exit, Flow, Move, Step, flow, option
from bot.flows import away, rhythm
from bot.flows.hours import in_quiet_hours, parse_span
from bot.flows.menu import home
from bot.flows.reminder_hour import (
    given,
    hour_step,
    hour_values,
    set_hour,
    typed_hour_is_good,
    typed_hour_is_quiet,
)

Done = tuple[Chat, tuple[Effect, ...]]


def pause(chat: Chat, event: Event) -> Place:
    """Where `/pause` leads: nothing to pause before the first questions are answered."""
    return Place("pushes", "pause") if chat.agreed else home(chat, event)


def holiday(chat: Chat, event: Event) -> Place:
    """Where `/holiday` leads."""
    return Place("pushes", "holiday") if chat.agreed else home(chat, event)


def _values(chat: Chat, event: Event) -> Mapping[str, Value]:
    return {
        **hour_values(chat, event),
        **rhythm.values(chat, event),
        **away.values(chat, event),
        "longest": away.LONGEST,
    }


def _covers_the_hour(chat: Chat, event: Event) -> bool:
    """The quiet hours just given would swallow the daily reminder."""
    span = parse_span(given(event))
    return span is not None and in_quiet_hours(chat.preferences.reminder_at, *span)


def _usual_covers_the_hour(chat: Chat, _event: Event) -> bool:
    usual = Preferences()
    return in_quiet_hours(chat.preferences.reminder_at, usual.quiet_from, usual.quiet_to)


def _span_known(_chat: Chat, event: Event) -> bool:
    return parse_span(given(event)) is not None


def _quiet_now(chat: Chat, _event: Event) -> tuple[Words, ...]:
    quiet = chat.preferences.quiet_from != chat.preferences.quiet_to
    return (Words("settings.quiet" if quiet else "settings.quiet_none"),)


def _set_quiet(chat: Chat, event: Event) -> Done:
    start, end = parse_span(given(event)) or (time(), time())
    return replace(chat, preferences=replace(chat.preferences, quiet_from=start, quiet_to=end)), ()


def _quiet_as_usual(chat: Chat, _event: Event) -> Done:
    usual = Preferences()
    start, end = usual.quiet_from, usual.quiet_to
    return replace(chat, preferences=replace(chat.preferences, quiet_from=start, quiet_to=end)), ()


def _quiet_off(chat: Chat, _event: Event) -> Done:
    """Equal ends: no quiet hours at all."""
    start = chat.preferences.quiet_from
    return replace(chat, preferences=replace(chat.preferences, quiet_to=start)), ()


def _changed(chat: Chat, _event: Event) -> tuple[Words, ...]:
    """One line for what was chosen, and how it stands now."""
    quiet = chat.preferences.quiet_from != chat.preferences.quiet_to
    return (Words("pushes.changed" if quiet else "pushes.changed_no_quiet"),)


def _interrupted(chat: Chat, _event: Event) -> bool:
    return chat.paused is not None


def _pause(chat: Chat, event: Event) -> tuple[Words, ...]:
    return (Words("pushes.pause_on" if away.is_away(chat, event) else "pushes.pause"),)


def _lengths(chat: Chat, event: Event) -> tuple[Button, ...]:
    """How long a pause may be, or its end; holidays can be told at any time."""
    ends = (Button(Words("button.go_on_now"), "go_on"),)
    days = away.PRESETS
    begins = tuple(Button(Words("pushes.days", {"n": n}, count=n), "days", str(n)) for n in days)
    offered = ends if away.is_away(chat, event) else begins
    return (*offered, Button(Words("button.holiday"), "holiday"))


_COVERED = (Words("settings.quiet_covers"),)

FLOW: Flow = flow(
    "pushes",
    (
        Step(
            "list",
            (Words("pushes.list"),),
            (
                option("button.change_hour", "hour"),
                option("button.rhythm", "rhythm"),
                option("button.quiet", "quiet"),
                option("button.pause", "pause"),
            ),
            values=_values,
            edits=True,
        ),
        hour_step(_values),
        Step(
            "quiet",
            _quiet_now,
            (option("button.quiet_usual", "usual"), option("button.quiet_off", "off")),
            values=_values,
            reads="typed",
            retry=Words("settings.quiet_form"),
        ),
        Step(
            "rhythm",
            (Words("pushes.rhythm"),),
            choices=rhythm.choices,
            values=_values,
            edits=True,
        ),
        Step(
            "pause",
            _pause,
            choices=_lengths,
            values=_values,
            reads="until",
            retry=Words("pushes.date_form"),
        ),
        Step(
            "holiday",
            (Words("pushes.holiday"),),
            (option("button.no_holiday", "drop", away.has_holiday), option("button.back", "back")),
            values=_values,
            reads="dates",
            retry=Words("pushes.dates_form"),
        ),
        Step(
            "changed",
            _changed,
            (
                option("button.resume", "resume", _interrupted),
                option("button.pushes", "list"),
                option("button.to_menu", "home"),
            ),
            values=_values,
        ),
    ),
    (
        Move("hour", "list", "hour"),
        Move("rhythm", "list", "rhythm"),
        Move("quiet", "list", "quiet"),
        Move("pause", "list", "pause"),
        Move("hour", "hour", "hour", when=typed_hour_is_quiet, says=(Words("goal.hour_quiet"),)),
        Move("hour", "hour", "changed", when=typed_hour_is_good, does=set_hour),
        Move(
            "usual",
            "quiet",
            "hour",
            when=_usual_covers_the_hour,
            does=_quiet_as_usual,
            says=_COVERED,
        ),
        Move("usual", "quiet", "changed", does=_quiet_as_usual),
        Move("off", "quiet", "changed", does=_quiet_off),
        Move("typed", "quiet", "hour", when=_covers_the_hour, does=_set_quiet, says=_COVERED),
        Move("typed", "quiet", "changed", when=_span_known, does=_set_quiet),
        Move("rhythm", "rhythm", "changed", when=rhythm.known, does=rhythm.choose),
        Move("days", "pause", "changed", when=away.preset_known, does=away.pause_for),
        Move("until", "pause", "changed", when=away.date_fits, does=away.pause_until),
        Move("holiday", "pause", "holiday"),
        Move("go_on", "pause", "changed", when=away.is_away, does=away.go_on),
        Move("dates", "holiday", "changed", when=away.days_fit, does=away.take_holiday),
        Move("drop", "holiday", "changed", when=away.has_holiday, does=away.drop_holiday),
        Move("back", "holiday", "pause"),
        Move("resume", "changed", Exit(RESUME), when=_interrupted),
        Move("list", "changed", "list"),
        Move("home", "changed", Exit(HOME)),
    ),
)
