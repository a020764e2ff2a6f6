"""What a step says: its messages in order, and the buttons under the last of them."""

from dataclasses import replace
from types import MappingProxyType

from bot.engine.chat import Chat
from bot.engine.effects import Button, Say, Text, Words
from bot.engine.events import ButtonPressed, Event
from bot.engine.flow import SCALE, Step
from bot.safety.alarm import Level
from bot.safety.reading import Tier

SCALE_VALUES = tuple(str(n) for n in range(11))
UNSAVED = "unsaved"  # the memory of own words that an alarm came before
SAVE, DROP = "save_unsaved", "drop_unsaved"
SOS_ROW = (
    Button(Words("button.sos"), "sos", lasting=True),
    Button(Words("button.menu"), "menu", lasting=True),
)
WAYS_OUT = frozenset({"button.back", "button.to_menu"})  # they stand below everything else
_SCALE_ROW = 6


def said(step: Step, chat: Chat, event: Event, *, aside: bool = False) -> tuple[Say, ...]:
    """Return the messages of a step; an aside's buttons work from anywhere."""
    says = step.says(chat, event) if callable(step.says) else step.says
    says = tuple(filled(text, step, chat, event) for text in says)
    tier = _tier_of(chat)
    edit = step.edits and isinstance(event, ButtonPressed)
    last = Say(says[-1], _rows(step, chat, event, lasting=aside), tier=tier, edit=edit)
    return (*(Say(text, tier=tier) for text in says[:-1]), last)


def filled(text: Text, step: Step, chat: Chat, event: Event) -> Text:
    """Return a text with the values of a step for its placeholders."""
    if step.values is None or not isinstance(text, Words):
        return text
    return replace(text, values={**text.values, **step.values(chat, event)})


def save_anyway(chat: Chat) -> Say:
    """Ask whether the words are to be kept that an alarm came before."""
    rows = tuple((Button(Words(f"button.{name}"), name),) for name in (SAVE, DROP))
    return Say(Words("unsaved.question", {"words": chat.memory[UNSAVED]}), (*rows, SOS_ROW))


def without_unsaved(chat: Chat) -> Chat:
    """Return the chat without such words."""
    memory = MappingProxyType({k: v for k, v in chat.memory.items() if k != UNSAVED})
    return replace(chat, place=replace(chat.place, memory=memory))


def _rows(step: Step, chat: Chat, event: Event, *, lasting: bool) -> tuple[tuple[Button, ...], ...]:
    buttons = [
        Button(option.label, option.move, lasting=lasting)
        for option in step.options
        if option.when is None or option.when(chat, event)
    ]
    if step.choices:
        buttons += step.choices(chat, event)
    rows: list[tuple[Button, ...]] = [(button,) for button in buttons if not leads_out(button)]
    if step.scale:
        numbers = [Button(Words("button.number", {"n": int(n)}), SCALE, n) for n in SCALE_VALUES]
        rows += [tuple(numbers[:_SCALE_ROW]), tuple(numbers[_SCALE_ROW:])]
    rows += [(button,) for button in buttons if leads_out(button)]
    return (*rows, SOS_ROW)


def leads_out(button: Button) -> bool:
    """Whether a button only leads back, or to the menu."""
    return isinstance(button.label, Words) and button.label.id in WAYS_OUT


def _tier_of(chat: Chat) -> Tier:
    if chat.alarm.closed:
        return Tier.RED
    if chat.alarm.level is Level.CHECK:
        return Tier.CHECK
    return Tier.AMBER if chat.place.flow == "amber" else Tier.NONE
