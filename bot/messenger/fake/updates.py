"""The queue of updates: what happened and was not yet acknowledged by the bot.

Source: telegram-bot-api's Client.cpp. Messages wait 24 hours and button presses 150 seconds, by the
fake clock. Updates of one `lane` keep their order; a webhook gets lanes side by side.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from random import Random

from bot.messenger.fake.clock import Clock
from bot.messenger.fake.refusal import Json

MESSAGE_SECONDS = 24 * 3600
DEFAULT_OFF = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_FUTURE = 10
_REMEMBERED = 10_000  # delivered updates that can still be delivered again


@dataclass(slots=True, eq=False)
class Update:
    """One update in the queue; `again` marks one that was acknowledged before."""

    update_id: int
    body: Json
    lane: str
    expires_at: float
    again: bool = False
    was_fetched: bool = False


@dataclass(frozen=True, slots=True)
class _Happening:
    kind: str
    body: Json
    lane: str
    expires_at: float


class Updates:
    """The queue.

    Args:
        clock: for how long an update waits.
        chance: shuffles what was held, repeatably.
        first_id: id of the first update.

    Attributes:
        copies: how often each new update is queued, under the same id.
        allowed: kinds the bot asked for; None for Telegram's default.
        lost: updates that waited too long and were dropped.
        put_count: updates that were queued so far.
    """

    def __init__(self, clock: Clock, chance: Random, first_id: int) -> None:
        self.copies = 1
        self.allowed: frozenset[str] | None = None
        self.lost: list[Json] = []
        self.put_count = 0
        self._clock = clock
        self._chance = chance
        self._next_id = first_id
        # A backlog can be ten thousand long: nothing here walks it for every single update.
        self._queue: dict[Update, None] = {}
        self._lanes: dict[str, deque[Update]] = {}
        self._held: list[_Happening] | None = None
        self._delivered: OrderedDict[int, Update] = OrderedDict()
        self._listeners: list[Callable[[set[str]], None]] = []

    def put(self, kind: str, body: Json, lane: str, lifetime: float = MESSAGE_SECONDS) -> None:
        """Queue what happened, unless the bot did not ask for its kind."""
        happening = _Happening(kind, body, lane, self._clock.seconds() + lifetime)
        if self._held is not None:
            self._held.append(happening)
        elif self._is_wanted(kind):
            self._enqueue(happening)
            self._tell({lane})

    def hold(self) -> None:
        """From now on keep what happens back, as a server behind in its work does."""
        self._held = self._held or []

    def release(self, *, window: int = 1) -> int:
        """Queue what was held, in disorder inside windows of so many updates.

        Returns:
            How many updates that were.
        """
        held, self._held = self._held or [], None
        for start in range(0, len(held), window):
            few = held[start : start + window]
            self._chance.shuffle(few)
            for happening in few:
                if self._is_wanted(happening.kind):
                    self._enqueue(happening)
        self._tell({happening.lane for happening in held})
        return len(held)

    def _is_wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed is not None else kind not in DEFAULT_OFF

    def _enqueue(self, happening: _Happening) -> None:
        self.put_count += 1
        body = {"update_id": self._next_id, happening.kind: happening.body}
        for _ in range(self.copies):
            self._append(Update(self._next_id, body, happening.lane, happening.expires_at))
        self._next_id += 1

    def _append(self, update: Update) -> None:
        self._queue[update] = None
        self._lanes.setdefault(update.lane, deque()).append(update)

    def again(self, update_ids: list[int] | None = None) -> int:
        """Queue updates that were acknowledged once more, under their old ids.

        Args:
            update_ids: which; all that are still remembered when None.

        Returns:
            How many there were.
        """
        chosen = list(self._delivered) if update_ids is None else update_ids
        lanes = {self._delivered[update_id].lane for update_id in chosen}
        for update_id in chosen:
            old = self._delivered[update_id]
            ends = self._clock.seconds() + MESSAGE_SECONDS
            self._append(Update(update_id, old.body, old.lane, ends, again=True))
        self._tell(lanes)
        return len(chosen)

    def renumber(self, next_id: int) -> None:
        """Go on with other ids, as Telegram does after a quiet week: they may be lower."""
        self._next_id = next_id

    def poll(self, offset: int, limit: int) -> list[Json]:
        """Forget what a poller acknowledges and return what waits.

        Args:
            offset: acknowledges updates with lower ids; counts from the end when negative, and
                means nothing when it is far beyond the last id.
            limit: how many to return at most.
        """
        if offset < 0:
            ids = sorted({update.update_id for update in self._queue})
            offset = ids[max(len(ids) + offset, 0)] if ids else 0
        elif offset > self._next_id + _FUTURE:
            offset = 0
        for update in list(self._queue):
            is_past = update.was_fetched if update.again else update.update_id < offset
            if is_past:
                self.done(update)
        self._drop_expired()
        few = list(islice(self._queue, limit))
        for update in few:
            update.was_fetched = True
        return [update.body for update in few]

    def done(self, update: Update) -> None:
        """Forget an update that was acknowledged."""
        if update in self._queue:
            del self._queue[update]
            self._delivered[update.update_id] = update
            if len(self._delivered) > _REMEMBERED:
                self._delivered.popitem(last=False)
            self.head(update.lane)

    def clear(self) -> None:
        """Drop everything that waits."""
        self._queue.clear()
        self._lanes.clear()

    def lanes(self) -> list[str]:
        """Return the lanes in which something waits."""
        return [lane for lane in list(self._lanes) if self.head(lane) is not None]

    def head(self, lane: str) -> Update | None:
        """Return the first update of a lane, None when nothing waits there."""
        waiting = self._lanes.get(lane, deque())
        while waiting and not self._is_alive(waiting[0]):
            waiting.popleft()
        if not waiting:
            self._lanes.pop(lane, None)
        return waiting[0] if waiting else None

    def pending(self) -> int:
        """Return how many updates wait for an acknowledgement, held ones among them."""
        self._drop_expired()
        return len(self._queue) + len(self._held or [])

    def listen(self, listener: Callable[[set[str]], None]) -> None:
        """Call a function with the lanes in which anything was queued."""
        self._listeners.append(listener)

    def _tell(self, lanes: set[str]) -> None:
        for listener in self._listeners:
            listener(lanes)

    def _is_alive(self, update: Update) -> bool:
        if update in self._queue and update.expires_at <= self._clock.seconds():
            del self._queue[update]
            self.lost.append(update.body)
        return update in self._queue

    def _drop_expired(self) -> None:
        for update in list(self._queue):
            self._is_alive(update)


class Poller:
    """The one long poll a bot may have open."""

    def __init__(self, updates: Updates) -> None:
        self._updates = updates
        self._open: asyncio.Future[str | None] | None = None
        updates.listen(self._wake)

    def _wake(self, _lanes: set[str]) -> None:
        self.end(None)

    def end(self, reason: str | None) -> None:
        """End the open long poll: for news when the reason is None, else as a conflict."""
        if self._open is not None and not self._open.done():
            self._open.set_result(reason)
        self._open = None

    async def wait(self, seconds: float) -> str | None:
        """Wait for news, so many seconds of real time.

        Returns:
            None for news or none in time, otherwise why this poll was ended.
        """
        waiting: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._open = waiting
        try:
            return await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            return None
        finally:
            if self._open is waiting:
                self._open = None
