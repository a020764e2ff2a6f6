"""Key rotation: what older keys wrapped is wrapped by the first, a batch at a time.

A batch is one transaction, and what it finds is what is left: killed in the middle it goes on
where it was. A row that changed meanwhile is left for the next round.
"""

from collections import Counter

from sqlalchemy import bindparam, func, select, update

from bot.store.database import Unit
from bot.store.encryption import wrapped_by
from bot.store.tables import PERSON, SECRET


def people(unit: Unit, limit: int) -> int:
    """Wrap the data keys of up to `limit` people anew; return how many were left to look at."""
    mark = unit.keyring.mark
    old = select(PERSON.c.id, PERSON.c.data_key).where(
        func.substr(PERSON.c.data_key, 1, len(mark)) != mark
    )
    rows = unit.connection.execute(old.order_by(PERSON.c.id).limit(limit)).all()
    for row in rows:
        wrapped = unit.keyring.wrap(unit.keyring.unwrap(row.data_key, row.id), row.id)
        # Whoever was erased meanwhile has another key, which is not overwritten.
        changed = {"who": row.id, "was": row.data_key, "wrapped": wrapped}
        unit.connection.execute(_PERSON, changed)
    return len(rows)


def secrets(unit: Unit) -> int:
    """Wrap the service's own secrets anew; return how many there were to wrap."""
    done = 0
    for row in unit.connection.execute(select(SECRET)).all():
        if not row.wrapped.startswith(unit.keyring.mark):
            about = f"secret {row.name}"
            wrapped = unit.keyring.wrap(unit.keyring.unwrap(row.wrapped, about), about)
            changed = {"which": row.name, "was": row.wrapped, "wrapped": wrapped}
            unit.connection.execute(_SECRET, changed)
            done += 1
    return done


def in_use(unit: Unit) -> Counter[str]:
    """Return how many values each key wraps."""
    counted: Counter[str] = Counter()
    for column in (PERSON.c.data_key, SECRET.c.wrapped):
        rows = unit.connection.execution_options(yield_per=1000).scalars(select(column))
        counted.update(map(wrapped_by, rows))
    return counted


_PERSON = (
    update(PERSON)
    .where(PERSON.c.id == bindparam("who"), PERSON.c.data_key == bindparam("was"))
    .values(data_key=bindparam("wrapped"))
)
_SECRET = (
    update(SECRET)
    .where(SECRET.c.name == bindparam("which"), SECRET.c.wrapped == bindparam("was"))
    .values(wrapped=bindparam("wrapped"))
)
