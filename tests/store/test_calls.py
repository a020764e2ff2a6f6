"""A patient's wish to be called: for the therapist of the case, and for nobody else (M11, P9)."""

from datetime import timedelta

import pytest

from bot.engine.chat import Call, Case, Role
from bot.store import calls, cases, people
from bot.store.tables import CALL_REQUEST
from tests.store.scene import EVERY_SCOPE, NOON, Scene, Three

LATER = NOON + timedelta(hours=1)


def _call(scene: Scene, person: str, three: Three, role: Role) -> Call | None:
    case = scene.sees(person, three.case, role)
    assert isinstance(case, Case)
    return case.call


def test_a_wish_to_be_called_is_seen_by_patient_and_therapist_and_never_by_the_partner_P9(
    scene: Scene,
) -> None:
    """Without any consent: nothing about anybody goes with it."""
    three = scene.three()
    scene.does(cases.revoke_consent, three.patient, three.case, EVERY_SCOPE, NOON)
    assert scene.does(calls.ask, three.patient, three.case, NOON)
    assert not scene.does(calls.ask, three.patient, three.case, LATER)
    for person, role in ((three.patient, Role.PATIENT), (three.therapist, Role.THERAPIST)):
        assert _call(scene, person, three, role) == Call(NOON)
    assert _call(scene, three.partner, three, Role.PARTNER) is None


def test_it_is_read_once_taken_over_once_and_can_be_asked_again_P2(scene: Scene) -> None:
    """Whoever takes it over has read it."""
    three = scene.three()
    scene.does(calls.ask, three.patient, three.case, NOON)
    assert scene.does(calls.mark_seen, three.therapist, three.case, NOON)
    assert not scene.does(calls.mark_seen, three.therapist, three.case, LATER)
    assert scene.does(calls.close, three.therapist, three.case, LATER)
    assert not scene.does(calls.close, three.therapist, three.case, LATER)
    assert _call(scene, three.patient, three, Role.PATIENT) == Call(NOON, NOON, LATER)
    assert scene.does(calls.ask, three.patient, three.case, LATER)
    assert _call(scene, three.patient, three, Role.PATIENT) == Call(LATER)
    assert scene.does(calls.close, three.therapist, three.case, LATER)
    assert _call(scene, three.patient, three, Role.PATIENT) == Call(LATER, LATER, LATER)


@pytest.mark.parametrize("who", ["partner", "stranger", "another_practice"])
def test_nobody_else_asks_reads_or_takes_over_P9(scene: Scene, who: str) -> None:
    """It looks exactly like what does not exist."""
    three = scene.three()
    others = {
        "partner": three.partner,
        "stranger": scene.somebody(),
        "another_practice": scene.three(practice="another").therapist,
    }
    assert not scene.does(calls.ask, others[who], three.case, NOON)
    scene.does(calls.ask, three.patient, three.case, NOON)
    assert not scene.does(calls.mark_seen, others[who], three.case, NOON)
    assert not scene.does(calls.close, others[who], three.case, NOON)
    assert _call(scene, three.patient, three, Role.PATIENT) == Call(NOON)


def test_it_goes_with_the_patient(scene: Scene) -> None:
    """An erased patient has asked for nothing."""
    three = scene.three()
    scene.does(calls.ask, three.patient, three.case, NOON)
    scene.does(people.erase, three.patient, LATER)
    assert scene.rows(CALL_REQUEST) == 0
