"""How a case ends: closed by its therapist for a reason, or because the partner left.

Whatever was to be pushed in it is dropped at once. After a death everything that was to be
pushed to the two goes, and whoever is left is met by one card, once, when they come back.
"""

from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.engine.chat import ENDINGS, LEFT, SURVIVORS, Role
from bot.store import access, dues
from bot.store.database import Unit
from bot.store.tables import CASE, MEMBER


def close(unit: Unit, therapist: str, case: str, at: datetime, ending: str = ENDINGS[0]) -> bool:
    """Close a case for one of the reasons there are; False when it is closed or not theirs."""
    if ending not in ENDINGS or access.held(unit, case, therapist, Role.THERAPIST) is None:
        return False
    _end(unit, case, at, ending)
    return True


def leave(unit: Unit, partner: str, case: str, at: datetime) -> bool:
    """Close a case because its partner leaves it."""
    if access.held(unit, case, partner, Role.PARTNER) is None:
        return False
    _end(unit, case, at, LEFT)
    return True


def note_told(unit: Unit, person: str, case: str, at: datetime) -> bool:
    """Note that somebody bereaved has met the card that waited for them."""
    told = {"which": case, "who": person, "now": at}
    return unit.connection.scalar(_TOLD, told) is not None


def note_looked(unit: Unit, therapist: str, case: str, at: datetime) -> bool:
    """Note that a therapist has looked at a case of theirs, open or closed."""
    looked = {"which": case, "who": therapist, "now": at}
    return unit.connection.scalar(_LOOKED, looked) is not None


def _end(unit: Unit, case: str, at: datetime, ending: str) -> None:
    unit.connection.execute(_CLOSED, {"which": case, "now": at, "reason": ending})
    dues.drop(unit, case=case)
    if ending in SURVIVORS:
        for person in unit.connection.scalars(_BOTH, {"case": case}).all():
            dues.drop(unit, person=person)


_CLOSED = (
    update(CASE)
    .where(CASE.c.id == bindparam("which"))
    .values(closed_at=bindparam("now"), ending=bindparam("reason"))
)
_BOTH = select(MEMBER.c.person_id).where(
    MEMBER.c.case_id == bindparam("case"), MEMBER.c.role != Role.THERAPIST.value
)
_OWN = update(MEMBER).where(
    MEMBER.c.case_id == bindparam("which"), MEMBER.c.person_id == bindparam("who")
)
_TOLD = (
    _OWN.where(MEMBER.c.told_at.is_(None))
    .values(told_at=bindparam("now"))
    .returning(MEMBER.c.case_id)
)
_LOOKED = (
    _OWN.where(MEMBER.c.role == Role.THERAPIST.value, access.still_staff(MEMBER))
    .values(looked_at=bindparam("now"))
    .returning(MEMBER.c.case_id)
)
