"""How often the reminder comes, and how it fades when nobody reacts.

Three reminders without any act of the person: one question in the place of the fourth. Whoever
does not choose hears once a week; after four silent weeks one last word, then nothing. Silence
is never a miss, and nothing but a choice brings a rhythm back.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot.engine.chat import Chat, Place, Rhythm
from bot.engine.effects import Button, Effect, PlanReminder, Say, Value, Words
from bot.engine.events import ButtonPressed, Event
from bot.engine.saying import SOS_ROW

SILENT_DAYS, SILENT_WEEKS = 3, 4
_CHOICES = tuple(Rhythm)
_UNHEARD = {Rhythm.DAILY: SILENT_DAYS, Rhythm.WEEKLY: SILENT_WEEKS}
_NEXT = {Rhythm.DAILY: Rhythm.WEEKLY, Rhythm.WEEKLY: Rhythm.SILENT}


def button(rhythm: Rhythm, *, lasting: bool = False) -> Button:
    """Return the button that chooses a rhythm; under a push it never grows old."""
    return Button(Words(f"button.rhythm_{rhythm}"), "rhythm", rhythm.value, lasting=lasting)


def choices(chat: Chat, _event: Event) -> tuple[Button, ...]:
    """The rhythms other than the present one."""
    return tuple(button(one) for one in _CHOICES if one is not chat.preferences.rhythm)


def known(_chat: Chat, event: Event) -> bool:
    """The button stands for a rhythm there is."""
    return isinstance(event, ButtonPressed) and event.value in _CHOICES


def choose(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Take the rhythm chosen; a rhythm other than silence undoes a stop."""
    if not isinstance(event, ButtonPressed) or not known(chat, event):
        return chat, ()
    rhythm = Rhythm(event.value)
    wishes = replace(chat.preferences, rhythm=rhythm)
    if rhythm is not Rhythm.SILENT:
        wishes = replace(wishes, pushes=True)
    return replace(chat, preferences=wishes, unheard=0), (PlanReminder(event.at),)


def chosen(chat: Chat, event: Event) -> Place:
    """Where a rhythm's lasting button leads; without a value to the question."""
    return Place("pushes", "changed" if known(chat, event) else "rhythm")


def values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    """The rhythm in words."""
    return {"rhythm": Words(f"pushes.rhythm_{chat.preferences.rhythm}")}


def fades(chat: Chat) -> bool:
    """So many reminders met silence that the next one is not sent as usual."""
    return chat.unheard >= _UNHEARD.get(chat.preferences.rhythm, 0) > 0


def faded(chat: Chat, day: date) -> tuple[Chat, Say]:
    """Return the chat in its slower rhythm, and what is said in the reminder's place.

    The slower rhythm holds from now on: an answer may take it back, silence need not.
    """
    slower = _NEXT[chat.preferences.rhythm]
    offered = tuple(one for one in _CHOICES if one is not Rhythm.SILENT or slower is not one)
    rows = (*((button(one, lasting=True),) for one in offered), SOS_ROW)
    chat = replace(
        chat,
        preferences=replace(chat.preferences, rhythm=slower),
        unheard=0,
        reminded_on=day,
    )
    return chat, Say(Words(f"fade.to_{slower}"), rows, push=True)
