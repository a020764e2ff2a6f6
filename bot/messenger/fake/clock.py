"""The clock of the fake server: real, shifted or standing still."""

from collections.abc import Callable
from datetime import UTC, datetime


def moment(text: str) -> datetime:
    """Read an ISO time that says its offset.

    Raises:
        ValueError: it is no time, or has no offset.
    """
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("the time needs an offset, as in 2027-03-28T08:00:00+01:00")
    return read


class Clock:
    """Time as everybody in the fake world sees it.

    Args:
        wall: seconds since 1970 of the real world.
        start: where to begin, standing still; without it the clock runs with the real one.
    """

    def __init__(self, wall: Callable[[], float], start: datetime | None = None) -> None:
        self._wall = wall
        self._at = wall() if start is None else start.timestamp()
        self._since: float | None = self._at if start is None else None

    @property
    def is_running(self) -> bool:
        """Whether time passes by itself."""
        return self._since is not None

    def seconds(self) -> float:
        """Return seconds since 1970."""
        if self._since is None:
            return self._at
        return self._at + self._wall() - self._since

    def unix(self) -> int:
        """Return whole seconds since 1970, as messages carry them."""
        return int(self.seconds())

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def set(self, moment: datetime, *, running: bool = False) -> None:
        """Go to a moment (aware), standing still there unless `running`."""
        self._at = moment.timestamp()
        self._since = self._wall() if running else None

    def advance(self, seconds: float) -> None:
        """Go on by so many seconds; a clock that stands still goes on standing still."""
        self._at += seconds
