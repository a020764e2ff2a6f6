"""The order of what is suggested, how a case is led, and invitations taken back."""

from dataclasses import replace
from datetime import date, time

import pytest

from bot.engine.chat import Case, Office, Role, Scope
from bot.store import cases, people
from tests.store.scene import NOON, Scene, Three

PARTNER, THERAPIST = Role.PARTNER, Role.THERAPIST
OFFICE = Office(
    (1, 3), time(9), time(17, 30), date(2027, 8, 1), date(2027, 8, 20), "la dott.ssa B."
)


def _sees(scene: Scene, person: str, three: Three, role: Role) -> Case:
    seen = scene.sees(person, three.case, role)
    assert isinstance(seen, Case)
    return seen


def test_a_module_changes_places_with_its_neighbour(scene: Scene) -> None:
    """What was taken back is no neighbour; over the ends nothing moves."""
    three = scene.three()
    for module in ("a", "gone", "b", "c"):
        scene.does(cases.assign, three.therapist, three.case, module, NOON)
    scene.does(cases.withdraw, three.therapist, three.case, "gone", NOON)

    def moved(module: str, *, earlier: bool) -> tuple[bool, tuple[str, ...]]:
        done = scene.does(cases.move, three.therapist, three.case, module, earlier=earlier)
        return done, _sees(scene, three.partner, three, PARTNER).modules

    assert moved("b", earlier=True) == (True, ("b", "a", "c"))
    assert moved("b", earlier=True) == (False, ("b", "a", "c"))
    assert moved("a", earlier=False) == (True, ("b", "c", "a"))
    assert moved("a", earlier=False) == (False, ("b", "c", "a"))
    assert moved("gone", earlier=True) == (False, ("b", "c", "a"))
    assert moved("never there", earlier=False) == (False, ("b", "c", "a"))


def test_the_style_reaches_the_partner_under_the_consent_to_readings_P8_M22(scene: Scene) -> None:
    """And can be taken away again; the patient's side has none."""
    three = scene.three()
    assert not scene.does(cases.set_style, three.therapist, three.case, "loud")
    assert scene.does(cases.set_style, three.therapist, three.case, "question")
    assert _sees(scene, three.therapist, three, THERAPIST).style == "question"
    assert _sees(scene, three.partner, three, PARTNER).style == "question"
    assert _sees(scene, three.patient, three, Role.PATIENT).style == ""
    scene.does(cases.revoke_consent, three.patient, three.case, {Scope.MODULES}, NOON)
    assert _sees(scene, three.partner, three, PARTNER).style == ""
    assert scene.does(cases.set_style, three.therapist, three.case, "")
    assert _sees(scene, three.therapist, three, THERAPIST).style == ""


@pytest.mark.parametrize("detailed", [True, False])
def test_hours_go_with_the_contact_details_and_with_the_consent_to_contact_P8(
    scene: Scene, *, detailed: bool
) -> None:
    """They are kept sealed; whoever cannot be reached shows no hours."""
    three = scene.three()
    chat = scene.chat(three.therapist)
    details = "studio 06 555 0100" if detailed else ""
    scene.does(people.save, chat, replace(chat, own_contact=details, office=OFFICE))
    assert scene.chat(three.therapist).office == OFFICE
    shown = OFFICE if detailed else None
    assert _sees(scene, three.partner, three, PARTNER).office == shown
    assert _sees(scene, three.patient, three, Role.PATIENT).office is None
    scene.does(cases.revoke_consent, three.patient, three.case, {Scope.CONTACT}, NOON)
    assert _sees(scene, three.partner, three, PARTNER).office is None


def test_an_invitation_that_was_taken_back_opens_nothing_P9(scene: Scene) -> None:
    """It is answered like one that never was; the other role's stays."""
    therapist, stranger = scene.therapist(), scene.somebody()
    case = scene.opened(therapist)
    assert scene.does(cases.withdraw_invitation, therapist, case, PARTNER)
    assert not scene.does(cases.withdraw_invitation, therapist, case, PARTNER)
    never = scene.does(cases.find_invitation, "never existed", stranger, NOON)
    assert scene.does(cases.find_invitation, f"link {case}", stranger, NOON) == never
    assert scene.joins(stranger, f"code {case}")
