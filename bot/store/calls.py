"""A patient's wish to be called: for whoever leads the therapy, and never for the partner.

It needs no consent, for nothing about anybody goes with it; there is no place for a text.
"""

from datetime import datetime

from sqlalchemy import bindparam, update

from bot.engine.chat import Role
from bot.store import access
from bot.store.database import Unit
from bot.store.tables import CALL_REQUEST


def ask(unit: Unit, patient: str, case: str, at: datetime) -> bool:
    """Ask to be called; False while an earlier wish still waits."""
    held = access.held(unit, case, patient, Role.PATIENT)
    if held is None:
        return False
    row = {"person_id": patient, "asked_at": at, "seen_at": None, "closed_at": None}
    asked = (
        unit.insert(CALL_REQUEST)
        .values(case_id=case, practice_id=held.practice, **row)
        .on_conflict_do_update(
            index_elements=list(CALL_REQUEST.primary_key),
            set_=row,
            where=CALL_REQUEST.c.closed_at.is_not(None),
        )
        .returning(CALL_REQUEST.c.case_id)
    )
    return unit.connection.scalar(asked) is not None


def mark_seen(unit: Unit, therapist: str, case: str, at: datetime) -> bool:
    """Note that the therapist has read the wish, the first time only."""
    if access.held(unit, case, therapist, Role.THERAPIST) is None:
        return False
    return unit.connection.scalar(_SEEN, {"in": case, "now": at}) is not None


def close(unit: Unit, therapist: str, case: str, at: datetime) -> bool:
    """Note, once, that the therapist takes it from here; it counts as read from then."""
    if access.held(unit, case, therapist, Role.THERAPIST) is None:
        return False
    unit.connection.execute(_SEEN, {"in": case, "now": at})
    return unit.connection.scalar(_CLOSED, {"in": case, "now": at}) is not None


_THIS = update(CALL_REQUEST).where(CALL_REQUEST.c.case_id == bindparam("in"))
_SEEN = (
    _THIS.where(CALL_REQUEST.c.seen_at.is_(None))
    .values(seen_at=bindparam("now"))
    .returning(CALL_REQUEST.c.case_id)
)
_CLOSED = (
    _THIS.where(CALL_REQUEST.c.closed_at.is_(None))
    .values(closed_at=bindparam("now"))
    .returning(CALL_REQUEST.c.case_id)
)
