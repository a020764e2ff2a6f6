"""When nothing is pushed because the person said so: a pause from now on, holidays ahead.

Both end by themselves; what was not said meanwhile is not said later. Answers, the follow-up
after a red card and what somebody asked for are not pushes to be paused.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.engine.chat import Chat
from bot.engine.effects import Effect, PlanReminder, Value, Words
from bot.engine.events import ButtonPressed, Event
from bot.flows.dates import parse_date, parse_days, within
from bot.flows.reminder_hour import given

Done = tuple[Chat, tuple[Effect, ...]]

PRESETS = (1, 3, 7)  # days
LONGEST = 92  # days of a pause or of holidays: beyond that it is a stop
FURTHEST = 366  # days until holidays begin


def local(chat: Chat, at: datetime) -> datetime:
    """Return a moment by the person's clock."""
    return at.astimezone(ZoneInfo(chat.preferences.zone))


def is_paused(chat: Chat, event: Event) -> bool:
    """A pause runs at the moment of the event."""
    until = chat.preferences.pause_until
    return until is not None and local(chat, event.at).date() < until


def has_holiday(chat: Chat, event: Event) -> bool:
    """Holidays run, or are ahead."""
    to = chat.preferences.holiday_to
    return to is not None and local(chat, event.at).date() <= to


def is_away(chat: Chat, event: Event) -> bool:
    """Whether the person wants nothing pushed on the local date of the event."""
    start = chat.preferences.holiday_from
    begun = start is not None and start <= local(chat, event.at).date()
    return is_paused(chat, event) or (begun and has_holiday(chat, event))


def has_come_back(chat: Chat, event: Event) -> bool:
    """A pause or holidays are over, and nobody has been written to since."""
    set_ = chat.preferences
    was_away = set_.pause_until is not None or (
        set_.holiday_from is not None and set_.holiday_from <= local(chat, event.at).date()
    )
    return was_away and not is_away(chat, event)


def welcomed(chat: Chat, event: Event) -> Chat:
    """Return the chat without what is over; holidays still ahead stay."""
    set_ = chat.preferences
    if not is_paused(chat, event):
        set_ = replace(set_, pause_until=None)
    if not has_holiday(chat, event):
        set_ = replace(set_, holiday_from=None, holiday_to=None)
    return replace(chat, preferences=set_)


def preset_known(_chat: Chat, event: Event) -> bool:
    """The button stands for one of the lengths offered."""
    return isinstance(event, ButtonPressed) and event.value in map(str, PRESETS)


def pause_for(chat: Chat, event: Event) -> Done:
    """Skip so many daily reminders, beginning with the next one."""
    now = local(chat, event.at)
    next_one = now.date() + timedelta(days=now.time() >= chat.preferences.reminder_at)
    return _paused(chat, event, next_one + timedelta(days=int(given(event))))


def date_fits(chat: Chat, event: Event) -> bool:
    """The text names a date after today, not too far away."""
    day = _date(chat, event)
    return day is not None and within(day, local(chat, event.at).date(), LONGEST)


def pause_until(chat: Chat, event: Event) -> Done:
    """Pause until the date typed; on that date pushes come again."""
    day = _date(chat, event)
    return _paused(chat, event, day) if day else (chat, ())


def go_on(chat: Chat, event: Event) -> Done:
    """End the pause, and holidays that have begun, at once; those ahead stay."""
    set_ = replace(chat.preferences, pause_until=None, pushes=True)
    if is_away(replace(chat, preferences=set_), event):
        set_ = replace(set_, holiday_from=None, holiday_to=None)
    return replace(chat, preferences=set_), (PlanReminder(event.at),)


def days_fit(chat: Chat, event: Event) -> bool:
    """The text names holidays that are not over and not too long."""
    today, days = local(chat, event.at).date(), _days(chat, event)
    if days is None:
        return False
    start, end = days
    near = start - today <= timedelta(days=FURTHEST)
    return today <= end and near and end - start < timedelta(days=LONGEST)


def take_holiday(chat: Chat, event: Event) -> Done:
    """Plan the holidays typed, in the place of those before."""
    days = _days(chat, event)
    if days is None:
        return chat, ()
    start, end = days
    set_ = replace(chat.preferences, holiday_from=start, holiday_to=end)
    return replace(chat, preferences=set_), ()


def drop_holiday(chat: Chat, _event: Event) -> Done:
    """Take the holidays back."""
    set_ = replace(chat.preferences, holiday_from=None, holiday_to=None)
    return replace(chat, preferences=set_), ()


def state(chat: Chat, event: Event) -> Words:
    """Say in a sentence whether anything is pushed, and from when again."""
    set_ = chat.preferences
    if not set_.pushes:
        return Words("pushes.state_stopped")
    until, start, end = set_.pause_until, set_.holiday_from, set_.holiday_to
    shown: dict[str, Value] = {}
    kinds = []
    if until is not None and is_paused(chat, event):
        shown["until"] = until
        kinds.append("pause")
    if start is not None and end is not None and has_holiday(chat, event):
        shown |= {"first": start, "last": end}
        kinds.append("holiday")
    return Words(f"pushes.state_{'_'.join(kinds) or 'none'}", shown)


def values(chat: Chat, event: Event) -> Mapping[str, Value]:
    """What the messages about pauses name."""
    return {"state": state(chat, event)}


def _paused(chat: Chat, event: Event, until: date) -> Done:
    """Whoever had stopped everything and now names a date wants to hear again then."""
    set_ = replace(chat.preferences, pause_until=until, pushes=True)
    return replace(chat, preferences=set_), (PlanReminder(event.at),)


def _date(chat: Chat, event: Event) -> date | None:
    return parse_date(given(event), local(chat, event.at).date())


def _days(chat: Chat, event: Event) -> tuple[date, date] | None:
    return parse_days(given(event), local(chat, event.at).date())
