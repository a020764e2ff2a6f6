"""The phrases a person keeps (M02): entries of the bank by slug, own words sealed with their key.

They belong to the person, on every track and whatever becomes of a case; nobody else sees them.
"""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from bot.engine.chat import Favourite
from bot.store.database import Unit
from bot.store.tables import FAVOURITE

MOST = 30
SHOWN_IN = frozenset({"coach", "phrases"})
"""The flows that show them; elsewhere they are not read."""


def keep(unit: Unit, person: str, favourite: Favourite, at: datetime) -> bool:
    """Keep a phrase; False when there are 30 already, or when this one is kept already."""
    kept = unit.connection.scalar(_COUNTED, {"person": person}) or 0
    same = {"person": person, "slug": favourite.slug}
    if kept >= MOST or (favourite.slug and unit.connection.scalar(_SAME, same)):
        return False
    words = favourite.words
    sealed = unit.vault(person).seal("favourite", "words", words) if words else None
    added = (
        unit.insert(FAVOURITE)
        .values(person_id=person, id=favourite.id, slug=favourite.slug, words=sealed, kept_at=at)
        .on_conflict_do_nothing()
        .returning(FAVOURITE.c.id)
    )
    return unit.connection.scalar(added) is not None


def drop(unit: Unit, person: str, favourite: str) -> bool:
    """Take a phrase off; False when it is not there."""
    gone = unit.connection.scalar(_DROPPED, {"person": person, "which": favourite})
    return gone is not None


def of_person(unit: Unit, person: str) -> tuple[Favourite, ...]:
    """Return what a person keeps, the oldest first."""
    rows = unit.connection.execute(_KEPT, {"person": person}).all()
    if not rows:
        return ()
    vault = unit.vault(person)
    return tuple(
        Favourite(
            row.id, row.slug, vault.open("favourite", "words", row.words) if row.words else None
        )
        for row in rows
    )


_MINE = FAVOURITE.c.person_id == bindparam("person")
_COUNTED = select(func.count()).select_from(FAVOURITE).where(_MINE)
_SAME = select(FAVOURITE.c.id).where(_MINE, FAVOURITE.c.slug == bindparam("slug"))
_DROPPED = (
    delete(FAVOURITE).where(_MINE, FAVOURITE.c.id == bindparam("which")).returning(FAVOURITE.c.id)
)
_KEPT = select(FAVOURITE).where(_MINE).order_by(FAVOURITE.c.kept_at, FAVOURITE.c.id)
