"""Three counts of what waits, on both databases."""

from datetime import timedelta

from bot.store import dues, outbox, people, updates
from bot.store.dues import Kind
from bot.store.figures import Figures, figures
from tests.store.scene import NOON, Scene


def test_what_waits_is_counted(scene: Scene) -> None:
    """Rows that are due and not those of tomorrow; replies unsent; updates set aside."""
    assert scene.does(figures, NOON) == Figures(0, 0, 0)
    anna = scene.somebody()
    today, tomorrow = NOON.date(), NOON + timedelta(days=1)
    scene.does(dues.plan, Kind.REMINDER, anna, today, NOON)
    scene.does(dues.plan, Kind.REMINDER, anna, tomorrow.date(), tomorrow)
    scene.does(outbox.put, anna, [{"text": "one"}, {"text": "two"}], NOON)
    scene.does(updates.set_aside, 1, "{}", NOON)
    scene.does(updates.take, 2, NOON)
    assert scene.does(figures, NOON) == Figures(due=1, unsent=2, aside=1)
    scene.does(people.erase, anna, NOON)
    assert scene.does(figures, tomorrow) == Figures(due=0, unsent=0, aside=1)
