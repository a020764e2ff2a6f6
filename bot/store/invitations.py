"""Invitations: a secret to be presented once. Only its keyed hash is stored.

Wrong, used, expired, replaced, taken or of a closed case: one identical answer.
"""

import secrets
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    delete,
    exists,
    or_,
    select,
    update,
)

from bot.engine.chat import Role
from bot.engine.events import Invitation
from bot.store import access
from bot.store.database import Unit
from bot.store.tables import CASE, INVITATION, MEMBER, STAFF

JOINING = (Role.PARTNER, Role.PATIENT)


def add_invitation(unit: Unit, practice: str, secret: str, *, expires_at: datetime) -> bool:
    """Let the bearer of `secret` register as a therapist of a practice: the operator's act."""
    return _add(unit, secret, Role.THERAPIST, practice, None, expires_at)


def renew_invitation(
    unit: Unit, therapist: str, case_id: str, role: Role, secret: str, *, expires_at: datetime
) -> bool:
    """Replace the unused invitation of a role in a case; False if there is nobody to invite."""
    held = access.held(unit, case_id, therapist, Role.THERAPIST)
    if held is None or role not in JOINING or unit.connection.scalar(_SEATED, _seat(case_id, role)):
        return False
    if unit.connection.scalar(_SAME, {"secret": unit.secrets.invitation(secret)}):
        return False
    unit.connection.execute(_REPLACED, _seat(case_id, role))
    return _add(unit, secret, role, held.practice, case_id, expires_at)


def withdraw_invitation(unit: Unit, therapist: str, case_id: str, role: Role) -> bool:
    """Take back the unused invitation of a role in a case; return whether there was one."""
    if access.held(unit, case_id, therapist, Role.THERAPIST) is None:
        return False
    taken = _REPLACED.returning(INVITATION.c.id)
    return bool(unit.connection.scalars(taken, _seat(case_id, role)).all())


def find_invitation(unit: Unit, secret: str, person: str, at: datetime) -> Invitation | None:
    """Return what a secret stands for, for this person now; None if there is no secret at all.

    `refused` is "same_case" for somebody who is in there already, else "unknown".
    """
    if not secret:
        return None
    asked = {"secret": unit.secrets.invitation(secret), "person": person, "now": at}
    row = unit.connection.execute(_FOUND, asked).one_or_none()
    if row is None or not (row.valid or row.used_by == person):
        return Invitation(refused="unknown")
    if row.inside:
        return Invitation(refused="same_case")
    if not row.valid:
        return Invitation(refused="unknown")
    # The number is for patient and therapist to compare; a partner never learns it.
    number = row.number if row.role == Role.PATIENT else ""
    return Invitation(row.id, Role(row.role), row.case_id or "", row.practice_id, number)


def join_case(unit: Unit, invitation: str, person: str, at: datetime) -> bool:
    """Use an invitation: `person` becomes the partner or the patient of its case.

    False if it cannot be used any more, or the person is in the case already (P2).
    """
    row = unit.connection.execute(_USABLE, {"id": invitation, "now": at}).one_or_none()
    if row is None or row.case_id is None:
        return False
    joined = (
        unit.insert(MEMBER)
        .values(
            case_id=row.case_id,
            person_id=person,
            practice_id=row.practice_id,
            role=row.role,
            joined_at=at,
        )
        .on_conflict_do_nothing()
        .returning(MEMBER.c.case_id)
    )
    if unit.connection.scalar(joined) is None:
        return False
    unit.connection.execute(_USED, {"invitation": invitation, "person": person, "now": at})
    return True


def register_therapist(unit: Unit, invitation: str, person: str, at: datetime) -> bool:
    """Use the operator's invitation: `person` works for its practice from now on."""
    row = unit.connection.execute(_USABLE, {"id": invitation, "now": at}).one_or_none()
    if row is None or row.case_id is not None:
        return False
    registered = (
        unit.insert(STAFF)
        .values(person_id=person, practice_id=row.practice_id, joined_at=at)
        .on_conflict_do_nothing()
        .returning(STAFF.c.person_id)
    )
    if unit.connection.scalar(registered) is None:
        return False
    unit.connection.execute(_USED, {"invitation": invitation, "person": person, "now": at})
    return True


def _add(
    unit: Unit,
    secret: str,
    role: Role,
    practice: str,
    case_id: str | None,
    expires_at: datetime,
) -> bool:
    added = (
        unit.insert(INVITATION)
        .values(
            id=secrets.token_urlsafe(12),
            secret_hash=unit.secrets.invitation(secret),
            role=role,
            practice_id=practice,
            case_id=case_id,
            expires_at=expires_at,
        )
        .on_conflict_do_nothing(index_elements=[INVITATION.c.secret_hash])
        .returning(INVITATION.c.id)
    )
    return unit.connection.scalar(added) is not None


def _seat(case_id: str, role: Role) -> dict[str, str]:
    return {"case": case_id, "role": role}


def _usable() -> ColumnElement[bool]:
    """An invitation that can be used now: unused, in time, its case open, its seat free."""
    seated = exists().where(
        MEMBER.c.case_id == INVITATION.c.case_id, MEMBER.c.role == INVITATION.c.role
    )
    open_case = (
        exists()
        .where(CASE.c.id == INVITATION.c.case_id, CASE.c.closed_at.is_(None))
        .correlate(INVITATION)
    )
    return and_(
        INVITATION.c.used_at.is_(None),
        INVITATION.c.expires_at > bindparam("now"),
        or_(INVITATION.c.case_id.is_(None), and_(open_case, ~seated)),
    )


_INSIDE = case(
    (
        INVITATION.c.case_id.is_(None),
        exists().where(
            STAFF.c.person_id == bindparam("person"),
            STAFF.c.practice_id == INVITATION.c.practice_id,
        ),
    ),
    else_=exists().where(
        MEMBER.c.person_id == bindparam("person"), MEMBER.c.case_id == INVITATION.c.case_id
    ),
)
_FOUND = (
    select(
        INVITATION.c.id,
        INVITATION.c.role,
        INVITATION.c.case_id,
        INVITATION.c.practice_id,
        INVITATION.c.used_by,
        CASE.c.number,
        _usable().label("valid"),
        _INSIDE.label("inside"),
    )
    .outerjoin(CASE, CASE.c.id == INVITATION.c.case_id)
    .where(INVITATION.c.secret_hash == bindparam("secret"))
)
_USABLE = (
    select(INVITATION.c.id, INVITATION.c.role, INVITATION.c.case_id, INVITATION.c.practice_id)
    .where(INVITATION.c.id == bindparam("id"), _usable())
    .with_for_update(of=INVITATION, key_share=True)
)
_USED = (
    update(INVITATION)
    .where(INVITATION.c.id == bindparam("invitation"))
    .values(used_at=bindparam("now"), used_by=bindparam("person"))
)
_SAME = select(exists().where(INVITATION.c.secret_hash == bindparam("secret")))
_SEATED = select(
    exists().where(MEMBER.c.case_id == bindparam("case"), MEMBER.c.role == bindparam("role"))
)
_REPLACED = delete(INVITATION).where(
    INVITATION.c.case_id == bindparam("case"),
    INVITATION.c.role == bindparam("role"),
    INVITATION.c.used_at.is_(None),
)
