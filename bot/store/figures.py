"""How much waits: three counts for those who look after the service, and about nobody."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, literal_column, select

from bot.store.database import Unit
from bot.store.tables import DUE, REPLY, UPDATE_SEEN


@dataclass(frozen=True, slots=True)
class Figures:
    """How many rows are due and still waiting, replies unsent, updates set aside."""

    due: int
    unsent: int
    aside: int


def figures(unit: Unit, at: datetime) -> Figures:
    """Count what waits at a moment."""
    return Figures(*unit.connection.execute(_COUNTED, {"now": at}).one())


# The states are written out, not bound: only then do the partial indexes hold the answer.
_COUNTED = select(
    select(func.count())
    .select_from(DUE)
    .where(DUE.c.state == literal_column("'waiting'"), DUE.c.due_at <= bindparam("now"))
    .scalar_subquery(),
    select(func.count())
    .select_from(REPLY)
    .where(REPLY.c.state == literal_column("'unsent'"))
    .scalar_subquery(),
    select(func.count())
    .select_from(UPDATE_SEEN)
    .where(UPDATE_SEEN.c.state == literal_column("'aside'"))
    .scalar_subquery(),
)
