"""How many messages of one account are answered within a minute; each is read for danger first.

In the memory of this process only: with several workers each counts its own, and the worst is a
few more answers. What is urgent, what stops and what revokes is answered however many there are.
"""

from collections import deque
from datetime import datetime, timedelta
from enum import Enum

from bot.engine.chat import Chat
from bot.safety.alarm import Level
from bot.safety.reading import Reading, Tier
from bot.services.heard import Heard

MOST_A_MINUTE = 20
_MINUTE = timedelta(minutes=1)
_MOST_ACCOUNTS = 10_000
_COUNTED = frozenset({"text", "media", "command"})
_ALWAYS = frozenset({"sos", "danger_now", "stop", "revoke", "delete", "help"})


class Pace(Enum):
    """What becomes of a message: answered, told to wait, or passed over in silence."""

    ANSWER = "answer"
    TELL = "tell"
    PASS = "pass"  # noqa: S105 - not a password


class Paces:
    """The messages of the last minute, by account; the oldest account goes first when full."""

    def __init__(self, most: int = MOST_A_MINUTE) -> None:
        """`most` is how many a minute are answered; 0 for no limit."""
        self._most = most
        self._heard: dict[int, deque[datetime]] = {}
        self._told: dict[int, datetime] = {}

    def of(self, heard: Heard, reading: Reading, chat: Chat, at: datetime) -> Pace:
        """Count a message, and say what becomes of it; the kind line comes once a minute."""
        if self._most == 0 or heard.kind not in _COUNTED:
            return Pace.ANSWER
        before = self._heard.pop(heard.account, deque(maxlen=self._most))
        full = len(before) == self._most and at - before[0] < _MINUTE
        before.append(at)
        self._heard[heard.account] = before
        if len(self._heard) > _MOST_ACCOUNTS:
            self._heard.pop(next(iter(self._heard)))
        if not full or _cannot_wait(heard, reading, chat):
            return Pace.ANSWER
        return self._tell_or_pass(heard.account, at)

    def _tell_or_pass(self, account: int, at: datetime) -> Pace:
        told = self._told.pop(account, None)
        again = told is not None and at - told < _MINUTE
        self._told[account] = told if told and again else at
        if len(self._told) > _MOST_ACCOUNTS:
            self._told.pop(next(iter(self._told)))
        return Pace.PASS if again else Pace.TELL


def _cannot_wait(heard: Heard, reading: Reading, chat: Chat) -> bool:
    urgent = (
        reading.tier is not Tier.NONE or reading.ruled_out or chat.alarm.level is not Level.GREEN
    )
    return urgent or (heard.kind == "command" and heard.name in _ALWAYS)
