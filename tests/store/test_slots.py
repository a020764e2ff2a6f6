"""Send slots: one after the other, whoever takes them, by the server's own clock."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, update

from bot.store import slots
from bot.store.database import Database
from bot.store.tables import SEND_SLOT
from tests.store.scene import Scene

APART = timedelta(milliseconds=50)


@pytest.fixture
def scene(postgresql_database: Database) -> Scene:
    """A scene in which nobody has taken a slot yet."""
    scene = Scene(postgresql_database)
    with scene.unit() as unit:
        unit.connection.execute(SEND_SLOT.delete())
    return scene


def test_whoever_comes_first_may_send_at_once_and_the_next_one_after_them(scene: Scene) -> None:
    """Ten slots are half a second; kinds do not wait for each other."""
    assert scene.does(slots.take, "pushes", 10, APART) == pytest.approx(0, abs=0.01)
    assert 0.3 < scene.does(slots.take, "pushes", 1, APART) <= 0.5
    assert scene.does(slots.take, "others", 1, APART) == pytest.approx(0, abs=0.01)


def test_time_in_which_nobody_sends_is_not_saved_up(scene: Scene) -> None:
    """After a pause there are no more than twenty a second either."""
    scene.does(slots.take, "pushes", 1, APART)
    time.sleep(0.2)
    assert scene.does(slots.take, "pushes", 10, APART) == 0
    assert scene.does(slots.take, "pushes", 1, APART) > 0.4


def test_nobody_waits_for_a_clock_that_was_set_back(scene: Scene) -> None:
    """Slots an hour ahead were given out by a clock that is no longer true."""
    scene.does(slots.take, "pushes", 1, APART)
    with scene.unit() as unit:
        ahead = func.clock_timestamp() + timedelta(hours=1)
        unit.connection.execute(update(SEND_SLOT).values(next_at=ahead))
    assert scene.does(slots.take, "pushes", 1, APART) == pytest.approx(0, abs=0.01)


def test_four_workers_share_twenty_a_second_P6(scene: Scene) -> None:
    """No slot is given twice: a hundred of them are five seconds, wherever they were taken."""
    began = time.monotonic()
    given: list[float] = []

    def take() -> None:
        for _ in range(5):
            seconds = scene.does(slots.take, "pushes", 5, APART)
            first = time.monotonic() + seconds
            given.extend(first + n * APART.total_seconds() for n in range(5))

    workers = [threading.Thread(target=take) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    given.sort()
    # A commit takes a moment, by which a slot comes later here than the server said.
    assert max(sum(first <= at < first + 1 for at in given) for first in given) <= 25
    assert given[-1] - began == pytest.approx(99 * 0.05, abs=0.3)
