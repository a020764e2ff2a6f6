"""Key rotation: while the bot runs with both keys, and after a kill in the middle."""

import pytest

from bot.engine.chat import Goal
from bot.services import rotation
from bot.store import goals, people, rewrapping
from bot.store.database import Database
from bot.store.encryption import Keyring
from bot.store.errors import WrongKeys
from tests.store.scene import NOON, Scene

OLD, NEW = Keyring.new_key(), Keyring.new_key()
OLD_ID, NEW_ID = (entry.partition(":")[0] for entry in (OLD, NEW))


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def url(fresh_url: str) -> str:
    """A database written with the old key, with five people in it."""
    database = Database(fresh_url, Keyring.parse(OLD))
    database.upgrade()
    scene = Scene(database)
    for number in range(5):
        person = scene.somebody()
        scene.does(goals.save_goal, person, Goal("g", words=f"parole {number}"), NOON)
    database.close()
    return fresh_url


def over(url: str, *keys: str) -> Database:
    """The database with these keys."""
    return Database(url, Keyring.parse(",".join(keys)))


def words(database: Database) -> list[str | None]:
    """Everybody's words, which open with the right keys only."""
    scene = Scene(database)
    found = []
    for number in range(5):
        person = scene.does(people.find, 5_000_000_001 + number)
        assert person
        found += [goal.words for goal in scene.chat(person).goals]
    return found


def test_after_a_rotation_the_old_key_is_not_needed_any_more(url: str) -> None:
    """Nothing that was sealed is touched: only the keys that open it are wrapped anew."""
    both = over(url, NEW, OLD)
    done = rotation.rotate(both, batch=2)
    assert (done.wrapped, done.free, done.in_use) == (8, (OLD_ID,), ())
    assert rotation.rotate(both).wrapped == 0
    both.close()
    new = over(url, NEW)
    assert words(new) == [f"parole {number}" for number in range(5)]
    new.close()
    old = over(url, OLD)
    with pytest.raises(WrongKeys, match=NEW_ID):
        words(old)
    old.close()


def test_a_rotation_that_was_killed_goes_on_where_it_was(url: str) -> None:
    """Killed after the second batch: both keys open everything, and the rest follows."""
    both = over(url, NEW, OLD)
    batches = []

    def kill() -> None:
        batches.append(1)
        if len(batches) == 2:
            raise Killed

    with pytest.raises(Killed):
        rotation.rotate(both, kill, batch=2)
    with both.reading() as unit:
        assert rewrapping.in_use(unit) == {NEW_ID: 4, OLD_ID: 4}
    assert words(both) == [f"parole {number}" for number in range(5)]
    assert rotation.rotate(both, batch=2).wrapped == 4
    both.close()


def test_whoever_comes_or_goes_during_a_rotation_loses_nothing(url: str) -> None:
    """Somebody is erased and somebody is new between two batches, from a bot with both keys."""
    both = over(url, NEW, OLD)
    scene = Scene(both)
    first = scene.does(people.find, 5_000_000_001)
    assert first
    deeds = [lambda: scene.does(people.create, 1, "it", NOON)]
    deeds.append(lambda: scene.does(people.erase, first, NOON) or "")

    def meanwhile() -> None:
        if deeds:
            deeds.pop()()

    rotation.rotate(both, meanwhile, batch=2)
    with both.reading() as unit:
        assert set(rewrapping.in_use(unit)) == {NEW_ID}
    assert scene.does(people.find, 5_000_000_001) is None
    assert scene.does(people.find, 1)
    both.close()


def test_a_worker_that_still_writes_with_the_old_key_is_noticed(url: str) -> None:
    """The old key is not called free while anything is wrapped by it."""
    both, late = over(url, NEW, OLD), over(url, OLD)
    Scene(late).does(people.find, 1)  # it has opened the secrets while it could

    def writes() -> None:
        with late.unit() as unit:
            if people.find(unit, 77) is None:
                people.create(unit, 77, "it", NOON)

    rotation.rotate(both, writes)
    done = rotation.rotate(both, batch=1)
    assert done.free == (OLD_ID,)
    with late.unit() as unit:
        people.create(unit, 78, "it", NOON)
    with both.reading() as unit:
        assert rewrapping.in_use(unit)[OLD_ID] == 1
    late.close()
    both.close()


def test_a_list_without_the_key_that_is_needed_says_so(url: str) -> None:
    """And changes nothing."""
    new = over(url, NEW)
    with pytest.raises(WrongKeys, match=f"no key '{OLD_ID}'"):
        rotation.rotate(new)
    new.close()
