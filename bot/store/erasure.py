"""Erasing a person: rows, places in cases, data key; then the blank row that stays for a while."""

import os
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, exists, or_, select, update

from bot.engine.chat import Chat, Preferences
from bot.safety.alarm import GREEN, RED_RESTS_AFTER, Alarm, Level
from bot.store import cases, chats
from bot.store.database import Unit
from bot.store.encryption import KEY_BYTES
from bot.store.tables import (
    ACCESS_LOG,
    CALL_REQUEST,
    CONTACT_REQUEST,
    DUE,
    ERASURE,
    FAVOURITE,
    GOAL,
    GOAL_ANSWER,
    INVITATION,
    PERSON,
    PROGRESS,
    REPLY,
    SIGN,
    STAFF,
    TIER_NOTE,
    UPDATE_SEEN,
)

# Everything that is a person's own, in an order that leaves nothing without its owner.
# Memberships are not in it: leaving a case has consequences.
_OWNED = (
    GOAL_ANSWER,
    GOAL,
    FAVOURITE,
    SIGN,
    PROGRESS,
    CONTACT_REQUEST,
    CALL_REQUEST,
    DUE,
    REPLY,
    TIER_NOTE,
    ACCESS_LOG,
    UPDATE_SEEN,
    STAFF,
)


def erase(unit: Unit, person: str, at: datetime) -> None:
    """Erase a person: every row of theirs, their place in every case, and their data key.

    The id stays for a while as a blank row: keyed hash, language, a closed alarm, and the
    address for the last replies, which are put after this. `forget_blank` takes it away.
    Raises LookupError for nobody.
    """
    row = unit.connection.execute(_LOCKED, {"person": person}).one_or_none()
    if row is None:
        raise LookupError("No such person")
    to = row.address and unit.unlock(person, row.data_key).open("person", "address", row.address)
    # Said first, so that a backup made before is not the end of it (restore).
    told = {"person_hash": unit.secrets.erased(person), "at": at}
    unit.connection.execute(unit.insert(ERASURE).values(told).on_conflict_do_nothing())
    cases.leave_all(unit, person, at)
    for table in _OWNED:
        unit.connection.execute(delete(table).where(table.c.person_id == person))
    unit.connection.execute(_UNUSED, {"who": person})
    alarm = chats.alarm(row)
    kept = Alarm(alarm.level, alarm.trigger, heard_at=alarm.heard_at) if alarm.closed else GREEN
    wrapped = unit.keyring.wrap(os.urandom(KEY_BYTES), person)
    vault = unit.unlock(person, wrapped)
    blank = {
        **chats.columns(Chat(person, alarm=kept, preferences=Preferences(lang=row.lang))),
        "data_key": wrapped,
        "address": to and vault.seal("person", "address", to),
        "erased_at": at,
        "created_at": at,
    }
    unit.connection.execute(_CHANGED, {"who": person, **blank})


def forget_blank(unit: Unit, at: datetime) -> int:
    """Take away what an erasure left: the address once all is said, the row once all is calm.

    Nothing outlives 72 hours. Returns how many rows went.
    """
    unit.connection.execute(_SILENT)
    gone = unit.connection.execute(_BLANK, {"past": at - RED_RESTS_AFTER})
    return len(gone.all())


_LOCKED = select(PERSON).where(PERSON.c.id == bindparam("person")).with_for_update(key_share=True)
_CHANGED = update(PERSON).where(PERSON.c.id == bindparam("who"))
_UNUSED = update(INVITATION).where(INVITATION.c.used_by == bindparam("who")).values(used_by=None)
_UNSAID = exists().where(REPLY.c.person_id == PERSON.c.id, REPLY.c.state == "unsent")
_SILENT = (
    update(PERSON)
    .where(PERSON.c.erased_at.is_not(None), PERSON.c.address.is_not(None), ~_UNSAID)
    .values(address=None)
)
_CALM = or_(PERSON.c.alarm_level == Level.GREEN.value, PERSON.c.alarm_heard_at <= bindparam("past"))
_BLANK = (
    delete(PERSON)
    .where(
        PERSON.c.erased_at.is_not(None),
        or_(PERSON.c.erased_at <= bindparam("past"), and_(~_UNSAID, _CALM)),
    )
    .returning(PERSON.c.id)
)
