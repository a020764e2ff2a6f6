"""What must hold after any turn whatever, in a conversation as in a random walk."""

import json
from collections.abc import Iterator

from bot.engine.chat import Chat, Place
from bot.engine.dialogue import PUSHED, Dialogue
from bot.engine.effects import Button, Say
from bot.engine.events import Event, TextReceived
from bot.engine.flow import SCALE
from bot.engine.saying import SOS_ROW, UNSAVED, leads_out
from bot.engine.ways import Turn
from bot.safety.reading import Tier
from tests.telling import named, said

MOST_BUTTONS = 4  # authored ones under a message; a scale is one control
MOST_MESSAGES = 3
# A scale is one control; clearing the traces is a way out, as SOS is, on cards that are full.
_APART = frozenset({SCALE, "traces"})
LONGEST_MOVE, LONGEST_VALUE = 24, 16  # what fits into signed callback data


def faults(dialogue: Dialogue, event: Event, turn: Turn) -> Iterator[str]:
    """Yield every promise this turn breaks, in words."""
    says = said(turn)
    silent_is_fine = isinstance(event, PUSHED) or (isinstance(event, TextReceived) and event.edited)
    if not says and not turn.toast and not silent_is_fine:
        yield "nobody answers: no message, no toast"
    if len(says) > MOST_MESSAGES:
        yield f"{len(says)} messages in a row"
    if says and says[-1].rows[-1:] != (SOS_ROW,):
        yield "the last message has no row SOS · Menu at its end"
    if any(say.rows for say in says[:-1]):
        yield "a message before the last has buttons"
    for say in says:
        yield from _button_faults(dialogue, turn.chat, say)
    yield from _chat_faults(dialogue, turn.chat)
    if turn.chat.alarm.closed and not isinstance(event, PUSHED):
        yield from _red_faults(dialogue, turn.chat, says)


def _button_faults(dialogue: Dialogue, chat: Chat, say: Say) -> Iterator[str]:
    authored = [b for row in say.rows if row != SOS_ROW for b in row if b.move not in _APART]
    if len(authored) > MOST_BUTTONS:
        yield f"{len(authored)} buttons: {', '.join(named(b) for b in authored)}"
    out = [leads_out(button) for row in say.rows if row != SOS_ROW for button in row]
    if out != sorted(out):
        yield "a way back stands above another button"
    if len(set(map(named, authored))) < len(authored):
        yield "two buttons of one message do the same"
    for button in authored:
        if len(button.move) > LONGEST_MOVE or len(button.value) > LONGEST_VALUE:
            yield f"the button {named(button)!r} cannot be signed: too long"
        if not _leads_somewhere(dialogue, chat, button):
            yield f"the button {named(button)!r} leads nowhere"


def _leads_somewhere(dialogue: Dialogue, chat: Chat, button: Button) -> bool:
    if button.lasting:
        return button.move in dialogue.ways.shortcuts
    if button.move in {"save_unsaved", "drop_unsaved"}:
        return UNSAVED in chat.memory
    moves = dialogue.flows[chat.place.flow].moves
    return any((move.source, move.name) == (chat.place.step, button.move) for move in moves)


def _chat_faults(dialogue: Dialogue, chat: Chat) -> Iterator[str]:
    for place in (chat.place, chat.paused):
        if place and place.step not in _steps(dialogue, place):
            yield f"{place.flow}.{place.step} does not exist"
        if place and json.loads(json.dumps(dict(place.memory))) != dict(place.memory):
            yield f"the memory of {place.flow}.{place.step} cannot be saved"
        if place and not all(isinstance(answer, str) for answer in place.memory.values()):
            yield f"the memory of {place.flow}.{place.step} holds more than texts"
    if chat.roles and chat.role not in chat.roles:
        yield f"speaks as {chat.role} without having that role"


def _steps(dialogue: Dialogue, place: Place) -> frozenset[str]:
    flow = dialogue.flows.get(place.flow)
    return frozenset(flow.steps) if flow else frozenset()


def _red_faults(dialogue: Dialogue, chat: Chat, says: tuple[Say, ...]) -> Iterator[str]:
    if chat.place.flow not in dialogue.ways.open_in_red:
        yield f"in RED, yet at {chat.place.flow}.{chat.place.step}"
    if any(say.tier is not Tier.RED for say in says if say.rows):
        yield "in RED, yet a message is not marked so"
