"""The phrases a person keeps: sealed, few, theirs alone (M02)."""

from dataclasses import replace
from datetime import timedelta

from bot.engine.chat import Favourite, Place
from bot.flows.phrasebook import MOST_KEPT
from bot.services.export import tree
from bot.store import favourites, people
from bot.store.tables import FAVOURITE
from tests.store.scene import NOON, Scene

OWN = Favourite("favoown", words="sto qui, e tu fai come vuoi")
BANK = Favourite("favobank", slug="bed_window")


def _at(scene: Scene, person: str, place: Place, paused: Place | None = None) -> None:
    before = scene.chat(person)
    scene.does(people.save, before, replace(before, place=place, paused=paused))


def test_what_is_kept_comes_back_in_its_order_where_it_is_shown_M02(scene: Scene) -> None:
    """And where one goes back to it; elsewhere it is not even read."""
    person = scene.somebody()
    assert scene.does(favourites.keep, person, OWN, NOON)
    assert scene.does(favourites.keep, person, BANK, NOON + timedelta(hours=1))
    assert scene.chat(person).favourites == ()
    for place, paused in (
        (Place("phrases", "start"), None),
        (Place("coach", "start"), None),
        (Place("menu", "resume"), Place("phrases", "edit")),
    ):
        _at(scene, person, place, paused)
        assert scene.chat(person).favourites == (OWN, BANK)


def test_own_words_are_sealed_M02(scene: Scene) -> None:
    """The column holds nothing that could be read."""
    person = scene.somebody()
    scene.does(favourites.keep, person, OWN, NOON)
    with scene.database.reading() as unit:
        row = unit.connection.execute(FAVOURITE.select()).one()
    assert OWN.words is not None
    assert OWN.words.encode() not in row.words


def test_thirty_are_enough_and_none_is_kept_twice_M02(scene: Scene) -> None:
    """The same phrase of the bank once; after a drop there is room again."""
    person = scene.somebody()
    assert favourites.MOST == MOST_KEPT
    assert scene.does(favourites.keep, person, BANK, NOON)
    assert not scene.does(favourites.keep, person, replace(BANK, id="favosame"), NOON)
    for number in range(MOST_KEPT - 1):
        own = Favourite(f"favo{number}", words=f"frase {number}")
        assert scene.does(favourites.keep, person, own, NOON)
    assert not scene.does(favourites.keep, person, OWN, NOON)
    assert scene.does(favourites.drop, person, BANK.id)
    assert not scene.does(favourites.drop, person, BANK.id)
    assert scene.does(favourites.keep, person, OWN, NOON)


def test_nobody_drops_what_somebody_else_keeps_P8(scene: Scene) -> None:
    """An id alone opens nothing."""
    anna, bruno = scene.somebody(), scene.somebody()
    scene.does(favourites.keep, anna, OWN, NOON)
    assert not scene.does(favourites.drop, bruno, OWN.id)
    assert scene.does(favourites.of_person, anna) == (OWN,)
    assert scene.does(favourites.of_person, bruno) == ()


def test_the_own_copy_holds_them_P9(scene: Scene) -> None:
    """Whatever the chat is doing."""
    person = scene.somebody()
    scene.does(favourites.keep, person, OWN, NOON)
    with scene.unit() as unit:
        copy = tree(unit, people.lock_and_load(unit, person, NOON), NOON)
    assert copy["favourites"] == [{"id": OWN.id, "slug": None, "words": OWN.words}]


def test_when_control_was_told_of_is_kept_with_the_chat_A7(scene: Scene) -> None:
    """It outlives a restart; it is no row that somebody else could look up."""
    person = scene.somebody()
    before = scene.chat(person)
    scene.does(people.save, before, replace(before, control_at=NOON))
    assert scene.chat(person).control_at == NOON
