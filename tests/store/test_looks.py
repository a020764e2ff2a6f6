"""Who looked: a row for those whose data it was, by role, for twelve months."""

from datetime import timedelta

from bot.engine.chat import Look, Role
from bot.store import looks, people
from bot.store.tables import ACCESS_LOG
from tests.store.scene import DAY, NOON, Scene, counted

BOTH = (Role.PARTNER, Role.PATIENT)
TODAY = NOON.date()


def _seen(scene: Scene, person: str) -> tuple[Look, ...]:
    return scene.does(looks.at, person, "Europe/Rome")


def test_a_look_is_told_to_those_whose_data_it_was_by_role_alone(scene: Scene) -> None:
    """Each of them reads it; whoever looked does not."""
    three = scene.three()
    scene.does(looks.note, three.therapist, three.case, of=BOTH, what="case", at=NOON)
    look = Look(Role.THERAPIST, "case", TODAY)
    assert (_seen(scene, three.partner), _seen(scene, three.patient)) == ((look,), (look,))
    assert _seen(scene, three.therapist) == ()


def test_when_a_patient_was_here_is_told_to_nobody(scene: Scene) -> None:
    """That they looked is enough; however often, it is one line."""
    three = scene.three()
    for day in range(3):
        scene.does(
            looks.note, three.patient, three.case, of=BOTH, what="mirror", at=NOON + day * DAY
        )
    assert _seen(scene, three.partner) == (Look(Role.PATIENT, "mirror"),)
    assert _seen(scene, three.patient) == ()
    scene.does(looks.note, three.therapist, three.case, of=BOTH, what="case", at=NOON)
    assert [look.on for look in _seen(scene, three.partner)] == [TODAY, None]


def test_P9_somebody_outside_the_case_saw_nothing_and_leaves_no_row(scene: Scene) -> None:
    """Another practice's therapist, or one who has left this one."""
    three, other = scene.three(), scene.three(practice="another")
    scene.does(looks.note, other.therapist, three.case, of=BOTH, what="case", at=NOON)
    scene.does(looks.note, "nobody", three.case, of=BOTH, what="case", at=NOON)
    assert scene.rows(ACCESS_LOG) == 0


def test_the_latest_comes_first_once_a_day_and_by_the_persons_own_clock(scene: Scene) -> None:
    """A minute before midnight in London is the next day in Rome."""
    three = scene.three()
    late = NOON.replace(hour=23, minute=30)
    for at in (NOON, NOON + timedelta(minutes=5), late):
        scene.does(looks.note, three.therapist, three.case, of=BOTH, what="case", at=at)
    dates = [look.on for look in _seen(scene, three.partner)]
    assert dates == [TODAY + DAY, TODAY]
    assert [look.on for look in scene.does(looks.at, three.partner, "UTC")] == [TODAY]


def test_looks_are_loaded_only_where_they_are_shown(scene: Scene) -> None:
    """Every other turn does without the statement."""
    three = scene.three()
    scene.does(looks.note, three.therapist, three.case, of=BOTH, what="case", at=NOON)
    assert scene.chat(three.partner).looks == ()
    with scene.unit() as unit:
        unit.connection.exec_driver_sql("UPDATE person SET flow = 'my_data', step = 'list'")
    with scene.unit() as unit, counted(unit.connection.engine) as statements:
        chat = people.lock_and_load(unit, three.partner, NOON)
    assert chat.looks == (Look(Role.THERAPIST, "case", TODAY),)
    assert sum("access_log" in statement for statement in statements) == 1


def test_erasing_a_person_erases_who_looked_at_them(scene: Scene) -> None:
    """And nothing of what others may read."""
    three = scene.three()
    scene.does(looks.note, three.therapist, three.case, of=BOTH, what="case", at=NOON)
    scene.does(people.erase, three.partner, NOON)
    assert scene.rows(ACCESS_LOG) == 1
    assert len(_seen(scene, three.patient)) == 1
