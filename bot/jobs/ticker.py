"""The ticker: once a second it works what is due, and sweeps up replies that stayed unsent.

Take the send slot, commit `sending` with a renewed lease, send, commit how it ended. An unclear
end makes a reminder `unknown` (never twice) and lets what must arrive wait again (P3).

Any number of tickers may work on one PostgreSQL. Rows are worked side by side, those of one
person in their order; only what may come late waits for a slot.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog

from bot.services import deliver, remind
from bot.services.heard import Delivery, Parcel
from bot.services.parts import Parts
from bot.store.dues import AT_LEAST_ONCE, Due, State
from bot.store.errors import Unreachable

T = TypeVar("T")
Send = Callable[[Parcel], Awaitable[Delivery]]
Drain = Callable[[str], Awaitable[None]]

RETRY = timedelta(seconds=30)
_AT_ONCE = 60  # rows being worked
_PUSHES_AT_ONCE = 40  # of these, so that nobody who asks to be called waits for hanging reminders
_SLOTS_AT_ONCE = 10
_AHEAD = 0.25  # seconds before the last slot, in which the next rows are claimed
_LATEST = 0.2  # seconds after its slot that something may be sent without a new one: 25 a second
_NEW_SLOTS = 5  # taken at most; a machine that is late each time still says what it has to say
_SWEPT_AT_ONCE = 30
_NOTED_AGAIN = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between tries; together about a lease
_SECONDS_TO_STOP = 6.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hands:
    """What the ticker works with: the thread pool, the sender, the drain, the clock, chance."""

    executor: Executor
    send: Send
    drain: Drain
    now: Callable[[], datetime]
    seed: Callable[[], bytes]
    worker: str


class Ticker:
    """Works due rows until it is told to stop."""

    def __init__(self, parts: Parts, hands: Hands, every: float = 1.0) -> None:
        """`every` is the pause between two ticks in seconds."""
        self._parts = parts
        self._hands = hands
        self._every = every
        self._working: set[asyncio.Task[None]] = set()
        self._pushing = 0
        self._latest: dict[str, asyncio.Task[None]] = {}
        self._sweeping: asyncio.Task[None] | None = None
        self._next_slot = 0.0
        self._pushes_from = 0.0
        self._stopping = False
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def wake(self) -> None:
        """Tick at once: something was made due at this moment. From any thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until `stop` is set; what has begun is finished, what only waits is given back."""
        self._loop = asyncio.get_running_loop()
        while not stop.is_set():
            busy = False
            try:
                busy = await self.begin()
            except Exception as error:  # noqa: BLE001 - one bad minute must not end the ticker
                _log.warning("tick failed", error=type(error).__name__)
            await self._pause(stop, self._until_next(busy=busy))
        self._stopping = True
        await self.finish(_SECONDS_TO_STOP)

    async def begin(self) -> bool:
        """Begin one batch and one sweep; return whether there may be more at this moment."""
        now = self._hands.now()
        batch: Sequence[Due] = ()
        room = _AT_ONCE - len(self._working)
        if room > 0:
            batch = await self._run(
                remind.claim, self._parts, now, self._hands.worker, room, self._pushes()
            )
        pushes = [due for due in batch if due.kind not in AT_LEAST_ONCE]
        for due in batch:
            if due.kind in AT_LEAST_ONCE:
                self._start(due)
        if pushes:
            await self._start_in_slots(pushes)
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = asyncio.create_task(self._sweep(now))
        return bool(batch)

    def _until_next(self, *, busy: bool) -> float:
        """Return in how many seconds to tick again."""
        if not busy or len(self._working) >= _AT_ONCE:
            return self._every
        return min(self._every, max(0.0, self._pushes_from - _monotonic()))

    async def finish(self, seconds: float) -> bool:
        """Wait at most so many seconds for what has begun; return whether all of it ended."""
        begun = {*self._working, *([self._sweeping] if self._sweeping else [])}
        if not begun:
            return True
        _, left = await asyncio.wait(begun, timeout=seconds)
        return not left

    # --- rows -----------------------------------------------------------------------------------

    def _pushes(self) -> int:
        """How many rows that wait for slots may be claimed now."""
        if _monotonic() < self._pushes_from:
            return 0
        return max(0, min(_SLOTS_AT_ONCE, _PUSHES_AT_ONCE - self._pushing))

    async def _start_in_slots(self, pushes: Sequence[Due]) -> None:
        first = await self._slots(len(pushes))
        apart = remind.APART.total_seconds()
        for number, due in enumerate(pushes):
            self._start(due, first + number * apart)
        self._pushes_from = first + (len(pushes) - 1) * apart - _AHEAD

    async def _slots(self, many: int) -> float:
        """Take so many slots in a row, from all workers'; return when the first one comes."""
        if self._parts.database.is_shared:
            seconds = await self._run(remind.slots, self._parts, many)
            return _monotonic() + seconds
        first = max(self._next_slot, _monotonic())
        self._next_slot = first + many * remind.APART.total_seconds()
        return first

    def _start(self, due: Due, slot: float | None = None) -> None:
        before = self._latest.get(due.person)
        task = asyncio.create_task(self._work(due, slot, before))
        self._latest[due.person] = task
        self._working.add(task)
        self._pushing += slot is not None
        task.add_done_callback(partial(self._ended, due.person, is_push=slot is not None))

    def _ended(self, person: str, task: "asyncio.Task[None]", *, is_push: bool) -> None:
        self._working.discard(task)
        self._pushing -= is_push
        if self._latest.get(person) is task:
            del self._latest[person]
        if len(self._working) == _AT_ONCE - 1 or (is_push and self._pushing == _PUSHES_AT_ONCE - 1):
            self._woken.set()

    async def _work(
        self, due: Due, slot: float | None, before: "asyncio.Task[None] | None"
    ) -> None:
        hands = self._hands
        try:
            if before:
                await asyncio.wait({before})
            if slot is not None:
                await asyncio.sleep(max(0.0, slot - _monotonic()))
            if self._stopping:
                await self._settled(due, State.WAITING, timedelta())
            elif await self._run(
                remind.fire, self._parts, due, hands.now(), hands.worker, hands.seed()
            ):
                await self._push(due, slot)
        except Exception as error:  # noqa: BLE001 - one bad row must not end the others
            _log.warning("row failed", kind=due.kind, row=due.id, error=type(error).__name__)

    async def _push(self, due: Due, slot: float | None) -> None:
        """Send a row's messages in order, and note how that ended."""
        arrived: list[tuple[int, int | None]] = []
        for parcel in await self._run(deliver.unsent, self._parts, due.person, due.id):
            if slot is not None:
                await self._in_time(slot)
            delivery = await self._hands.send(parcel)
            if delivery.state != "sent":
                state, retry = self._judged(due, delivery)
                if delivery.state == "blocked":
                    await self._noted(deliver.blocked, self._parts, due.person, self._hands.now())
                await self._settled(due, state, retry, arrived)
                return
            arrived.append((parcel.id, delivery.message_id))
        await self._settled(due, State.SENT, timedelta(), arrived)

    async def _in_time(self, slot: float) -> None:
        """Wait for another slot where this process was held up: what has passed is others' now."""
        for _ in range(_NEW_SLOTS):
            if _monotonic() - slot <= _LATEST:
                return
            slot = await self._slots(1)
            await asyncio.sleep(max(0.0, slot - _monotonic()))

    def _judged(self, due: Due, delivery: Delivery) -> tuple[State, timedelta]:
        """Return where a row stands that was not sent, and when it may be tried again."""
        must_arrive = due.kind in AT_LEAST_ONCE
        if delivery.state == "blocked":
            return (State.WAITING if must_arrive else State.SKIPPED), remind.UNREACHED
        if delivery.state == "refused":
            _log.warning("push refused", kind=due.kind, row=due.id)
            return State.SKIPPED, RETRY
        if delivery.state == "unclear" and not must_arrive:
            return State.UNKNOWN, RETRY
        return State.WAITING, max(RETRY, timedelta(seconds=delivery.seconds))

    async def _settled(
        self,
        due: Due,
        state: State,
        retry: timedelta,
        arrived: Sequence[tuple[int, int | None]] = (),
    ) -> None:
        now, worker = self._hands.now(), self._hands.worker
        await self._noted(remind.settle, self._parts, due, state, now, worker, retry, arrived)

    # --- beside the rows ------------------------------------------------------------------------

    async def _sweep(self, now: datetime) -> None:
        """Send replies that have long been unsent; a chat in trouble holds up no other."""
        try:
            people = await self._run(deliver.waiting, self._parts, now, _SWEPT_AT_ONCE)
            await asyncio.gather(*map(self._hands.drain, people))
        except Exception as error:  # noqa: BLE001 - the next sweep comes in a second
            _log.warning("sweep failed", error=type(error).__name__)

    async def _pause(self, stop: asyncio.Event, seconds: float) -> None:
        """Wait for the next tick, for somebody who wakes the ticker, or for the end."""
        waiting = [asyncio.ensure_future(one.wait()) for one in (stop, self._woken)]
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for one in waiting:
            one.cancel()
        self._woken.clear()

    async def _noted(self, work: Callable[..., T], *about: Any) -> T:  # noqa: ANN401 - passed on
        """Write down what has happened, again and again while the database is away."""
        for pause in _NOTED_AGAIN:
            try:
                return await self._run(work, *about)
            except Unreachable:
                await asyncio.sleep(pause)
        return await self._run(work, *about)

    async def _run(self, work: Callable[..., T], *about: Any) -> T:  # noqa: ANN401 - passed on
        return await asyncio.get_running_loop().run_in_executor(self._hands.executor, work, *about)


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
