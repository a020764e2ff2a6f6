"""Who looked at a person's data: a row in the transaction of the look, kept for twelve months.

By role, never by name; `on` is the date in the person's zone. When a patient was here is
nobody else's to know, so such a look carries no date.
"""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from bot.engine.chat import Look, Role
from bot.store import access
from bot.store.database import Unit
from bot.store.tables import ACCESS_LOG, MEMBER

SHOWN_IN = "my_data"
MOST_SHOWN = 60


def note(
    unit: Unit, viewer: str, case: str, *, of: Iterable[Role], what: str, at: datetime
) -> None:
    """Note, for those of a case who have one of the roles `of`, that a viewer looked at `what`.

    Nothing is noted for somebody who is not in the case: they saw nothing (P9).
    """
    role = unit.connection.scalar(_ROLE, {"case": case, "person": viewer})
    if role is None:
        return
    asked = {"case": case, "viewer": viewer, "roles": [one.value for one in of]}
    rows = [
        {"person_id": person, "role": role, "what": what, "at": at}
        for person in unit.connection.scalars(_SEEN, asked)
    ]
    if rows:
        unit.connection.execute(ACCESS_LOG.insert(), rows)


def at(unit: Unit, person: str, zone: str) -> tuple[Look, ...]:
    """Return who looked at a person's data: the latest first, then what has no date.

    Among the others its place would tell when it was.
    """
    rows = unit.connection.execute(_LOOKS, {"person": person, "most": MOST_SHOWN})
    here = ZoneInfo(zone)
    found = (
        Look(
            Role(row.role),
            row.what,
            None if row.role == Role.PATIENT else row.at.astimezone(here).date(),
        )
        for row in rows
    )
    return tuple(sorted(dict.fromkeys(found), key=lambda look: look.on is None))


_ROLE = select(MEMBER.c.role).where(
    MEMBER.c.case_id == bindparam("case"),
    MEMBER.c.person_id == bindparam("person"),
    access.still_staff(MEMBER),
)
_SEEN = select(MEMBER.c.person_id).where(
    MEMBER.c.case_id == bindparam("case"),
    MEMBER.c.person_id != bindparam("viewer"),
    MEMBER.c.role.in_(bindparam("roles", expanding=True)),
)
_LOOKS = (
    select(ACCESS_LOG.c.role, ACCESS_LOG.c.what, ACCESS_LOG.c.at)
    .where(ACCESS_LOG.c.person_id == bindparam("person"))
    .order_by(ACCESS_LOG.c.at.desc(), ACCESS_LOG.c.id.desc())
    .limit(bindparam("most"))
)
