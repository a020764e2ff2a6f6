"""What is kept no longer than it must be: one table of what and how long, worked every hour.

The figures are the product's; docs/operating.md shows them, and a test compares the two.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.services.parts import Parts, nobody
from bot.store import cases, forgetting, people

SEALED = "sealed data"
ERASED = "erased accounts"

MONTH = timedelta(days=365) / 12
KEPT_FOR: Mapping[str, timedelta] = MappingProxyType(
    {
        SEALED: timedelta(days=30),
        "contact requests": timedelta(days=90),
        "call requests": timedelta(days=90),
        "closed cases": 6 * MONTH,
        "tier rows": 12 * MONTH,
        "access log": 12 * MONTH,
        "updates set aside": timedelta(days=7),
        "update ids": timedelta(hours=48),
        "emptied replies": timedelta(hours=72),
        "settled due rows": timedelta(days=90),
        "unused invitations": timedelta(0),
        "unfinished visitors": timedelta(days=30),
        "wrong guesses": timedelta(hours=2),
        ERASED: timedelta(hours=72),
        # One day longer than a backup may be old when it is restored.
        "erasures": timedelta(days=31),
    }
)
BATCH = 1_000
BATCHES = 50
"""At most so many batches of one rule in one run; the rest goes in the next."""


def forget_old(
    parts: Parts,
    at: datetime,
    batch: int = BATCH,
    batches: int = BATCHES,
    between: Callable[[], None] = nobody,
) -> Mapping[str, int]:
    """Erase what has outlived its time; return how much of each went. Again changes nothing.

    Every batch of rows is a transaction of its own, so that turns go on between them; `between`
    is called there, and may raise to stop.
    """
    gone: Counter[str] = Counter()
    with parts.database.unit() as unit:
        gone[SEALED] = cases.forget_sealed(unit, at - KEPT_FOR[SEALED])
        gone[ERASED] = people.forget_blank(unit, at)
    for name in forgetting.names():
        for _ in range(batches):
            with parts.database.unit() as unit:
                went = forgetting.forget(unit, name, at - KEPT_FOR[name], batch)
            gone[name] += went
            between()
            if went < batch:
                break
    return {name: number for name, number in gone.items() if number}
