"""Updates: turned once, counted while they fail, set aside sealed, forgotten in time."""

from datetime import timedelta

from bot.store import updates
from bot.store.updates import Aside
from tests.store.scene import DAY, NOON, Scene


def test_an_update_is_taken_once_P2(scene: Scene) -> None:
    """However often it is delivered, after hours too; another one is another one."""
    assert scene.does(updates.take, 9_000_000_001, NOON)
    assert not scene.does(updates.take, 9_000_000_001, NOON + timedelta(hours=23))
    assert scene.does(updates.take, 9_000_000_000, NOON)


def test_a_turn_that_fails_gives_its_update_back_P1(scene: Scene) -> None:
    """What was not committed can be taken again."""

    def broken_turn() -> None:
        with scene.unit() as unit:
            assert updates.take(unit, 1, NOON)
            raise KeyError

    for failures in (1, 2, 3):
        try:
            broken_turn()
        except KeyError:
            assert scene.does(updates.failed, 1, NOON) == failures
    assert scene.does(updates.take, 1, NOON)
    assert not scene.does(updates.take, 1, NOON)


def test_an_update_set_aside_is_kept_as_it_was_and_not_taken_again(scene: Scene) -> None:
    """The operator can read it; the chat goes on."""
    scene.does(updates.failed, 1, NOON)
    assert scene.does(updates.set_aside, 1, '{"text": "ciao è"}', NOON)
    assert not scene.does(updates.set_aside, 1, "again", NOON)
    assert not scene.does(updates.take, 1, NOON)
    assert scene.does(updates.aside) == (Aside(1, NOON, 1, '{"text": "ciao è"}'),)


def test_an_update_that_was_turned_is_not_set_aside_P2(scene: Scene) -> None:
    """Its effects are there already."""
    scene.does(updates.take, 1, NOON)
    assert not scene.does(updates.set_aside, 1, "late", NOON)
    assert scene.does(updates.aside) == ()


def test_an_update_can_be_set_aside_at_once_and_tried_again_later(scene: Scene) -> None:
    """After a repair it is taken like a new one, and its text is gone."""
    assert scene.does(updates.set_aside, 1, "poison", NOON)
    assert scene.does(updates.retry, 1)
    assert not scene.does(updates.retry, 1)
    assert scene.does(updates.aside) == ()
    assert scene.does(updates.take, 1, NOON)


def test_update_ids_are_forgotten_in_time_and_what_is_aside_later(scene: Scene) -> None:
    """48 hours for ids, seven days for what was set aside."""
    scene.does(updates.take, 1, NOON)
    scene.does(updates.failed, 2, NOON)
    scene.does(updates.set_aside, 3, "x", NOON)
    scene.does(updates.take, 4, NOON + DAY)
    now = NOON + timedelta(hours=48, seconds=1)

    def forget(at_: object = None) -> int:
        at = now if at_ is None else NOON + 8 * DAY
        return scene.does(updates.forget_before, at - 2 * DAY, at - 7 * DAY)

    assert forget() == 2
    assert forget() == 0
    assert [kept.update_id for kept in scene.does(updates.aside)] == [3]
    assert forget("a week later") == 2
