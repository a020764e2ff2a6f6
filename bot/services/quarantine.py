"""Updates that were set aside: the operator lists them, has them turned again, or drops them.

What is shown is when, how often and which kind of error: never what somebody wrote.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.services import converse
from bot.services.heard import Heard
from bot.services.parts import Parts
from bot.store import updates
from bot.store.database import Database


class NoSuchUpdate(LookupError):
    """Nothing is set aside under this id."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An update that waits in the quarantine."""

    update_id: int
    received_at: datetime
    tries: int
    error: str


def listed(database: Database) -> tuple[Kept, ...]:
    """Return what is set aside, the oldest first."""
    with database.reading() as unit:
        return tuple(
            Kept(one.update_id, one.received_at, one.failures, one.error)
            for one in updates.aside(unit)
        )


def retry(
    parts: Parts,
    update_id: int,
    heard_in: Callable[[str], Heard | None],
    at: datetime,
    seed: bytes,
) -> bool:
    """Turn an update once more; return False if there is nothing in it to answer.

    Its reply waits for the running bot, which sends it within a minute. If the turn fails again
    the update stays where it is: the error is raised.

    Args:
        parts: what the services work with.
        update_id: one of `listed`.
        heard_in: what of an update (JSON) concerns the dialogue.
        at: now.
        seed: chance.

    Raises:
        NoSuchUpdate: it is not there, or not any more.
    """
    with parts.database.reading() as unit:
        kept = {one.update_id: one for one in updates.aside(unit)}
    if update_id not in kept:
        raise NoSuchUpdate(f"quarantine: there is no {update_id}; list shows what there is")
    heard = heard_in(kept[update_id].payload)
    if heard is None:
        return False
    reading = converse.read(parts, heard, at)
    with parts.database.unit() as unit:
        if not (updates.retry(unit, update_id) and updates.take(unit, update_id, at)):
            raise NoSuchUpdate(f"quarantine: {update_id} is there no more")
        converse.turn_heard(parts, unit, heard, reading, at, seed)
    return True


def drop(database: Database, update_id: int) -> None:
    """Give up on an update; raise NoSuchUpdate if it is not there."""
    with database.unit() as unit:
        if not updates.drop(unit, update_id):
            raise NoSuchUpdate(f"quarantine: there is no {update_id}; list shows what there is")
