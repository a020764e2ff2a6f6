"""How fast a bot may send, if the server is told to care."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.messenger.fake.refusal import too_many_requests


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages a second; Telegram's own figures are undocumented and changing.

    Attributes:
        a_chat: into one chat, a second.
        chat_burst: into one chat, at once after a pause.
        all_chats: over all chats, a second, and at once after a pause.
    """

    a_chat: float = 1.0
    chat_burst: float = 3.0
    all_chats: float = 30.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateGuard:
    """Counts sends and refuses those that come too fast.

    Args:
        monotonic: seconds of real time: a bot waits in real time whatever the clock says.
        rates: the limits; without them nothing is refused.
    """

    def __init__(self, monotonic: Callable[[], float], rates: Rates | None) -> None:
        self.rates = rates
        self._monotonic = monotonic
        self._buckets: dict[int | None, _Bucket] = {}

    def check(self, chat_id: int | None) -> None:
        """Count one message into a chat.

        Raises:
            Refusal: 429 with the whole seconds to wait; nothing is counted then.
        """
        if self.rates is None:
            return
        chat = self._bucket(chat_id, self.rates.a_chat, self.rates.chat_burst)
        everybody = self._bucket(None, self.rates.all_chats, self.rates.all_chats)
        missing = max(
            (1 - chat.tokens) / self.rates.a_chat,
            (1 - everybody.tokens) / self.rates.all_chats,
        )
        if missing > 0:
            raise too_many_requests(math.ceil(missing))
        chat.tokens -= 1
        everybody.tokens -= 1

    def _bucket(self, key: int | None, speed: float, size: float) -> _Bucket:
        now = self._monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(size, now))
        bucket.tokens = min(size, bucket.tokens + (now - bucket.at) * speed)
        bucket.at = now
        return bucket
