from datetime import UTC, datetime, timedelta

from bot.messenger.backlog import plan
from bot.messenger.updates import Arrival, Leave
from bot.services.heard import Heard

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TEN = timedelta(minutes=10)


def text(number: int, minutes_ago: float) -> Arrival:
    """A text that was written so long ago."""
    at = NOW - timedelta(minutes=minutes_ago)
    return Arrival(number, 7, {}, Heard(7, "text", number, text=f"{number}"), at=at)


def press(number: int) -> Arrival:
    """A press; it does not say when."""
    return Arrival(number, 7, {}, Heard(7, "button", number, name="yes"), query=f"{number}")


def numbers(*arrivals: Arrival) -> list[tuple[int, ...]]:
    """The plan, by update ids."""
    return [tuple(one.update_id for one in step) for step in plan(arrivals, NOW, TEN)]


def test_what_is_fresh_is_answered_one_by_one() -> None:
    """In its order; ten minutes to the second are not yet long."""
    assert numbers(text(1, 10), text(2, 5), press(3), text(4, 0)) == [(1,), (2,), (3,), (4,)]


def test_what_waited_is_answered_together() -> None:
    """First what waited, then what is fresh."""
    assert numbers(text(1, 300), text(2, 20), text(3, 1)) == [(1, 2), (3,)]


def test_a_single_old_message_is_answered_like_any_other() -> None:
    """There is nothing to sum up."""
    assert numbers(text(1, 300), text(2, 1)) == [(1,), (2,)]


def test_a_press_never_counts_as_old() -> None:
    """Telegram drops presses after two and a half minutes, so this one is fresh."""
    assert numbers(text(1, 300), press(2), text(3, 200)) == [(1, 3), (2,)]


def test_groups_and_broken_updates_are_no_backlog() -> None:
    """They are left and set aside, each by itself."""
    group = Arrival(1, 7, {}, Leave(7, "it"), at=NOW - timedelta(hours=2))
    broken = Arrival(2, 7, {}, Heard(7, "text", 2), at=NOW - timedelta(hours=2), broken=True)
    assert numbers(group, broken, text(3, 300), text(4, 300)) == [(3, 4), (1,), (2,)]


def test_the_same_update_twice_stays_twice() -> None:
    """Doubles are the services' to find, by their number."""
    assert numbers(text(1, 300), text(1, 300), text(2, 1), text(2, 1)) == [(1, 1), (2,), (2,)]


def test_nothing_is_planned_for_nothing() -> None:
    """An empty chat has no steps."""
    assert numbers() == []
