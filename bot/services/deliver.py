"""The list of what is unsent: the edges send from it in order and mark each message at once.

Where several workers send (`parts.worker` names this one), the chat is held meanwhile: the turn
holds it for whoever made it, the last mark lets it go, a dead worker's hold ends by itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.services.heard import Outgoing, Parcel
from bot.services.parts import Parts
from bot.store import outbox, people
from bot.store.database import Unit
from bot.store.outbox import Reply

STALE_AFTER = timedelta(seconds=30)
HELD_FOR = timedelta(seconds=6)
"""How long a chat is held for sending, at most, after its worker has died."""
DELETABLE_FOR = timedelta(hours=48)
"""For how long Telegram lets a bot delete its own messages."""
MARGIN = timedelta(seconds=2)
"""What must be left of a hold for a send to begin under it."""


def unsent(parts: Parts, person: str, due: int | None = None) -> tuple[Parcel, ...]:
    """Return a person's unsent replies in order, or the messages of one row of `due`."""
    with parts.database.reading() as unit:
        return _parcels(unit, person, due)


def held(parts: Parts, person: str, at: datetime) -> tuple[Parcel, ...] | None:
    """Return a person's unsent replies and hold the chat; None while another worker holds it."""
    if not parts.worker:
        return unsent(parts, person)
    with parts.database.reading() as unit:
        is_mine = outbox.holds(unit, person, parts.worker, at + MARGIN)
        parcels = _parcels(unit, person)
    if is_mine == bool(parcels):
        return parcels
    with parts.database.unit() as unit:
        if not parcels:
            outbox.release(unit, person, parts.worker)
        elif not outbox.hold(unit, person, parts.worker, at, HELD_FOR):
            return None
        # What was read before the chat was ours may have been sent since.
        elif not (parcels := _parcels(unit, person)):
            outbox.release(unit, person, parts.worker)
    return parcels


def keep(parts: Parts, person: str, at: datetime) -> bool:
    """Hold a chat for longer; return False if another worker has taken it over."""
    if not parts.worker:
        return True
    with parts.database.unit() as unit:
        return outbox.keep(unit, person, parts.worker, at + HELD_FOR)


def release(parts: Parts, person: str) -> None:
    """Let a chat go though not all of it was sent."""
    if parts.worker:
        with parts.database.unit() as unit:
            outbox.release(unit, person, parts.worker)


def sent(parts: Parts, parcel: int, message_id: int | None, at: datetime, frees: str = "") -> None:
    """Note that a message was accepted; its text is gone, and the chat it `frees` is let go."""
    with parts.database.unit() as unit:
        if parts.worker and frees:
            # First the person, as every turn does: in the other order two of them might wait
            # for each other.
            outbox.release(unit, frees, parts.worker)
        outbox.mark_sent(unit, parcel, message_id, at)


def given_up(parts: Parts, parcel: Parcel) -> None:
    """Note that a message was refused for good: what it said cannot be said."""
    with parts.database.unit() as unit:
        outbox.drop(unit, parcel.person, parcel.id)


def blocked(parts: Parts, person: str, at: datetime) -> None:
    """Note that the person blocked the bot: nothing is pushed until they unblock it."""
    with parts.database.unit() as unit:
        people.set_blocked(unit, person, at)
        outbox.drop(unit, person)


def waiting(parts: Parts, at: datetime, limit: int) -> tuple[str, ...]:
    """Return people whose replies have been unsent for a while, for the sweep."""
    with parts.database.reading() as unit:
        return outbox.waiting_people(unit, at - STALE_AFTER, limit, after=at + STALE_AFTER)


def _parcels(unit: Unit, person: str, due: int | None = None) -> tuple[Parcel, ...]:
    account = people.address(unit, person)
    waiting_ = outbox.unsent(unit, person, due) if account is not None else ()
    replies = _up_to_a_clearing(waiting_)
    return tuple(
        Parcel(
            reply.id,
            account or 0,
            _completed(unit, reply),
            person,
            last=number == len(replies),
        )
        for number, reply in enumerate(replies, 1)
    )


def _up_to_a_clearing(replies: Sequence[Reply]) -> Sequence[Reply]:
    """Return the replies before a clearing: only once they are sent is it known what to delete."""
    later = (n for n, one in enumerate(replies) if n and one.payload.get("op") == "clear")
    return replies[: next(later, None)]


def _completed(unit: Unit, reply: Reply) -> Outgoing:
    """Return the message of a reply; a clearing names what was sent in the 48 hours before it."""
    message = Outgoing.restored(reply.payload)
    if message.op != "clear":
        return message
    since = reply.created_at - DELETABLE_FOR
    sent_before = outbox.recent_messages(unit, reply.person, since, before=reply.id)
    return replace(message, messages=tuple(dict.fromkeys((*message.messages, *sent_before))))
