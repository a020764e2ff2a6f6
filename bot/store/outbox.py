"""Replies: stored with the turn that made them, sent in order, emptied once sent.

A reply put for a row of `due` is that row's (see dues.py) and is asked for by it; the others
are the chat's. Where several workers send, one at a time speaks to a chat: it holds the chat
until a moment, which it moves on with every message, and lets it go after the last.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, literal_column, or_, select, update

from bot.store.database import Unit
from bot.store.tables import PERSON, REPLY


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that was not sent yet. `id` grows in the order of the conversation."""

    id: int
    person: str
    payload: Mapping[str, Any]
    created_at: datetime
    update_id: int | None = None
    due: int | None = None


def put(
    unit: Unit,
    person: str,
    payloads: Sequence[Mapping[str, Any]],
    at: datetime,
    update_id: int | None = None,
    due: int | None = None,
) -> None:
    """Store what is to be sent to a person, in order, sealed with the person's key."""
    if not payloads:
        return
    vault = unit.vault(person)
    rows = [
        {
            "person_id": person,
            "update_id": update_id,
            "due_id": due,
            "payload": vault.seal("reply", "payload", json.dumps(payload, ensure_ascii=False)),
            "state": "unsent",
            "created_at": at,
        }
        for payload in payloads
    ]
    unit.connection.execute(REPLY.insert(), rows)


def unsent(unit: Unit, person: str, due: int | None = None) -> tuple[Reply, ...]:
    """Return the unsent replies of a chat in order, or those of one row of `due`."""
    asked = {"person": person} if due is None else {"person": person, "due": due}
    rows = unit.connection.execute(_OF_CHAT if due is None else _OF_DUE, asked).all()
    if not rows:
        return ()
    vault = unit.vault(person)
    return tuple(
        Reply(
            row.seq,
            person,
            json.loads(vault.open("reply", "payload", row.payload)),
            row.created_at,
            row.update_id,
            row.due_id,
        )
        for row in rows
    )


def mark_sent(unit: Unit, reply: int, message_id: int | None, at: datetime) -> bool:
    """Note that a reply was accepted, and empty it; return False if it was not waiting."""
    sent = {"reply": reply, "message": message_id, "now": at}
    return unit.connection.scalar(_SENT, sent) is not None


def drop(unit: Unit, person: str, reply: int | None = None) -> None:
    """Give up on the unsent replies of a chat, or on one of them, and empty them."""
    statement = _UNSENT if reply is None else _UNSENT.where(REPLY.c.seq == reply)
    unit.connection.execute(statement.values(state="dropped", payload=None), {"person": person})


def waiting_people(
    unit: Unit, before: datetime, limit: int, after: datetime | None = None
) -> tuple[str, ...]:
    """Return whose replies have waited since before a moment, the longest wait first.

    With `after`, those too that were stored later than that moment: the clock was set back.
    Whoever blocked the bot is left out until they come back.
    """
    asked = {"before": before, "after": after, "limit": limit}
    return tuple(unit.connection.scalars(_WAITING, asked))


def recent_messages(
    unit: Unit, person: str, since: datetime, before: int | None = None
) -> tuple[int, ...]:
    """Return the ids of the messages sent to a person since a moment, in order, each once.

    With `before`, only what stands before that reply.
    """
    statement = _RECENT if before is None else _RECENT.where(REPLY.c.seq < before)
    ids = unit.connection.scalars(statement, {"person": person, "since": since})
    return tuple(dict.fromkeys(ids))


def holds(unit: Unit, person: str, worker: str, until: datetime) -> bool:
    """Whether a worker holds a chat for longer than until a moment."""
    asked = {"person": person, "worker": worker, "until": until}
    return unit.connection.scalar(_HOLDS, asked) is not None


def hold(unit: Unit, person: str, worker: str, at: datetime, lasting: timedelta) -> bool:
    """Hold a chat for sending from `at` on; return False while another worker holds it.

    A moment further ahead than anybody holds a chat was written before the clock was set back,
    and counts no more.
    """
    held = unit.connection.scalar(
        _HOLD,
        {
            "person": person,
            "worker": worker,
            "now": at,
            "until": at + lasting,
            "furthest": at + 2 * lasting,
        },
    )
    return held is not None


def keep(unit: Unit, person: str, worker: str, until: datetime) -> bool:
    """Go on holding a chat; return False if it was taken over, and nothing may be sent now."""
    kept = {"person": person, "worker": worker, "until": until}
    return unit.connection.scalar(_KEEP, kept) is not None


def release(unit: Unit, person: str, worker: str) -> None:
    """Let a chat go, if this worker holds it."""
    unit.connection.execute(_RELEASE, {"person": person, "worker": worker})


# Written out, not bound: only then do both databases see that a partial index holds the answer.
_STILL = REPLY.c.state == literal_column("'unsent'")
_UNSENT = update(REPLY).where(REPLY.c.person_id == bindparam("person"), _STILL)
_WAITS = (
    select(REPLY.c.seq, REPLY.c.payload, REPLY.c.created_at, REPLY.c.update_id, REPLY.c.due_id)
    .where(REPLY.c.person_id == bindparam("person"), _STILL)
    .order_by(REPLY.c.seq)
)
_OF_CHAT = _WAITS.where(REPLY.c.due_id.is_(None))
_OF_DUE = _WAITS.where(REPLY.c.due_id == bindparam("due"))
_SENT = (
    update(REPLY)
    .where(REPLY.c.seq == bindparam("reply"), _STILL)
    .values(state="sent", payload=None, message_id=bindparam("message"), sent_at=bindparam("now"))
    .returning(REPLY.c.seq)
)
_WAITING = (
    select(REPLY.c.person_id)
    .join(PERSON, PERSON.c.id == REPLY.c.person_id)
    .where(
        _STILL,
        REPLY.c.due_id.is_(None),
        or_(
            REPLY.c.created_at < bindparam("before"),
            REPLY.c.created_at > bindparam("after", type_=REPLY.c.created_at.type),
        ),
        PERSON.c.blocked_at.is_(None),
    )
    .group_by(REPLY.c.person_id)
    .order_by(func.min(REPLY.c.seq))
    .limit(bindparam("limit"))
)
_RECENT = (
    select(REPLY.c.message_id)
    .where(
        REPLY.c.person_id == bindparam("person"),
        REPLY.c.message_id.is_not(None),
        REPLY.c.sent_at >= bindparam("since"),
    )
    .order_by(REPLY.c.seq)
)
_MINE = and_(PERSON.c.id == bindparam("person"), PERSON.c.busy_by == bindparam("worker"))
_HOLDS = select(PERSON.c.id).where(_MINE, PERSON.c.busy_until > bindparam("until"))
_HOLD = (
    update(PERSON)
    .where(
        PERSON.c.id == bindparam("person"),
        or_(
            PERSON.c.busy_until.is_(None),
            PERSON.c.busy_until <= bindparam("now"),
            PERSON.c.busy_until > bindparam("furthest"),
            PERSON.c.busy_by == bindparam("worker"),
        ),
    )
    .values(busy_until=bindparam("until"), busy_by=bindparam("worker"))
    .returning(PERSON.c.id)
)
_KEEP = update(PERSON).where(_MINE).values(busy_until=bindparam("until")).returning(PERSON.c.id)
_RELEASE = update(PERSON).where(_MINE).values(busy_until=None, busy_by=None)
