"""Contact requests: raised by the partner under the patient's consent, answered by a tap."""

from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.engine.chat import Role, Scope
from bot.store import access
from bot.store.database import Unit
from bot.store.tables import CONTACT_REQUEST, MEMBER


def raise_request(unit: Unit, partner: str, case: str, request: str, at: datetime) -> bool:
    """Raise a request; False without the key it needs, or if it was raised before (P2, P8)."""
    held = access.held(unit, case, partner, Role.PARTNER)
    if held is None or not (held.confirmed and held.agreed):
        return False
    if Scope.CONTACT not in access.consented(unit, case, at):
        return False
    raised = (
        unit.insert(CONTACT_REQUEST)
        .values(
            case_id=case, id=request, practice_id=held.practice, person_id=partner, raised_at=at
        )
        .on_conflict_do_nothing()
        .returning(CONTACT_REQUEST.c.id)
    )
    return unit.connection.scalar(raised) is not None


def unread(unit: Unit, case: str) -> tuple[str, ...]:
    """Return the requests of a case that nobody has read, the oldest first."""
    return tuple(unit.connection.scalars(_UNREAD, {"case": case}))


def mark_seen(unit: Unit, therapist: str, request: str, at: datetime) -> bool:
    """Note that the therapist has read a request, the first time only."""
    case = _case_of(unit, therapist, request, at)
    if case is None:
        return False
    seen = {"case": case, "request": request, "now": at}
    return unit.connection.scalar(_SEEN, seen) is not None


def acknowledge(unit: Unit, therapist: str, request: str, action: str, at: datetime) -> bool:
    """Note what will be done about a request, once; it counts as read from then."""
    case = _case_of(unit, therapist, request, at)
    if case is None:
        return False
    unit.connection.execute(_SEEN, {"case": case, "request": request, "now": at})
    answered = {"case": case, "request": request, "taken": action}
    return unit.connection.scalar(_ANSWERED, answered) is not None


def close_request(unit: Unit, therapist: str, request: str, at: datetime) -> bool:
    """Close an answered request, once: what was said is done."""
    case = _case_of(unit, therapist, request, at)
    if case is None:
        return False
    closed = {"case": case, "request": request, "now": at}
    return unit.connection.scalar(_CLOSED, closed) is not None


def _case_of(unit: Unit, therapist: str, request: str, at: datetime) -> str | None:
    """The case of a request this therapist may read now: open, and consented to."""
    asked = {"person": therapist, "request": request}
    for case in unit.connection.scalars(_CASES, asked).all():
        held = access.held(unit, case, therapist, Role.THERAPIST)
        if held and Scope.CONTACT in access.consented(unit, case, at):
            return held.id
    return None


_CASES = (
    select(CONTACT_REQUEST.c.case_id)
    .join(MEMBER, MEMBER.c.case_id == CONTACT_REQUEST.c.case_id)
    .where(CONTACT_REQUEST.c.id == bindparam("request"), MEMBER.c.person_id == bindparam("person"))
)
_UNREAD = (
    select(CONTACT_REQUEST.c.id)
    .where(CONTACT_REQUEST.c.case_id == bindparam("case"), CONTACT_REQUEST.c.seen_at.is_(None))
    .order_by(CONTACT_REQUEST.c.raised_at, CONTACT_REQUEST.c.id)
)
_THIS = update(CONTACT_REQUEST).where(
    CONTACT_REQUEST.c.case_id == bindparam("case"), CONTACT_REQUEST.c.id == bindparam("request")
)
_SEEN = (
    _THIS.where(CONTACT_REQUEST.c.seen_at.is_(None))
    .values(seen_at=bindparam("now"))
    .returning(CONTACT_REQUEST.c.id)
)
_ANSWERED = (
    _THIS.where(CONTACT_REQUEST.c.action.is_(None))
    .values(action=bindparam("taken"))
    .returning(CONTACT_REQUEST.c.id)
)
_CLOSED = (
    _THIS.where(CONTACT_REQUEST.c.action.is_not(None), CONTACT_REQUEST.c.closed_at.is_(None))
    .values(closed_at=bindparam("now"))
    .returning(CONTACT_REQUEST.c.id)
)
