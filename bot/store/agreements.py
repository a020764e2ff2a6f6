"""What partner and patient each settle for themselves: how it may be used, what is left alone."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, update

from bot.engine.chat import Role
from bot.store import access
from bot.store.database import Unit
from bot.store.tables import MEMBER


def agree(unit: Unit, partner: str, case: str, at: datetime) -> bool:
    """Note that a partner agreed on responsible use; nothing of the case opens before."""
    held = access.held(unit, case, partner, Role.PARTNER)
    if held is None or held.agreed:
        return False
    unit.connection.execute(_AGREED, {"in": case, "who": partner, "now": at})
    return True


def disagree(unit: Unit, partner: str, case: str) -> bool:
    """Take the agreement back: what it opened is closed to the partner, nothing is sealed."""
    held = access.held(unit, case, partner, Role.PARTNER)
    if held is None or not held.agreed:
        return False
    unit.connection.execute(_AGREED, {"in": case, "who": partner, "now": None})
    return True


def choose_topics(unit: Unit, patient: str, case: str, topics: Collection[str]) -> bool:
    """Note the topics, by their slugs, that a patient wants left alone from now on."""
    if access.held(unit, case, patient, Role.PATIENT) is None:
        return False
    chosen = {"in": case, "who": patient, "topics": " ".join(sorted(topics)) or None}
    unit.connection.execute(_CHOSEN, chosen)
    return True


_MINE = update(MEMBER).where(
    MEMBER.c.case_id == bindparam("in"), MEMBER.c.person_id == bindparam("who")
)
_AGREED = _MINE.values(agreed_at=bindparam("now"))
_CHOSEN = _MINE.values(never_topics=bindparam("topics"))
