"""Key rotation while the bot runs with both keys: the new one is first in the list."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.services.parts import nobody
from bot.store import rewrapping
from bot.store.database import Database

BATCH = 200


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many values were wrapped anew; the keys that wrap nothing any more, and those that do."""

    wrapped: int
    free: tuple[str, ...]
    in_use: tuple[str, ...]


def rotate(
    database: Database, after_batch: Callable[[], None] = nobody, batch: int = BATCH
) -> Rotated:
    """Wrap everything with the first key of the list; the same again changes nothing.

    People first and the service's own secrets last: while one of these is wrapped by an older
    key, a rotation that was killed is not done.

    Raises:
        WrongKeys: the list lacks a key that something was wrapped with.
    """
    done = 0
    while True:
        with database.unit() as unit:
            found = rewrapping.people(unit, batch)
        done += found
        after_batch()
        if not found:
            break
    with database.unit() as unit:
        done += rewrapping.secrets(unit)
    with database.reading() as unit:
        used = rewrapping.in_use(unit)
    names = database.keyring.names
    free = tuple(name for name in names[1:] if not used[name])
    return Rotated(done, free, tuple(name for name in used if name != names[0]))
