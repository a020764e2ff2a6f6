"""The one card that stands pinned: put up with a turn, taken down when it may not be read.

What it says lies under the scope `signs`. So every turn of the chat looks whether it may stay; the
notice of a revocation is such a turn. Its words go with it: an unpinned message can still be read.
"""

from dataclasses import replace
from datetime import datetime

from bot.engine.chat import Chat
from bot.engine.effects import ClearTraces, ErasePerson, PinCard, Unpin, Words
from bot.engine.ways import Turn
from bot.flows.plan import may_stay_pinned
from bot.services.heard import Outgoing
from bot.services.parts import Parts
from bot.services.speaking import context_of
from bot.store import people
from bot.texts.render import render


def let_go(turn: Turn) -> Turn:
    """Return the turn, after which no card stands pinned that may not be read any more."""
    erased = any(isinstance(effect, ErasePerson) for effect in turn.effects)
    if turn.chat.pinned is None or (may_stay_pinned(turn.chat) and not erased):
        return turn
    return replace(turn, chat=replace(turn.chat, pinned=None))


def pinned(
    parts: Parts, before: Chat, turn: Turn, messages: tuple[Outgoing, ...], at: datetime
) -> tuple[Outgoing, ...]:
    """Return the messages of a turn with what becomes of the pinned card."""
    if messages and any(isinstance(effect, PinCard) for effect in turn.effects):
        return (*messages[:-1], replace(messages[-1], pins=True, unpins=before.pinned))
    taken_down = any(isinstance(effect, Unpin | ClearTraces) for effect in turn.effects)
    if before.pinned is None or turn.chat.pinned is not None or taken_down:
        return messages
    instead = render(parts.bundle, Words("plan.put_away"), context_of(parts, turn.chat, at))
    sealed = Outgoing("unpin", instead.text, message_id=before.pinned)
    return (sealed, *messages)


def note(parts: Parts, person: str, message_id: int | None) -> None:
    """Note which message stands pinned now."""
    with parts.database.unit() as unit:
        people.set_pinned(unit, person, message_id)
