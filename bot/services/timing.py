"""When the next daily reminder is due: our own rule, from wall-clock time and zone.

Cron libraries fire 02:30 twice on the night the clocks go back and skip it when they go
forward. Here a time that does not exist moves forward and one that occurs twice fires once.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the UTC moment of a wall-clock time on a local date.

    Of two the first; a time inside a gap moves forward by the gap's length.
    """
    local = datetime.combine(day, at, tzinfo=zone)  # fold=0: the first of two
    return local.astimezone(UTC)


def next_due(after: datetime, at: time, zone: ZoneInfo) -> tuple[date, datetime]:
    """Return the first local date, with its UTC moment, whose `at` lies strictly after `after`."""
    day = after.astimezone(zone).date() - timedelta(days=1)
    while moment(day, at, zone) <= after:
        day += timedelta(days=1)
    return day, moment(day, at, zone)
