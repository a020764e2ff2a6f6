"""A wish about the messages, in own words: another hour, a pause, a new start; confirmed first.

Stopping alone is done at once, and can be undone: nobody has to ask twice to be left alone.
"""

from collections.abc import Mapping
from datetime import time
from types import MappingProxyType

from bot.engine.chat import Chat, Place, Rhythm
from bot.engine.effects import Effect, Value, Words
from bot.engine.events import ButtonPressed, Event, TextReceived
from bot.engine.flow import HOME, RESUME, Exit, Flow, Move, Step, flow, option
from bot.flows import away
from bot.flows.hours import hour_in, in_quiet_hours
from bot.flows.menu import goals_on, goals_rest
from bot.flows.reminder_hour import set_hour

Done = tuple[Chat, tuple[Effect, ...]]


def asked_for(chat: Chat, event: Event) -> Place:
    """Where a wish leads: to its own question, or to the list of what can be set."""
    if not isinstance(event, TextReceived):
        return Place("pushes", "list")
    if event.reading.wish == "pause":
        return Place("pushes", "pause")
    if event.reading.wish == "restart":
        return Place("wished", "come_already" if _come(chat, event) else "restart")
    hour = hour_in(event.text)
    if hour is None:
        return Place("pushes", "list")
    quiet = in_quiet_hours(hour, chat.preferences.quiet_from, chat.preferences.quiet_to)
    kept = MappingProxyType({"hour": f"{hour:%H:%M}"})
    return Place("wished", "quiet_then" if quiet else "move", kept)


def _come(chat: Chat, event: Event) -> bool:
    """Whether the reminder comes as it should: nothing stops it, nothing rests."""
    wishes = chat.preferences
    rests = goals_rest(chat, event) or away.is_away(chat, event)
    return wishes.pushes and wishes.rhythm is not Rhythm.SILENT and not rests


def _moved(chat: Chat, event: Event) -> Done:
    """Take the hour that was named, as if it had been chosen."""
    hour = chat.memory["hour"]
    return set_hour(chat, ButtonPressed(at=event.at, seed=event.seed, move="hour", value=hour))


def _restarted(chat: Chat, event: Event) -> Done:
    """Let everything come again: after a stop, a pause, a silence, or resting goals."""
    chat, _ = away.go_on(chat, event)
    return goals_on(chat, event)


def _interrupted(chat: Chat, _event: Event) -> bool:
    return chat.paused is not None


def _values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    wishes = chat.preferences
    named = chat.memory.get("hour")
    return {
        "hour": time.fromisoformat(named) if named else wishes.reminder_at,
        "from": wishes.quiet_from,
        "to": wishes.quiet_to,
    }


_LEAVE = option("button.leave_it_so", "home")
_OTHER = option("button.other_hour", "other")

FLOW: Flow = flow(
    "wished",
    (
        Step(
            "move",
            (Words("wished.move"),),
            (option("button.yes_move", "yes"), _OTHER, _LEAVE),
            values=_values,
        ),
        Step("quiet_then", (Words("wished.quiet_then"),), (_OTHER, _LEAVE), values=_values),
        Step(
            "restart",
            (Words("wished.restart"),),
            (option("button.yes_restart", "yes"), _OTHER, _LEAVE),
            values=_values,
        ),
        Step("come_already", (Words("wished.come_already"),), (_OTHER, _LEAVE), values=_values),
        Step(
            "done",
            (Words("wished.done"),),
            (
                option("button.resume", "resume", _interrupted),
                option("button.pushes", "list"),
                option("button.to_menu", "home"),
            ),
            values=_values,
        ),
    ),
    (
        Move("yes", "move", "done", does=_moved),
        Move("yes", "restart", "done", does=_restarted),
        *(
            Move("other", step, Exit("pushes", "hour"))
            for step in ("move", "quiet_then", "restart", "come_already")
        ),
        Move("resume", "done", Exit(RESUME), when=_interrupted),
        Move("list", "done", Exit("pushes")),
        *(
            Move("home", step, Exit(HOME))
            for step in ("move", "quiet_then", "restart", "come_already", "done")
        ),
    ),
)
