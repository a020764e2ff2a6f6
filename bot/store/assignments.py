"""What a therapist suggests to read in a case, in their order; taken back, it leaves no trace.

Nothing about whether or when it was read is here: that is the partner's own (progress.py).
"""

from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from bot.engine.chat import Role
from bot.store import access
from bot.store.database import Unit
from bot.store.tables import ASSIGNMENT


def assign(unit: Unit, therapist: str, case: str, module: str, at: datetime) -> bool:
    """Suggest a module to the partner, after those suggested before."""
    held = access.held(unit, case, therapist, Role.THERAPIST)
    if held is None:
        return False
    last = unit.connection.scalar(_LAST, {"case": case})
    place = {"position": (last or 0) + 1, "assigned_at": at}
    assigned = (
        unit.insert(ASSIGNMENT)
        .values(case_id=case, module=module, practice_id=held.practice, **place)
        .on_conflict_do_update(
            index_elements=list(ASSIGNMENT.primary_key),
            set_={**place, "withdrawn_at": None},
            where=ASSIGNMENT.c.withdrawn_at.is_not(None),
        )
        .returning(ASSIGNMENT.c.module)
    )
    return unit.connection.scalar(assigned) is not None


def withdraw(unit: Unit, therapist: str, case: str, module: str, at: datetime) -> bool:
    """Take a suggested module back."""
    if access.held(unit, case, therapist, Role.THERAPIST) is None:
        return False
    taken = {"which": case, "what": module, "now": at}
    return unit.connection.scalar(_WITHDRAWN, taken) is not None


def move(unit: Unit, therapist: str, case: str, module: str, *, earlier: bool) -> bool:
    """Let a suggested module change places with the one before it, or after it."""
    if access.held(unit, case, therapist, Role.THERAPIST) is None:
        return False
    order = unit.connection.execute(_ORDER, {"case": case}).all()
    here = next((i for i, row in enumerate(order) if row.module == module), None)
    if here is None:
        return False
    there = here - 1 if earlier else here + 1
    if not 0 <= there < len(order):
        return False
    for one, other in ((order[here], order[there]), (order[there], order[here])):
        place = {"which": case, "what": one.module, "place": other.position}
        unit.connection.execute(_PLACED, place)
    return True


_SUGGESTED = ASSIGNMENT.c.withdrawn_at.is_(None)
_LAST = select(func.max(ASSIGNMENT.c.position)).where(ASSIGNMENT.c.case_id == bindparam("case"))
_ORDER = (
    select(ASSIGNMENT.c.module, ASSIGNMENT.c.position)
    .where(ASSIGNMENT.c.case_id == bindparam("case"), _SUGGESTED)
    .order_by(ASSIGNMENT.c.position)
)
_THIS = update(ASSIGNMENT).where(
    ASSIGNMENT.c.case_id == bindparam("which"),
    ASSIGNMENT.c.module == bindparam("what"),
    _SUGGESTED,
)
_WITHDRAWN = _THIS.values(withdrawn_at=bindparam("now")).returning(ASSIGNMENT.c.module)
_PLACED = _THIS.values(position=bindparam("place"))
