"""What partner and patient settle for themselves: responsible use, and topics left alone (M11)."""

import pytest

from bot.engine.chat import Case, Role
from bot.store import agreements, cases
from tests.store.scene import EVERY_SCOPE, NOON, Scene, Three


def _case(scene: Scene, person: str, three: Three, role: Role) -> Case:
    case = scene.sees(person, three.case, role)
    assert isinstance(case, Case)
    return case


def test_nothing_of_the_case_opens_before_the_partner_agrees_on_responsible_use_M11_P9(
    scene: Scene,
) -> None:
    """Refused or taken back, it is closed to the partner alone, and nothing is sealed."""
    three = scene.three()
    scene.does(cases.assign, three.therapist, three.case, "m", NOON)
    assert _case(scene, three.partner, three, Role.PARTNER).modules == ("m",)
    assert scene.does(agreements.disagree, three.partner, three.case)
    assert not scene.does(agreements.disagree, three.partner, three.case)
    closed = _case(scene, three.partner, three, Role.PARTNER)
    assert (closed.scopes, closed.modules, closed.agreed_on) == (frozenset(), (), None)
    assert closed.until is not None
    assert not scene.does(cases.raise_request, three.partner, three.case, "r", NOON)
    assert _case(scene, three.patient, three, Role.PATIENT).scopes == EVERY_SCOPE
    assert scene.does(agreements.agree, three.partner, three.case, NOON)
    assert not scene.does(agreements.agree, three.partner, three.case, NOON)
    again = _case(scene, three.partner, three, Role.PARTNER)
    assert (again.modules, again.agreed_on) == (("m",), NOON.date())
    assert _case(scene, three.therapist, three, Role.THERAPIST).agreed_on == NOON.date()


@pytest.mark.parametrize("who", ["patient", "therapist", "stranger"])
def test_nobody_agrees_for_the_partner_P9(scene: Scene, who: str) -> None:
    """Nor takes the agreement back."""
    three = scene.three()
    person = scene.somebody() if who == "stranger" else str(getattr(three, who))
    assert not scene.does(agreements.disagree, person, three.case)
    scene.does(agreements.disagree, three.partner, three.case)
    assert not scene.does(agreements.agree, person, three.case, NOON)


def test_topics_left_alone_hold_for_the_partner_and_are_told_to_nobody_M11_P9(
    scene: Scene,
) -> None:
    """With or without consent; the therapist does not learn them."""
    three = scene.three()
    topics = {"money", "intimacy"}
    assert scene.does(agreements.choose_topics, three.patient, three.case, topics)
    scene.does(cases.revoke_consent, three.patient, three.case, EVERY_SCOPE, NOON)
    assert _case(scene, three.patient, three, Role.PATIENT).never == topics
    assert _case(scene, three.partner, three, Role.PARTNER).never == topics
    assert _case(scene, three.therapist, three, Role.THERAPIST).never == frozenset()
    assert scene.does(agreements.choose_topics, three.patient, three.case, ())
    assert _case(scene, three.partner, three, Role.PARTNER).never == frozenset()


@pytest.mark.parametrize("who", ["partner", "therapist", "stranger"])
def test_nobody_but_the_patient_chooses_topics_P9(scene: Scene, who: str) -> None:
    """Not even to read back what was chosen."""
    three = scene.three()
    person = scene.somebody() if who == "stranger" else str(getattr(three, who))
    assert not scene.does(agreements.choose_topics, person, three.case, {"work"})
    assert _case(scene, three.patient, three, Role.PATIENT).never == frozenset()


def test_before_the_case_is_confirmed_a_partner_feels_nothing_of_the_patients_topics_P9(
    scene: Scene,
) -> None:
    """It might be the wrong patient."""
    three = scene.three(confirmed=False)
    scene.does(agreements.choose_topics, three.patient, three.case, {"work"})
    assert _case(scene, three.partner, three, Role.PARTNER).never == frozenset()
