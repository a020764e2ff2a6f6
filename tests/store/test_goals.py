"""Micro-goals and progress: the person's own, each answer once."""

from dataclasses import replace
from datetime import date

import pytest

from bot.engine.chat import Goal, Progress, Scope
from bot.store import cases, goals, progress
from bot.store.tables import GOAL, GOAL_ANSWER, PROGRESS
from tests.store.scene import DAY, NOON, Scene, counted

WALK = Goal("g1", slug="short_walk", effort=2)
TODAY = date(2027, 3, 10)


def test_a_goal_comes_back_with_all_it_has(scene: Scene) -> None:
    """In own words or from the catalogue, in the order they were made."""
    person = scene.somebody()
    own = replace(WALK, id="a0", slug=None, words="chiamare mia sorella 📞", active=False)
    scene.does(goals.save_goal, person, WALK, NOON)
    scene.does(goals.save_goal, person, own, NOON + DAY)
    assert scene.chat(person).goals == (WALK, own)


def test_a_changed_goal_is_the_same_goal_P2(scene: Scene) -> None:
    """Saving it again, changed or not, makes no second one."""
    person = scene.somebody()
    later = replace(
        WALK, smaller=True, misses=2, asked_on=TODAY, answered_on=TODAY, done=4, active=False
    )
    for goal in (WALK, WALK, later):
        scene.does(goals.save_goal, person, goal, NOON)
    assert scene.chat(person).goals == (later,)


def test_two_people_may_have_goals_with_the_same_id_P9(scene: Scene) -> None:
    """An id is unique within its owner; nobody can change another's goal."""
    anna, bruno = scene.somebody(), scene.somebody()
    scene.does(goals.save_goal, anna, WALK, NOON)
    scene.does(goals.save_goal, bruno, replace(WALK, slug="regular_meal"), NOON)
    assert scene.does(goals.record_answer, anna, "g1", TODAY, "done")
    assert scene.chat(anna).goals == (WALK,)
    assert scene.chat(bruno).goals == (replace(WALK, slug="regular_meal"),)
    assert (scene.rows(GOAL), scene.rows(GOAL_ANSWER)) == (2, 1)


def test_a_day_has_one_answer_P2(scene: Scene) -> None:
    """The latest stands, however many taps follow; another day has its own."""
    person = scene.somebody()
    scene.does(goals.save_goal, person, WALK, NOON)
    assert scene.does(goals.record_answer, person, "g1", TODAY, "done")
    assert not scene.does(goals.record_answer, person, "g1", TODAY, "done")
    assert scene.does(goals.record_answer, person, "g1", TODAY, "not_today")
    assert scene.does(goals.record_answer, person, "g1", TODAY + DAY, "partly")
    with scene.database.reading() as unit:
        rows = unit.connection.execute(GOAL_ANSWER.select().order_by(GOAL_ANSWER.c.day))
        assert [(row.day, row.answer) for row in rows] == [
            (TODAY, "not_today"),
            (TODAY + DAY, "partly"),
        ]


def test_an_answer_can_be_taken_back_M04(scene: Scene) -> None:
    """That of the day and the goal named, of this person, and once."""
    anna, bruno = scene.somebody(), scene.somebody()
    for person in (anna, bruno):
        scene.does(goals.save_goal, person, WALK, NOON)
        for day in (TODAY, TODAY + DAY):
            scene.does(goals.record_answer, person, "g1", day, "done")
    assert scene.does(goals.take_back_answer, anna, "g1", TODAY)
    assert not scene.does(goals.take_back_answer, anna, "g1", TODAY)
    assert not scene.does(goals.take_back_answer, anna, "g2", TODAY + DAY)
    with scene.database.reading() as unit:
        rows = unit.connection.execute(GOAL_ANSWER.select())
        left = {(row.person_id, row.day) for row in rows}
    assert left == {(anna, TODAY + DAY), (bruno, TODAY), (bruno, TODAY + DAY)}


def test_a_goal_that_is_not_theirs_takes_no_answer_P9(scene: Scene) -> None:
    """It looks like a goal that does not exist."""
    anna, bruno = scene.somebody(), scene.somebody()
    scene.does(goals.save_goal, anna, WALK, NOON)
    assert not scene.does(goals.record_answer, bruno, "g1", TODAY, "done")
    assert not scene.does(goals.record_answer, anna, "g2", TODAY, "done")


def test_a_shared_goal_belongs_to_the_case_it_was_made_in_P8(scene: Scene) -> None:
    """Sealed with it, opened with it, and saved again without losing it."""
    three = scene.three()
    shared = replace(WALK, own=False)
    scene.does(goals.save_goal, three.partner, shared, NOON, three.case)
    scene.does(goals.save_goal, three.partner, replace(shared, done=1), NOON, three.case)
    assert scene.chat(three.partner).goals == (replace(shared, done=1),)
    scene.does(cases.revoke_consent, three.patient, three.case, {Scope.GOALS}, NOON)
    assert scene.chat(three.partner).goals == ()


def test_a_shared_goal_needs_a_case_its_owner_is_in_P9(scene: Scene) -> None:
    """Neither none nor another's."""
    three, person = scene.three(), scene.somebody()
    for case in (None, three.case):
        with pytest.raises(ValueError, match="needs a case"):
            scene.does(goals.save_goal, person, replace(WALK, own=False), NOON, case)
    assert scene.rows(GOAL) == 0


def test_progress_is_where_one_stands_in_each_module(scene: Scene) -> None:
    """The latest step of each; the same again changes nothing."""
    person = scene.somebody()
    steps = (("a", "start", False), ("a", "end", True), ("b", "why", False), ("b", "why", False))
    for module, step, finished in steps:
        scene.does(progress.save_progress, person, module, step, NOON, finished=finished)
    assert scene.chat(person).progress == {
        "a": Progress("end", finished=True),
        "b": Progress("why"),
    }
    assert scene.rows(PROGRESS) == 2
    assert scene.chat(scene.somebody()).progress == {}


def test_saving_a_goal_takes_one_statement_of_its_own(scene: Scene) -> None:
    """The chat was loaded before, so its key is at hand."""
    person = scene.somebody()
    with scene.unit() as unit:
        unit.vault(person)
        with counted(unit.connection.engine) as statements:
            goals.save_goal(unit, person, WALK, NOON)
    assert len(statements) == 1
