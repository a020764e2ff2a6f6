import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import pytest

from bot.jobs.ticker import RETRY, Hands, Ticker
from bot.services.heard import Delivery, Heard, Parcel
from bot.store.errors import Unreachable
from bot.store.tables import DUE
from bot.terminal.stage import ACCOUNTS
from tests.services.evening import OWN_GOAL, PATIENT, SEED, THERAPIST, Evening

HALF_PAST_SIX = datetime(2027, 3, 1, 17, 30, tzinfo=UTC)
TICK = 0.01
STRANGER = 77


@dataclass(slots=True)
class Telegram:
    """Takes what is sent, or lets it end as told; `now` is everybody's clock."""

    now: datetime
    ends: list[Delivery] = field(default_factory=list)
    sent: list[Parcel] = field(default_factory=list)
    drained: list[str] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> Delivery:
        """Send one message."""
        self.sent.append(parcel)
        return self.ends.pop(0) if self.ends else Delivery("sent", len(self.sent))

    async def drain(self, person: str) -> None:
        """Send what is unsent to a person."""
        self.drained.append(person)


@dataclass(slots=True)
class Work:
    """A ticker over an evening."""

    evening: Evening
    telegram: Telegram
    turns: ThreadPoolExecutor

    @property
    def hands(self) -> Hands:
        """What a ticker works with."""
        telegram = self.telegram
        return Hands(
            self.turns, telegram.send, telegram.drain, lambda: telegram.now, lambda: SEED, "worker"
        )

    @property
    def ticker(self) -> Ticker:
        """A ticker in a hurry."""
        return Ticker(self.evening.parts, self.hands, every=TICK)

    def slow_ticker(self) -> Ticker:
        """A ticker that would come back in an hour."""
        return Ticker(self.evening.parts, self.hands, every=3600)

    def ticks(self, at: datetime) -> bool:
        """Tick once at a moment, and wait until all of it has ended."""
        self.telegram.now = at
        return asyncio.run(once(self.ticker))


async def once(ticker: Ticker) -> bool:
    """Tick once; return whether there was anything to do."""
    busy = await ticker.begin()
    assert await ticker.finish(5)
    return busy


@pytest.fixture
def work(evening: Evening) -> Iterator[Work]:
    """The partner's reminder is due at half past six."""
    evening.takes_goal("18:30", OWN_GOAL)
    with ThreadPoolExecutor(1) as turns:
        yield Work(evening, Telegram(HALF_PAST_SIX), turns)


def test_what_is_due_is_sent_and_noted(work: Work) -> None:
    """One message, one row, and tomorrow's waits."""
    assert work.ticks(HALF_PAST_SIX)
    assert len(work.telegram.sent) == 1
    assert work.evening.due() == [("03-01", "sent"), ("03-02", "waiting")]
    assert not work.ticks(HALF_PAST_SIX)


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (Delivery("unclear"), "unknown"),
        (Delivery("refused"), "skipped"),
        (Delivery("blocked"), "skipped"),
        (Delivery("wait", seconds=3), "waiting"),
    ],
    ids=lambda value: getattr(value, "state", ""),
)
def test_P3_a_reminder_that_was_not_sent(work: Work, end: Delivery, state: str) -> None:
    """Nobody knows: never again. Refused: neither. Told to wait: once more, later."""
    work.telegram.ends = [end]
    work.ticks(HALF_PAST_SIX)
    assert work.evening.due()[0] == ("03-01", state)
    work.ticks(HALF_PAST_SIX + RETRY - timedelta(seconds=1))
    assert len(work.telegram.sent) == 1
    work.ticks(HALF_PAST_SIX + RETRY)
    assert len(work.telegram.sent) == (2 if state == "waiting" else 1)


def test_P3_a_notice_that_may_not_have_arrived_is_sent_again(work: Work) -> None:
    """At least once: the same words a second time do no harm."""
    work.evening.hears_press(ACCOUNTS[PATIENT], "revoke")
    now = work.evening.now
    work.telegram.ends = [Delivery("unclear")]
    work.ticks(now)
    assert len(work.telegram.sent) == 2
    work.ticks(now + RETRY)
    lost, other, again = work.telegram.sent
    assert (lost.account, lost.message) == (again.account, again.message)
    assert other.account != lost.account


def test_one_bad_row_does_not_end_the_batch(work: Work) -> None:
    """A kind of row from a newer version, or one whose words are missing: the others go out."""
    row = strange(work.evening)
    with work.evening.parts.database.unit() as unit:
        unit.connection.execute(DUE.insert(), row)
    assert work.ticks(HALF_PAST_SIX)
    assert work.evening.due(kind="reminder")[0] == ("03-01", "sent")
    assert work.evening.due(THERAPIST, "strange") == [("03-01", "waiting")]


def strange(evening: Evening) -> dict[str, object]:
    """A row of a kind nobody knows."""
    return {
        "kind": "strange",
        "person_id": evening.person(THERAPIST),
        "about": "",
        "local_date": HALF_PAST_SIX.date(),
        "due_at": HALF_PAST_SIX - timedelta(hours=1),
        "state": "waiting",
        "attempts": 0,
    }


def test_replies_that_stayed_unsent_are_swept_up(work: Work) -> None:
    """A reply that nobody could send for half a minute is sent by the ticker."""
    now = work.evening.now
    person = work.evening.hears(Heard(STRANGER, "command", name="start")).person
    work.ticks(now + timedelta(seconds=29))
    assert work.telegram.drained == []
    work.ticks(now + timedelta(seconds=31))
    assert work.telegram.drained == [person]


def test_the_ticker_wakes_at_once_when_something_is_made_due(work: Work) -> None:
    """Whoever revokes is obeyed now, not at the next tick; and a stop ends it."""
    work.telegram.now = work.evening.now

    async def live() -> None:
        stop, ticker = asyncio.Event(), work.slow_ticker()
        work.evening.parts.wake = ticker.wake
        running = asyncio.create_task(ticker.run(stop))
        await asyncio.sleep(0.05)
        assert work.telegram.sent == []
        revoke = work.evening.hears_press, ACCOUNTS[PATIENT], "revoke"
        await asyncio.get_running_loop().run_in_executor(work.turns, *revoke)
        async with asyncio.timeout(5):
            while len(work.telegram.sent) < 2:  # noqa: ASYNC110 -- nobody tells of a send
                await asyncio.sleep(0.005)
        stop.set()
        await running

    asyncio.run(live())


def test_a_database_that_fails_for_a_while_does_not_end_the_ticker(work: Work) -> None:
    """The tick is lost, the ticker is not."""
    work.telegram.now = HALF_PAST_SIX
    whole, work.evening.parts.database = work.evening.parts.database, Gone()

    async def live() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(work.ticker.run(stop))
        await asyncio.sleep(3 * TICK)
        work.evening.parts.database = whole
        async with asyncio.timeout(5):
            while not work.telegram.sent:  # noqa: ASYNC110 -- nobody tells of a send
                await asyncio.sleep(0.005)
        stop.set()
        await running

    asyncio.run(live())


class Gone:
    """A database nobody can reach."""

    def unit(self) -> NoReturn:
        """Open nothing."""
        raise Unreachable("the database does not answer")

    reading = unit
