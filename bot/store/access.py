"""The one door to a case: through one's own membership, in the role the act needs.

Whoever has no such membership gets None, exactly as if the case did not exist (P9).
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, FromClause, bindparam, exists, or_, select

from bot.engine.chat import CONSENT_LASTS, Role, Scope
from bot.store.database import Unit
from bot.store.tables import CASE, CONSENT, MEMBER, STAFF

_ALWAYS = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Held:
    """An open case, locked until the unit ends, for somebody who may act in it.

    `agreed` says that a partner accepted the agreement on responsible use.
    """

    id: str
    practice: str
    confirmed: bool
    agreed: bool


def still_staff(member: FromClause) -> ColumnElement[bool]:
    """Whether a membership counts: a therapist's ends when they leave the practice."""
    works = exists().where(
        STAFF.c.person_id == member.c.person_id, STAFF.c.practice_id == member.c.practice_id
    )
    return or_(member.c.role != Role.THERAPIST, works)


# The weaker lock orders what is done in a case and lets rows elsewhere go on referring to it.
_HELD = (
    select(CASE.c.id, CASE.c.practice_id, CASE.c.confirmed_at, MEMBER.c.agreed_at)
    .join(MEMBER, MEMBER.c.case_id == CASE.c.id)
    .where(
        CASE.c.id == bindparam("case"),
        CASE.c.closed_at.is_(None),
        MEMBER.c.person_id == bindparam("person"),
        MEMBER.c.role == bindparam("role"),
        still_staff(MEMBER),
    )
    .with_for_update(of=CASE, key_share=True)
)
_SCOPES = select(CONSENT.c.scope).where(
    CONSENT.c.case_id == bindparam("case"),
    CONSENT.c.revoked_at.is_(None),
    CONSENT.c.given_at > bindparam("since"),
)


def held(unit: Unit, case: str, person: str, role: Role) -> Held | None:
    """Return the open case if `person` has `role` in it, and lock it; otherwise None."""
    asked = {"case": case, "person": person, "role": role}
    row = unit.connection.execute(_HELD, asked).one_or_none()
    return row and Held(
        row.id, row.practice_id, row.confirmed_at is not None, row.agreed_at is not None
    )


def oldest(at: datetime | None) -> datetime:
    """Return the moment after which a consent must have been given to hold at `at`.

    Without a moment nothing has run out: for tools, never for what a person is shown.
    """
    return at - CONSENT_LASTS if at else _ALWAYS


def consented(unit: Unit, case: str, at: datetime | None = None) -> frozenset[Scope]:
    """Return the scopes consented to in a case, not revoked and not run out at `at`."""
    asked = {"case": case, "since": oldest(at)}
    return frozenset(Scope(s) for s in unit.connection.scalars(_SCOPES, asked))
