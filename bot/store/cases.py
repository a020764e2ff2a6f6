"""Everything that is done in a case, each by whoever may do it.

Every function takes the person who acts. Nothing happens, and False comes back, when the act is
not theirs, the case is not theirs, or the same was done before: the three look alike (P2, P9).
"""

from datetime import datetime

from sqlalchemy import bindparam, delete, literal, select, update

from bot.engine.chat import STYLES, Role
from bot.store import access, dues
from bot.store.assignments import assign, move, withdraw
from bot.store.consents import (
    forget_sealed,
    give_consent,
    on_paper,
    revoke_consent,
    revoke_everything,
)
from bot.store.database import Unit
from bot.store.endings import close, leave, note_looked, note_told
from bot.store.invitations import (
    JOINING,
    add_invitation,
    find_invitation,
    join_case,
    register_therapist,
    renew_invitation,
    withdraw_invitation,
)
from bot.store.requests import acknowledge, close_request, mark_seen, raise_request
from bot.store.tables import CASE, MEMBER, PRACTICE, STAFF

__all__ = [
    "acknowledge",
    "add_invitation",
    "add_practice",
    "assign",
    "close",
    "close_request",
    "confirm",
    "find_invitation",
    "forget_sealed",
    "give_consent",
    "join_case",
    "leave",
    "leave_all",
    "mark_seen",
    "member_of",
    "move",
    "note_looked",
    "note_told",
    "open_case",
    "raise_request",
    "register_therapist",
    "renew_invitation",
    "revoke_consent",
    "set_style",
    "withdraw",
    "withdraw_invitation",
]


def add_practice(unit: Unit, practice: str, at: datetime) -> bool:
    """Add a practice: the operator's act."""
    added = (
        unit.insert(PRACTICE)
        .values(id=practice, created_at=at)
        .on_conflict_do_nothing()
        .returning(PRACTICE.c.id)
    )
    return unit.connection.scalar(added) is not None


def open_case(
    unit: Unit,
    therapist: str,
    case: str,
    *,
    label: str,
    number: str,
    link: str,
    code: str,
    at: datetime,
    expires_at: datetime,
) -> bool:
    """Open a case in the therapist's practice, with the partner's link and the patient's code."""
    practice = unit.connection.scalar(_PRACTICE, {"person": therapist})
    if practice is None:
        return False
    opened = (
        unit.insert(CASE)
        .values(id=case, practice_id=practice, number=number, opened_at=at)
        .on_conflict_do_nothing()
        .returning(CASE.c.id)
    )
    if unit.connection.scalar(opened) is None:
        return False
    unit.connection.execute(
        MEMBER.insert(),
        {
            "case_id": case,
            "person_id": therapist,
            "practice_id": practice,
            "role": Role.THERAPIST,
            "joined_at": at,
            "label": unit.vault(therapist).seal("member", "label", label),
        },
    )
    renew_invitation(unit, therapist, case, Role.PARTNER, link, expires_at=expires_at)
    renew_invitation(unit, therapist, case, Role.PATIENT, code, expires_at=expires_at)
    return True


def confirm(unit: Unit, therapist: str, case: str, at: datetime) -> bool:
    """Confirm that the right people are in a case; False before both have joined.

    A patient who consented on paper needs no account here.
    """
    held = access.held(unit, case, therapist, Role.THERAPIST)
    if held is None or held.confirmed:
        return False
    joined = unit.connection.scalars(_JOINED, {"case": case}).all()
    if Role.PARTNER not in joined or not (Role.PATIENT in joined or on_paper(unit, case, at)):
        return False
    unit.connection.execute(_CONFIRMED, {"which": case, "now": at})
    return True


def set_style(unit: Unit, therapist: str, case: str, style: str) -> bool:
    """Choose how the bot offers things in a case; an empty style is none."""
    if style not in {"", *STYLES} or access.held(unit, case, therapist, Role.THERAPIST) is None:
        return False
    unit.connection.execute(_STYLED, {"which": case, "how": style or None})
    return True


def member_of(unit: Unit, case: str, role: Role) -> str | None:
    """Return who has a role in a case; of several therapists, the one who opened it."""
    return unit.connection.scalar(_MEMBER, {"case": case, "role": role})


def leave_all(unit: Unit, person: str, at: datetime) -> None:
    """Take a person out of every case.

    Without its partner or its patient a case is no longer confirmed, and the consents given in
    it are revoked: they were given for these two.
    """
    rows = unit.connection.execute(_LEFT, {"person": person}).all()
    for row in sorted(rows):
        if row.role in JOINING:
            revoke_everything(unit, row.case_id, at)
            dues.drop(unit, case=row.case_id)
            unit.connection.execute(_CONFIRMED, {"which": row.case_id, "now": None})


_PRACTICE = (
    select(STAFF.c.practice_id)
    .where(STAFF.c.person_id == bindparam("person"))
    .order_by(STAFF.c.joined_at, STAFF.c.practice_id)
    .limit(literal(1))
)
_JOINED = select(MEMBER.c.role).where(
    MEMBER.c.case_id == bindparam("case"), MEMBER.c.role.in_(JOINING)
)
_THIS = update(CASE).where(CASE.c.id == bindparam("which"))
_CONFIRMED = _THIS.values(confirmed_at=bindparam("now"))
_STYLED = _THIS.values(style=bindparam("how"))
_MEMBER = (
    select(MEMBER.c.person_id)
    .where(
        MEMBER.c.case_id == bindparam("case"),
        MEMBER.c.role == bindparam("role"),
        access.still_staff(MEMBER),
    )
    .order_by(MEMBER.c.joined_at, MEMBER.c.person_id)
    .limit(literal(1))
)
_LEFT = (
    delete(MEMBER)
    .where(MEMBER.c.person_id == bindparam("person"))
    .returning(MEMBER.c.case_id, MEMBER.c.role)
)
