"""Control or violence was told of here: for a week nothing is offered that works on two people.

Phrase help and exercises for couples presume that both may say no (safety.md, A7).
"""

from datetime import datetime, timedelta

TRIGGERS = frozenset({"A7", "R7"})
RESTS_FOR = timedelta(days=7)


def rests(told_at: datetime | None, at: datetime) -> bool:
    """Return whether such things rest at `at`, after it was told of at `told_at`, if ever."""
    return told_at is not None and at - told_at < RESTS_FOR
