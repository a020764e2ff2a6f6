"""The chores: each at its time, none keeping the others, none of them in anybody's way."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.jobs.housekeeping import Housekeeping
from bot.services.backup import WITHDRAWALS
from bot.store import updates
from bot.store.tables import UPDATE_SEEN
from tests.services.evening import Evening

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.now


@pytest.fixture
def clock(evening: Evening) -> Clock:
    """The evening's."""
    return Clock(evening.now)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go."""
    made = tmp_path / "backups"
    made.mkdir()
    return made


def chores(evening: Evening, clock: Clock, folder: Path | None) -> Housekeeping:
    """Housekeeping over the evening's parts."""
    return Housekeeping(evening.parts, clock, folder)


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(file.name for file in folder.iterdir())


def half_done(folder: Path) -> bool:
    """Whether a backup is being written."""
    return any(name.startswith(".accanto-") for name in names(folder))


def test_every_chore_is_done_at_its_time_and_counted_in_the_log_P10(
    evening: Evening, clock: Clock, folder: Path
) -> None:
    """At the start, then every hour; the list of withdrawals every five minutes."""
    keeping = chores(evening, clock, folder)
    with evening.parts.database.unit() as unit:
        updates.take(unit, 1, clock.now - timedelta(days=3))
    with capture_logs() as log:
        keeping.work()
    assert [(line["chore"], line["event"]) for line in log] == [
        ("retention", "chore done"),
        ("backup", "chore done"),
    ]
    assert log[0]["update_ids"] == 1
    listed = folder / WITHDRAWALS
    before = listed.stat().st_mtime_ns
    keeping.work()
    assert listed.stat().st_mtime_ns == before
    clock.now += timedelta(minutes=5)
    keeping.work()
    assert listed.stat().st_mtime_ns > before
    assert len(list(folder.glob("accanto-*"))) == 1
    clock.now += timedelta(days=1)
    keeping.work()
    assert len(list(folder.glob("accanto-*"))) == 2


def test_a_chore_that_fails_does_not_keep_the_others(
    evening: Evening, clock: Clock, folder: Path
) -> None:
    """It is told by name and kind of error, and tried again at its next time."""
    folder.rmdir()
    keeping = chores(evening, clock, folder)
    with capture_logs() as log:
        keeping.work()
    failed = {"event": "chore failed", "error": "UnusableFile", "log_level": "error"}
    assert [{**failed, "chore": chore} for chore in ("withdrawals", "backup")] == [
        line for line in log if line["event"] == "chore failed"
    ]
    folder.mkdir()
    clock.now += HOUR
    keeping.work()
    assert len(list(folder.glob("accanto-*"))) == 1


def test_a_clock_that_jumps_back_stops_no_chore(
    evening: Evening, clock: Clock, folder: Path
) -> None:
    """Two days back: what was done tomorrow is done again today."""
    keeping = chores(evening, clock, folder)
    keeping.work()
    clock.now -= timedelta(days=2)
    with evening.parts.database.unit() as unit:
        updates.take(unit, 1, clock.now - timedelta(days=3))
    with capture_logs() as log:
        keeping.work()
    assert [line["chore"] for line in log if "update_ids" in line] == ["retention"]


async def test_it_ends_when_it_is_told_even_in_the_middle_of_a_chore(
    evening: Evening, clock: Clock, folder: Path
) -> None:
    """Half a backup is not left lying about; the next start makes a whole one."""
    stop = asyncio.Event()
    keeping = chores(evening, clock, folder)
    with evening.parts.database.unit() as unit:
        row = {"received_at": clock.now, "failures": 0, "state": "turned"}
        many = [{**row, "update_id": number} for number in range(20_000)]
        unit.connection.execute(UPDATE_SEEN.insert(), many)
    running = asyncio.create_task(keeping.run(stop))
    async with asyncio.timeout(10):
        while not half_done(folder):  # noqa: ASYNC110 - nobody tells when it began
            await asyncio.sleep(0)
        stop.set()
        await running
    assert names(folder) == [WITHDRAWALS]


async def test_without_a_folder_there_is_only_retention(evening: Evening, clock: Clock) -> None:
    """And it stops between two looks."""
    stop = asyncio.Event()
    with capture_logs() as log:
        running = asyncio.create_task(chores(evening, clock, None).run(stop))
        await asyncio.sleep(0.2)
        stop.set()
        async with asyncio.timeout(5):
            await running
    assert [line for line in log if line["event"] == "chore failed"] == []
