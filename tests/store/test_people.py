"""Finding, loading and saving people."""

from dataclasses import replace
from datetime import time, timedelta
from types import MappingProxyType

import pytest

from bot.engine.chat import Chat, OwnDates, Place, Preferences, Role
from bot.safety.alarm import Alarm, Card, Level
from bot.store import cases, dues, people
from bot.store.database import Database
from bot.store.tables import PERSON
from tests.store.scene import NOON, Scene, counted


def test_a_stranger_becomes_somebody_at_the_first_message_and_stays_the_same(
    scene: Scene,
) -> None:
    """Two first messages at once make one person; an account is found by its hash."""
    assert scene.does(people.find, 77) is None
    person = scene.does(people.create, 77, "en", NOON)
    assert scene.does(people.create, 77, "it", NOON) == person
    assert scene.does(people.find, 77) == person
    assert scene.does(people.find, 78) is None
    assert scene.does(people.address, person) == 77


def test_a_new_chat_is_a_visitor_at_hello_in_their_language(scene: Scene) -> None:
    """Everything else is as the dialogue's own defaults say."""
    person = scene.somebody("en")
    assert scene.chat(person) == Chat(person, preferences=Preferences(lang="en"))


def test_everything_a_turn_can_change_comes_back_as_it_was_saved(scene: Scene) -> None:
    """Words with accents and emoji, times with their zone, the alarm with its card."""
    person = scene.somebody()
    before = scene.chat(person)
    after = replace(
        before,
        role=Role.PARTNER,
        roles=(Role.PARTNER,),
        place=Place("micro_goal", "words", MappingProxyType({"own": "un caffè ☕ insieme"})),
        revision=7,
        pressed="6:choose:walk",
        paused=Place("low_friction", "why", MappingProxyType({"said": "«basta»"})),
        alarm=Alarm(Level.RED, "R7", Card.VIOLENCE, NOON, NOON + timedelta(seconds=1.5)),
        goals_off=True,
        adult=True,
        agreed=True,
        own_contact="studio, 06 123456, lun-ven 9-17",
        own_dates=OwnDates(access_on=NOON.date(), heavy_since=NOON.date(), heavy_on=NOON.date()),
        preferences=Preferences(
            "en",
            "GB",
            "Europe/London",
            time(7, 5),
            time(23),
            time(6, 59),
            pushes=False,
            follow_up=True,
        ),
    )
    assert scene.does(people.save, before, after)
    assert scene.chat(person) == after


def test_what_was_set_can_be_taken_back(scene: Scene) -> None:
    """Empty words and nothing interrupted are stored as nothing."""
    person = scene.somebody()
    start = scene.chat(person)
    full = replace(
        start,
        place=Place("f", "s", MappingProxyType({"a": "b"})),
        paused=Place("g", "t"),
        own_contact="x",
    )
    scene.does(people.save, start, full)
    scene.does(people.save, full, start)
    assert scene.chat(person) == start
    with scene.database.reading() as unit:
        row = unit.connection.execute(PERSON.select()).one()
    assert (row.memory, row.paused, row.own_contact) == (None, None, None)


def test_a_turn_that_changes_nothing_writes_nothing(scene: Scene) -> None:
    """An edited message, a stale button: read, and no statement."""
    person = scene.somebody()
    with scene.unit() as unit:
        chat = people.lock_and_load(unit, person)
        with counted(unit.connection.engine) as statements:
            assert not people.save(unit, chat, chat)
    assert statements == []


def test_a_turn_writes_only_what_changed(scene: Scene) -> None:
    """One statement, with the columns that differ."""
    person = scene.somebody()
    with scene.unit() as unit:
        chat = people.lock_and_load(unit, person)
        with counted(unit.connection.engine) as statements:
            assert people.save(unit, chat, replace(chat, revision=1, adult=True))
    assert len(statements) == 1
    written = statements[0].partition("SET")[2].partition("WHERE")[0]
    assert sorted(part.partition("=")[0].strip() for part in written.split(",")) == [
        "adult",
        "revision",
    ]


def test_two_chats_are_never_mixed(scene: Scene) -> None:
    """Saving one person's turn over another's is a fault of ours."""
    anna, bruno = scene.chat(scene.somebody()), scene.chat(scene.somebody())
    with pytest.raises(ValueError, match="two people"):
        scene.does(people.save, anna, bruno)


def test_nobody_is_loaded_for_an_unknown_id(scene: Scene) -> None:
    """And nobody has an address there."""
    with pytest.raises(LookupError):
        scene.chat("nobody")
    assert scene.does(people.address, "nobody") is None


def test_who_blocks_the_bot_has_no_address_until_they_come_back(scene: Scene) -> None:
    """One call after a 403, and none later; the data stay."""
    person = scene.somebody()
    scene.does(people.set_blocked, person, NOON)
    assert scene.does(people.address, person) is None
    assert scene.does(people.find, 5_000_000_001) == person
    scene.does(people.set_blocked, person, None)
    assert scene.does(people.address, person) == 5_000_000_001


def test_roles_are_those_taken_before_and_those_held_now(scene: Scene) -> None:
    """A partner alone, who later works for a practice and is a patient elsewhere, can switch."""
    therapist = scene.therapist("other practice")
    case = scene.opened(therapist)
    person = scene.somebody()
    start = scene.chat(person)
    scene.does(people.save, start, replace(start, role=Role.PARTNER))
    assert scene.joins(person, f"code {case}")
    scene.does(cases.add_practice, "practice", NOON)
    assert scene.does(people.register_staff, person, "practice", NOON)
    assert not scene.does(people.register_staff, person, "practice", NOON)
    assert scene.chat(person).roles == (Role.PARTNER, Role.PATIENT, Role.THERAPIST)


def test_nobody_is_a_therapist_without_a_practice_P9(scene: Scene) -> None:
    """Whatever the chat says about its roles."""
    person = scene.somebody()
    start = scene.chat(person)
    scene.does(people.save, start, replace(start, roles=(Role.PARTNER, Role.THERAPIST)))
    assert scene.chat(person).roles == (Role.PARTNER,)


def test_where_people_stand_can_be_compared_with_the_flows_there_are(scene: Scene) -> None:
    """At the start, for steps that no longer exist."""
    first = scene.chat(scene.somebody())
    scene.somebody()
    scene.does(people.save, first, replace(first, place=Place("menu", "home")))
    assert scene.does(people.places) == {("menu", "home"), ("onboarding", "hello")}


def test_a_whole_chat_is_loaded_with_at_most_seven_statements(scene: Scene) -> None:
    """Whatever the role and however full the case is."""
    three = scene.three()
    scene.does(cases.assign, three.therapist, three.case, "low_friction", NOON)
    scene.does(cases.raise_request, three.partner, three.case, "r", NOON)
    for person in (three.partner, three.patient, three.therapist, scene.somebody()):
        with scene.unit() as unit, counted(unit.connection.engine) as statements:
            people.lock_and_load(unit, person)
        assert len(statements) <= 7


def test_two_turns_may_note_something_for_each_other_without_a_deadlock(
    postgresql_database: Database,
) -> None:
    """A row that refers to somebody whose turn is open does not wait for that turn."""
    scene = Scene(postgresql_database)
    anna, bruno = scene.somebody(), scene.somebody()
    with scene.unit() as one, scene.unit() as two:
        people.lock_and_load(one, anna)
        people.lock_and_load(two, bruno)
        assert dues.plan(one, dues.Kind.NOTICE, bruno, NOON.date(), NOON)
        assert dues.plan(two, dues.Kind.NOTICE, anna, NOON.date(), NOON)
