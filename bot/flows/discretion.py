"""Discreet mode: whoever sees the telephone learns nothing from it.

Every push is one fixed neutral line with a button that opens what it was about; nothing is
pinned, and no line stays that says what was chosen (services/speaking.py).
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.engine.chat import Chat, Place
from bot.engine.effects import Button, Effect, Say, Unpin, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, RESUME, Act, Exit, Flow, Move, Step, flow, option
from bot.engine.saying import SOS_ROW
from bot.flows.menu import home

Done = tuple[Chat, tuple[Effect, ...]]


def discreet(chat: Chat, event: Event) -> Place:
    """Where `/discreet` leads."""
    return Place("discreet", "choose") if chat.agreed else home(chat, event)


def is_on(chat: Chat, _event: Event) -> bool:
    """Discreet mode is on."""
    return chat.preferences.discreet


def is_off(chat: Chat, _event: Event) -> bool:
    """Discreet mode is off."""
    return not chat.preferences.discreet


def over(arrivals: Mapping[type[Event], Act]) -> Mapping[type[Event], Act]:
    """Return the answers to what comes unasked, so that in discreet mode they say nothing."""
    return MappingProxyType({kind: _Hushed(act) for kind, act in arrivals.items()})


class _Hushed:
    """An answer whose pushes lose their words in discreet mode."""

    def __init__(self, act: Act) -> None:
        self._act = act

    def __call__(self, chat: Chat, event: Event) -> Done:
        chat, effects = self._act(chat, event)
        if not chat.preferences.discreet:
            return chat, effects
        return chat, tuple(_hushed(e) if isinstance(e, Say) and e.push else e for e in effects)


def _hushed(say: Say) -> Say:
    """One neutral line, and one button to what it was about."""
    first = next((b for row in say.rows if row != SOS_ROW for b in row), None)
    opens = () if first is None else (_opening(first),)
    return replace(say, text=Words("discreet.push"), rows=(*((b,) for b in opens), SOS_ROW))


def _opening(button: Button) -> Button:
    """What was to be answered at once is opened first: its words are not here."""
    move = "today" if button.move.startswith("goal_") else button.move
    value = "" if button.move.startswith(("goal_", "rhythm")) else button.value
    return Button(Words("button.open"), move, value, lasting=True)


def _turn_on(chat: Chat, _event: Event) -> Done:
    unpinned = () if chat.pinned is None else (Unpin(),)
    wishes = replace(chat.preferences, discreet=True)
    return replace(chat, preferences=wishes, pinned=None), unpinned


def _turn_off(chat: Chat, _event: Event) -> Done:
    return replace(chat, preferences=replace(chat.preferences, discreet=False)), ()


def _now(chat: Chat, _event: Event) -> tuple[Words, ...]:
    if chat.preferences.discreet:
        return (Words("discreet.is_on"),)
    return (Words("discreet.what"), Words("discreet.limits"))


def _changed(chat: Chat, _event: Event) -> tuple[Words, ...]:
    return (Words("discreet.on" if chat.preferences.discreet else "discreet.off"),)


def _interrupted(chat: Chat, _event: Event) -> bool:
    return chat.paused is not None


FLOW: Flow = flow(
    "discreet",
    (
        Step(
            "choose",
            _now,
            (
                option("button.discreet_on", "on", is_off),
                option("button.discreet_off", "off", is_on),
                option("button.leave_as_is", "home"),
            ),
        ),
        Step(
            "changed",
            _changed,
            (
                option("button.resume", "resume", _interrupted),
                option("button.settings", "settings"),
                option("button.to_menu", "home"),
            ),
        ),
    ),
    (
        Move("on", "choose", "changed", when=is_off, does=_turn_on),
        Move("off", "choose", "changed", when=is_on, does=_turn_off),
        Move("home", "choose", Exit(HOME)),
        Move("resume", "changed", Exit(RESUME), when=_interrupted),
        Move("settings", "changed", Exit("settings")),
        Move("home", "changed", Exit(HOME)),
    ),
)
