"""Send slots over all workers: what is pushed goes out evenly, however many processes push.

One row holds until when slots are given out. Who wants to send takes several at once, so that
the row is written twice a second and not twenty times. The time is the database server's own:
the only clock all workers share. On SQLite one process sends, and counts by itself.
"""

from datetime import timedelta

from sqlalchemy import DateTime, case, func

from bot.store.database import Unit
from bot.store.tables import SEND_SLOT

# Further ahead than many workers ever are: the server's clock was set back.
_FURTHEST = timedelta(minutes=1)


def take(unit: Unit, name: str, many: int, apart: timedelta) -> float:
    """Take so many slots in a row; return in how many seconds the first one comes.

    Commit at once: whoever takes some meanwhile waits. PostgreSQL only.
    """
    now = func.clock_timestamp(type_=DateTime(timezone=True))
    length = many * apart
    begins = case(
        (SEND_SLOT.c.next_at > now + _FURTHEST, now),
        else_=func.greatest(SEND_SLOT.c.next_at, now, type_=DateTime(timezone=True)),
    )
    taken = (
        unit.insert(SEND_SLOT)
        .values(name=name, next_at=now + length)
        .on_conflict_do_update(index_elements=[SEND_SLOT.c.name], set_={"next_at": begins + length})
        .returning(func.extract("epoch", SEND_SLOT.c.next_at - now) - length.total_seconds())
    )
    return max(0.0, float(unit.connection.execute(taken).scalar_one()))
