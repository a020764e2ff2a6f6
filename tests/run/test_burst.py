"""Six hundred reminders of one minute, a worker killed in the middle, and people who talk."""

import asyncio
from pathlib import Path

import pytest

from benchmarks.burst import Burst, Outcome, run
from tests.postgres import throw_away

MANY = 600


@pytest.mark.soak
@pytest.mark.parametrize(("database", "workers"), [("sqlite", 1), ("postgresql", 2)])
def test_P3_P6_a_burst_with_a_kill_comes_once_and_in_time(
    database: str, workers: int, tmp_path: Path, light_content: Path
) -> None:
    """Each once, or there to see; no more than allowed; whoever talks meanwhile is answered."""
    if database == "sqlite":
        outcome = asyncio.run(_run(f"sqlite:///{tmp_path}/accanto.db", workers, light_content))
    else:
        with throw_away() as url:
            outcome = asyncio.run(_run(url, workers, light_content))
    assert outcome.once + outcome.unknown >= MANY
    assert (outcome.twice, outcome.lost, outcome.other_states) == (0, 0, {})
    assert outcome.most_in_a_second <= 26
    assert outcome.waits[0] < 1.5


async def _run(url: str, workers: int, content: Path) -> Outcome:
    return await run(Burst(MANY, url, workers), str(content))
