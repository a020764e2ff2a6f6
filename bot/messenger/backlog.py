"""What waited while the bot was away: answered once a chat, not message by message."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.messenger.updates import Arrival
from bot.services.heard import Heard

_MOST = 10_000  # chats that are remembered
_SAID = frozenset({"text", "media"})


def plan(
    arrivals: Sequence[Arrival], now: datetime, stale_after: timedelta
) -> list[tuple[Arrival, ...]]:
    """Return the arrivals of one chat in order, those that waited too long in one tuple.

    A single old arrival stays alone: it is answered like any other. Presses never count as old,
    because Telegram itself drops them after 150 seconds.
    """
    since = now - stale_after
    old = tuple(one for one in arrivals if _has_waited(one, since))
    if len(old) <= 1:
        return [(one,) for one in arrivals]
    return [old, *((one,) for one in arrivals if not _has_waited(one, since))]


def came_alone(one: Arrival, now: datetime, stale_after: timedelta) -> bool:
    """Return whether something that came by itself is part of a backlog.

    Nobody knows what waits behind it, so it is taken for the first of many; but a command is
    what somebody decided, and an edit is read for safety only: those are turned like any other.
    """
    if not _has_waited(one, now - stale_after):
        return False
    return isinstance(one.heard, Heard) and one.heard.kind in _SAID and not one.heard.edited


class Told:
    """When each chat was last told that the bot was away; the oldest is forgotten first."""

    def __init__(self) -> None:
        self._at: OrderedDict[int, datetime] = OrderedDict()

    def note(self, chat: int, at: datetime) -> None:
        """Remember that a chat is told now."""
        self._at[chat] = at
        self._at.move_to_end(chat)
        if len(self._at) > _MOST:
            self._at.popitem(last=False)

    def covers(self, waiting: Sequence[Arrival]) -> bool:
        """Return whether all of it was said before its chat was told."""
        told = self._at.get(waiting[0].chat)
        return told is not None and all(one.at is not None and one.at <= told for one in waiting)


def _has_waited(arrival: Arrival, since: datetime) -> bool:
    is_said = isinstance(arrival.heard, Heard) and not arrival.broken
    return is_said and arrival.at is not None and arrival.at < since
