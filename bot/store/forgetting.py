"""What is kept no longer than it must be: one statement a rule, a batch of rows a transaction.

Each rule finds its oldest rows by their key and deletes so many of them, so that a million rows
never lock anybody out. Rows another worker is deleting are passed over.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
)

from bot.safety.alarm import Level
from bot.store.database import Unit
from bot.store.dues import State as DueState
from bot.store.tables import (
    ACCESS_LOG,
    CALL_REQUEST,
    CASE,
    CONTACT_REQUEST,
    DUE,
    ERASURE,
    GUESS,
    INVITATION,
    MEMBER,
    PERSON,
    REPLY,
    STAFF,
    TIER_NOTE,
    UPDATE_SEEN,
)
from bot.store.updates import State as UpdateState

_BEFORE: BindParameter[datetime] = bindparam("before")
_SETTLED = (DueState.SENT.value, DueState.SKIPPED.value, DueState.UNKNOWN.value)


def _of(person: ColumnElement[str], table: Table) -> ColumnElement[bool]:
    return exists().where(table.c.person_id == person)


# By name: the table, and which of its rows are too old at the moment `before`.
_RULES: Mapping[str, tuple[Table, ColumnElement[bool]]] = MappingProxyType(
    {
        "contact requests": (CONTACT_REQUEST, CONTACT_REQUEST.c.raised_at < _BEFORE),
        "call requests": (CALL_REQUEST, CALL_REQUEST.c.asked_at < _BEFORE),
        "closed cases": (CASE, CASE.c.closed_at < _BEFORE),
        "tier rows": (TIER_NOTE, TIER_NOTE.c.at < _BEFORE),
        "access log": (ACCESS_LOG, ACCESS_LOG.c.at < _BEFORE),
        "updates set aside": (
            UPDATE_SEEN,
            and_(
                UPDATE_SEEN.c.state == UpdateState.ASIDE.value, UPDATE_SEEN.c.received_at < _BEFORE
            ),
        ),
        "update ids": (
            UPDATE_SEEN,
            and_(
                UPDATE_SEEN.c.state != UpdateState.ASIDE.value, UPDATE_SEEN.c.received_at < _BEFORE
            ),
        ),
        "emptied replies": (REPLY, and_(REPLY.c.state != "unsent", REPLY.c.created_at < _BEFORE)),
        "settled due rows": (DUE, and_(DUE.c.state.in_(_SETTLED), DUE.c.due_at < _BEFORE)),
        "unused invitations": (
            INVITATION,
            and_(INVITATION.c.used_at.is_(None), INVITATION.c.expires_at < _BEFORE),
        ),
        # Whoever opened the chat and never agreed: no act since, no open alarm, in no case.
        "unfinished visitors": (
            PERSON,
            and_(
                ~PERSON.c.agreed,
                PERSON.c.erased_at.is_(None),
                func.coalesce(PERSON.c.heard_at, PERSON.c.created_at) < _BEFORE,
                or_(
                    PERSON.c.alarm_level == Level.GREEN.value,
                    func.coalesce(PERSON.c.alarm_heard_at, PERSON.c.created_at) < _BEFORE,
                ),
                ~_of(PERSON.c.id, MEMBER),
                ~_of(PERSON.c.id, STAFF),
            ),
        ),
        "wrong guesses": (GUESS, GUESS.c.hour < _BEFORE),
        "erasures": (ERASURE, ERASURE.c.at < _BEFORE),
    }
)


def names() -> tuple[str, ...]:
    """Return what there are rules for."""
    return tuple(_RULES)


def forget(unit: Unit, name: str, before: datetime, limit: int) -> int:
    """Delete up to `limit` rows that a rule finds too old; return how many went."""
    table, old = _RULES[name]
    key = list(table.primary_key)
    found = select(*key).where(old).order_by(*key).limit(limit).with_for_update(skip_locked=True)
    gone = delete(table).where(tuple_(*key).in_(found)).returning(key[0])
    return len(unit.connection.execute(gone, {"before": before}).all())
