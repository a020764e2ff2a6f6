"""Wrong links and codes are counted by the hour: by whom, and of which practice.

Every presented secret makes the same statements, so that neither answer nor time tells whether
it ever existed. The rows are on all workers' common table and live for two hours.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BindParameter, Executable, bindparam, literal, select, union_all

from bot.store.database import Insert, Unit
from bot.store.tables import GUESS, INVITATION

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many wrong ones there were in this hour: of this person, and in the other bucket.

    That is the practice of a secret that was once given out, `known`; else of all practices.
    """

    mine: int
    theirs: int
    known: bool


def count(unit: Unit, person: str, secret: str, at: datetime, *, wrong: bool) -> Counted:
    """Count what a person presented, if it was wrong; return how many there are now."""
    asked = {"secret": unit.secrets.invitation(secret)}
    practice = unit.connection.scalars(_PRACTICE, asked).first() or UNKNOWN
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    mine, theirs = (
        unit.connection.scalar(
            unit.built(_counted), {"bucket": bucket, "hour": hour, "more": int(wrong)}
        )
        or 0
        for bucket in (unit.secrets.guesser(person), unit.secrets.guesser(f"practice {practice}"))
    )
    return Counted(mine, theirs, practice != UNKNOWN)


def _counted(insert: Insert) -> Executable:
    more: BindParameter[int] = bindparam("more")
    statement = insert(GUESS).values(bucket=bindparam("bucket"), hour=bindparam("hour"), wrong=more)
    return statement.on_conflict_do_update(
        index_elements=list(GUESS.primary_key), set_={"wrong": GUESS.c.wrong + more}
    ).returning(GUESS.c.wrong)


# One row more, so that a secret that never was takes as long as one that is.
_PRACTICE = union_all(
    select(INVITATION.c.practice_id).where(INVITATION.c.secret_hash == bindparam("secret")),
    select(literal(UNKNOWN)),
)
