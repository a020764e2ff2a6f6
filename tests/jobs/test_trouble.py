"""Clocks that jump and databases that go away: no reminder twice, nothing lost, no crash."""

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from bot.jobs.ticker import Ticker
from bot.services.heard import Delivery, Parcel
from bot.services.parts import Parts
from bot.store import dues
from bot.store.dues import Kind
from bot.store.tables import DUE
from tests.jobs.test_ticker import HALF_PAST_SIX, Work, once, work
from tests.jobs.test_two_tickers import EVENING, Telegram, live, remind, states
from tests.parts import FILE, parts_at, parts_in, postgresql, read_nothing
from tests.postgres import SERVER
from tests.services.evening import THERAPIST

__all__ = ["work"]

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
THE_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("jump", [HOUR, 2 * DAY], ids=["an hour", "two days"])
@pytest.mark.parametrize("ahead", [True, False], ids=["ahead", "back"])
def test_P6_a_clock_that_jumps_and_comes_back_brings_one_reminder_a_date(
    work: Work, jump: timedelta, *, ahead: bool
) -> None:
    """It strays just before the reminder, just after it, and is set right again each time."""
    astray = jump if ahead else -jump
    for moment in (HALF_PAST_SIX - SECOND, HALF_PAST_SIX, HALF_PAST_SIX + SECOND):
        for at in (moment, moment + astray, moment):
            work.ticks(at)
    for day in range(1, 4):
        for minute in range(0, 120, 15):
            work.ticks(HALF_PAST_SIX + day * DAY + timedelta(minutes=minute))
    days = [day for day, _ in work.evening.due()]
    assert len(days) == len(set(days))
    sent = [day for day, state in work.evening.due() if state == "sent"]
    assert len(work.telegram.sent) == len(sent)
    assert sent[-1] == "03-04"  # the rhythm is found again


def test_P6_a_clock_that_begins_in_1970_sends_nothing_and_spoils_nothing(work: Work) -> None:
    """A machine whose clock is not set yet: once it is, the evening is as it would have been."""
    assert not work.ticks(THE_BEGINNING)
    assert not work.ticks(THE_BEGINNING + HOUR)
    assert work.telegram.sent == []
    work.ticks(HALF_PAST_SIX)
    assert work.evening.due() == [("03-01", "sent"), ("03-02", "waiting")]
    assert len(work.telegram.sent) == 1


def test_P3_a_request_for_contact_survives_a_clock_set_back(work: Work) -> None:
    """What became due in an hour that comes once more is told when that hour is over, once."""
    therapist = work.evening.person(THERAPIST)
    with work.evening.parts.database.unit() as unit:
        dues.plan(
            unit,
            Kind.NOTICE,
            therapist,
            HALF_PAST_SIX.date(),
            HALF_PAST_SIX - 2 * SECOND,
            "contact_requested:x:1",
        )
    work.ticks(HALF_PAST_SIX - HOUR)
    assert work.telegram.sent == []
    work.ticks(HALF_PAST_SIX - SECOND)
    work.ticks(HALF_PAST_SIX - SECOND)
    assert len(work.telegram.sent) == 1


@pytest.fixture(params=["sqlite", "postgresql"])
def trouble(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator["Trouble"]:
    """A database, and what breaks it."""
    if request.param == "sqlite":
        with parts_in(tmp_path, read_nothing) as parts:
            yield Locked(parts, tmp_path / FILE)
    else:
        with postgresql() as url, parts_at(url, read_nothing) as parts:
            yield Broken(parts, str(make_url(url).database))


class Trouble(ABC):
    """Parts over a database that somebody takes away for a moment, again and again."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    @abstractmethod
    def strike(self) -> None:
        """Take it away, and give it back."""


class Locked(Trouble):
    """Another program holds the file for longer than anybody waits for it."""

    def __init__(self, parts: Parts, file: Path) -> None:
        super().__init__(parts)
        self._file = file
        with parts.database.unit() as unit:
            unit.connection.exec_driver_sql("PRAGMA busy_timeout = 50")

    def strike(self) -> None:
        with closing(sqlite3.connect(self._file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            asyncio.run(asyncio.sleep(0.25))
            other.execute("ROLLBACK")


class Broken(Trouble):
    """Every connection ends, as when the server is restarted."""

    def __init__(self, parts: Parts, name: str) -> None:
        super().__init__(parts)
        self._name = name

    def strike(self) -> None:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [self._name],
            )


def test_P3_a_database_that_goes_away_again_and_again_loses_no_reminder(trouble: Trouble) -> None:
    """Each is sent once, or it is there to see that nobody knows."""
    many = 24
    remind(trouble.parts, many)
    telegram = Telegram(takes=0.05)

    async def evening() -> None:
        # Those that met the trouble wait for the end of their lease, half a minute: not here.
        with pytest.raises(TimeoutError):
            await live(trouble.parts, [telegram], many + 1, within=4)

    async def both() -> None:
        running = asyncio.create_task(evening())
        for _ in range(8):
            await asyncio.sleep(0.25)
            await asyncio.to_thread(trouble.strike)
        await running

    asyncio.run(both())
    later = asyncio.run(after_the_leases(trouble.parts, telegram))
    accounts = [parcel.account for _, parcel in telegram.sent]
    assert len(accounts) == len(set(accounts)), "a reminder came twice"
    assert later["sent"] + later["unknown"] == many
    assert len(accounts) >= later["sent"]


async def after_the_leases(parts: Parts, telegram: Telegram) -> "dict[str, int]":
    """Work what is left a minute later; return how many rows are in each state."""
    left = states(parts)["waiting"]
    late = EVENING + timedelta(minutes=1)
    if left or states(parts)["sending"]:
        await live(parts, [telegram], len(telegram.sent) + left, within=10, at=late)
    with parts.database.unit() as unit:
        dues.claim(unit, late + HOUR, "nobody", timedelta(seconds=30))
    return states(parts)


def test_P3_how_a_push_ended_is_written_down_as_soon_as_the_database_is_back(
    work: Work,
) -> None:
    """Sent is sent: an outage right after Telegram's answer makes nothing unknown."""
    parts = work.evening.parts
    file = Path(str(parts.database).removeprefix("Database(").removesuffix(")"))

    async def live_through_it() -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:

            async def then_lock(parcel: Parcel) -> Delivery:
                answer = await work.telegram.send(parcel)
                other.execute("BEGIN IMMEDIATE")
                asyncio.get_running_loop().call_later(0.5, other.execute, "ROLLBACK")
                return answer

            await once(Ticker(parts, replace(work.hands, send=then_lock)))

    with parts.database.unit() as unit:
        unit.connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    work.telegram.now = HALF_PAST_SIX
    asyncio.run(live_through_it())
    assert work.evening.due()[0] == ("03-01", "sent")
    with parts.database.reading() as unit:
        assert unit.connection.scalar(select(DUE.c.lease_by).where(DUE.c.state == "sent")) is None
