"""Opening, joining, confirming, assigning, closing: by whoever may, and once."""

from datetime import timedelta

import pytest

from bot.engine.chat import Case, Role
from bot.engine.events import Invitation
from bot.store import cases, dues, people
from bot.store.tables import ASSIGNMENT, CASE, INVITATION, MEMBER
from tests.store.scene import DAY, NOON, Scene

UNKNOWN = Invitation(refused="unknown")
INSIDE = Invitation(refused="same_case")


def test_a_therapist_invites_and_both_join_and_are_confirmed(scene: Scene) -> None:
    """The three keys' first: each side comes in by its own secret."""
    therapist, partner, patient = scene.therapist(), scene.somebody(), scene.somebody()
    case = scene.opened(therapist, "c", "il signor B.")
    assert scene.joins(partner, "link c")
    assert scene.sees(therapist, case, Role.THERAPIST) == Case(
        "c", Role.THERAPIST, partner_joined=True, number="4711", label="il signor B."
    )
    assert not scene.does(cases.confirm, therapist, case, NOON)
    assert scene.joins(patient, "code c")
    assert scene.does(cases.confirm, therapist, case, NOON)
    assert not scene.does(cases.confirm, therapist, case, NOON)
    assert scene.does(cases.member_of, case, Role.PARTNER) == partner
    assert scene.does(cases.member_of, case, Role.PATIENT) == patient
    assert scene.does(cases.member_of, case, Role.THERAPIST) == therapist
    assert scene.does(cases.member_of, "nowhere", Role.PARTNER) is None


def test_opening_the_same_case_again_changes_nothing_P2(scene: Scene) -> None:
    """Nor can somebody else's case be opened over."""
    therapist = scene.therapist()
    scene.opened(therapist, "c", "first")
    again = {
        "label": "second",
        "number": "0000",
        "link": "another link",
        "code": "another code",
        "at": NOON,
        "expires_at": NOON + DAY,
    }
    assert not scene.does(cases.open_case, therapist, "c", **again)
    assert not scene.does(cases.open_case, scene.therapist("elsewhere"), "c", **again)
    assert (scene.rows(CASE), scene.rows(MEMBER), scene.rows(INVITATION)) == (1, 1, 2)
    assert scene.does(cases.find_invitation, "another link", scene.somebody(), NOON) == UNKNOWN


def test_only_who_works_for_a_practice_opens_cases_P9(scene: Scene) -> None:
    """A visitor cannot."""
    opened = scene.does(
        cases.open_case,
        scene.somebody(),
        "c",
        label="x",
        number="1",
        link="l",
        code="c",
        at=NOON,
        expires_at=NOON + DAY,
    )
    assert not opened
    assert scene.rows(CASE) == 0


def test_an_operators_invitation_makes_a_therapist_once(scene: Scene) -> None:
    """The second who brings it is told what a stranger is told."""
    assert scene.does(cases.add_practice, "practice", NOON)
    assert not scene.does(cases.add_practice, "practice", NOON)
    assert scene.does(cases.add_invitation, "practice", "welcome", expires_at=NOON + DAY)
    assert not scene.does(cases.add_invitation, "practice", "welcome", expires_at=NOON + DAY)
    anna, bruno = scene.somebody(), scene.somebody()
    found = scene.does(cases.find_invitation, "welcome", anna, NOON)
    assert found == Invitation(found.id if found else "", Role.THERAPIST, "", "practice")
    assert found is not None
    assert not scene.does(cases.join_case, found.id, anna, NOON)
    assert scene.does(cases.register_therapist, found.id, anna, NOON)
    assert not scene.does(cases.register_therapist, found.id, anna, NOON)
    assert not scene.does(cases.register_therapist, found.id, bruno, NOON)
    assert scene.chat(anna).roles == (Role.THERAPIST,)
    assert scene.chat(bruno).roles == ()
    assert scene.does(cases.find_invitation, "welcome", bruno, NOON) == UNKNOWN
    assert scene.does(cases.find_invitation, "welcome", anna, NOON) == INSIDE


def test_wrong_used_expired_replaced_and_closed_are_one_answer_P9(scene: Scene) -> None:
    """A guesser learns nothing from it."""
    therapist, stranger = scene.therapist(), scene.somebody()
    used, late, old, closed = (scene.opened(therapist, c) for c in ("c1", "c2", "c3", "c4"))
    assert scene.joins(scene.somebody(), f"link {used}")
    renewed = scene.does(
        cases.renew_invitation,
        therapist,
        old,
        Role.PARTNER,
        "new link",
        expires_at=NOON + DAY,
    )
    assert renewed
    assert scene.does(cases.close, therapist, closed, NOON)
    answers = {
        "never existed": scene.does(cases.find_invitation, "x", stranger, NOON),
        "used": scene.does(cases.find_invitation, f"link {used}", stranger, NOON),
        "expired": scene.does(cases.find_invitation, f"link {late}", stranger, NOON + 7 * DAY),
        "replaced": scene.does(cases.find_invitation, f"link {old}", stranger, NOON),
        "closed": scene.does(cases.find_invitation, f"link {closed}", stranger, NOON),
    }
    assert set(answers.values()) == {UNKNOWN}
    assert scene.does(cases.find_invitation, "", stranger, NOON) is None
    in_time = scene.does(cases.find_invitation, f"link {late}", stranger, NOON + 6 * DAY)
    assert in_time is not None
    assert (in_time.case, in_time.role, in_time.practice) == (late, Role.PARTNER, "practice")


def test_two_roles_of_one_account_are_refused_within_a_case_P9(scene: Scene) -> None:
    """Nobody consents for the person they love, and no therapist is their own patient."""
    therapist, partner = scene.therapist(), scene.somebody()
    case = scene.opened(therapist)
    for_patient = scene.does(cases.find_invitation, f"code {case}", scene.somebody(), NOON)
    assert for_patient is not None
    assert scene.joins(partner, f"link {case}")
    for person in (partner, therapist):
        found = scene.does(cases.find_invitation, f"code {case}", person, NOON)
        assert found == INSIDE
        assert not scene.does(cases.join_case, for_patient.id, person, NOON)
    assert scene.does(cases.find_invitation, f"link {case}", partner, NOON) == INSIDE
    assert scene.rows(MEMBER) == 2


def test_the_number_to_compare_comes_with_the_patients_code_alone_P9(scene: Scene) -> None:
    """The partner never learns it, so they cannot answer for the patient."""
    case = scene.opened(scene.therapist())
    stranger = scene.somebody()
    for secret, number in ((f"code {case}", "4711"), (f"link {case}", "")):
        found = scene.does(cases.find_invitation, secret, stranger, NOON)
        assert found is not None
        assert found.number == number


def test_an_expired_code_tells_the_partner_no_more_than_a_stranger_P9(scene: Scene) -> None:
    """Being in the case is said only of what could have been used, or was by themselves."""
    case = scene.opened(scene.therapist())
    partner = scene.somebody()
    assert scene.joins(partner, f"link {case}")
    late = NOON + 8 * DAY
    assert scene.does(cases.find_invitation, f"code {case}", partner, late) == UNKNOWN


def test_an_invitation_is_used_once_and_a_seat_is_taken_once_P2(scene: Scene) -> None:
    """Two taps, or two people with one link: one partner."""
    therapist = scene.therapist()
    case = scene.opened(therapist)
    first, second = scene.somebody(), scene.somebody()
    found = scene.does(cases.find_invitation, f"link {case}", first, NOON)
    assert found is not None
    assert scene.does(cases.join_case, found.id, first, NOON)
    assert not scene.does(cases.join_case, found.id, first, NOON)
    assert not scene.does(cases.join_case, found.id, second, NOON)
    for role in (Role.PARTNER, Role.THERAPIST):
        renewed = scene.does(
            cases.renew_invitation, therapist, case, role, "more", expires_at=NOON + DAY
        )
        assert not renewed


def test_an_invitation_that_ran_out_between_finding_and_using_is_not_used(scene: Scene) -> None:
    """The moment that counts is the one of joining."""
    case = scene.opened(scene.therapist())
    person = scene.somebody()
    found = scene.does(cases.find_invitation, f"link {case}", person, NOON)
    assert found is not None
    assert not scene.does(cases.join_case, found.id, person, NOON + 7 * DAY)
    assert not scene.does(cases.register_therapist, found.id, person, NOON)


def test_renewing_with_the_same_secret_changes_nothing_P2(scene: Scene) -> None:
    """The new link stays the one link."""
    therapist = scene.therapist()
    case = scene.opened(therapist)
    for expected in (True, False):
        renewed = scene.does(
            cases.renew_invitation,
            therapist,
            case,
            Role.PARTNER,
            "new link",
            expires_at=NOON + DAY,
        )
        assert renewed is expected
    assert scene.rows(INVITATION) == 2
    assert scene.joins(scene.somebody(), "new link")


def test_modules_come_in_the_order_they_were_assigned(scene: Scene) -> None:
    """Taken back and assigned again, one comes last; twice the same is once."""
    three = scene.three()

    def seen() -> tuple[str, ...]:
        return scene.chat(three.partner).cases[0].modules

    for module in ("b", "a", "c"):
        assert scene.does(cases.assign, three.therapist, three.case, module, NOON)
    assert not scene.does(cases.assign, three.therapist, three.case, "a", NOON)
    assert seen() == ("b", "a", "c")
    assert scene.does(cases.withdraw, three.therapist, three.case, "b", NOON)
    assert not scene.does(cases.withdraw, three.therapist, three.case, "b", NOON)
    assert seen() == ("a", "c")
    assert scene.does(cases.assign, three.therapist, three.case, "b", NOON)
    assert seen() == ("a", "c", "b")
    assert scene.rows(ASSIGNMENT) == 3


def test_closing_a_case_drops_what_was_to_be_pushed_in_it(scene: Scene) -> None:
    """And nothing more can be done there; closing again changes nothing."""
    three = scene.three()
    day = NOON.date()
    scene.does(dues.plan, dues.Kind.NOTICE, three.partner, day, NOON, "n", three.case)
    scene.does(dues.plan, dues.Kind.REMINDER, three.partner, day, NOON)
    assert scene.does(cases.close, three.therapist, three.case, NOON)
    left = scene.does(dues.claim, NOON, "worker", timedelta(minutes=1))
    assert [due.kind for due in left] == ["reminder"]
    assert not scene.does(cases.close, three.therapist, three.case, NOON)
    assert not scene.does(cases.assign, three.therapist, three.case, "m", NOON)
    assert not scene.does(cases.raise_request, three.partner, three.case, "r", NOON)


@pytest.mark.parametrize("who", ["partner", "patient", "colleague", "other", "stranger"])
def test_nobody_but_its_therapist_acts_as_one_in_a_case_P9(scene: Scene, who: str) -> None:
    """Whoever it is gets what they would get for a case that does not exist."""
    three = scene.three()
    scene.does(cases.assign, three.therapist, three.case, "m", NOON)
    scene.does(cases.raise_request, three.partner, three.case, "r", NOON)
    person = {
        "partner": three.partner,
        "patient": three.patient,
        "colleague": scene.therapist("practice"),
        "other": scene.therapist("another practice"),
        "stranger": scene.somebody(),
    }[who]
    before = scene.chat(three.therapist)
    for case in (three.case, "no such case"):
        assert not scene.does(cases.confirm, person, case, NOON)
        assert not scene.does(cases.close, person, case, NOON)
        assert not scene.does(cases.assign, person, case, "other", NOON)
        assert not scene.does(cases.withdraw, person, case, "m", NOON)
        renewed = scene.does(
            cases.renew_invitation, person, case, Role.PARTNER, "s", expires_at=NOON + DAY
        )
        assert not renewed
    for request in ("r", "no such request"):
        assert not scene.does(cases.mark_seen, person, request, NOON)
        assert not scene.does(cases.acknowledge, person, request, "call", NOON)
    assert scene.chat(three.therapist) == before
    assert scene.does(people.address, person) is not None
