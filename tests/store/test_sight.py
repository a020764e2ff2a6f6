"""What each role sees of a case, under each consent: the matrix."""

from dataclasses import replace

import pytest

from bot.engine.chat import Case, Goal, Role, Scope
from bot.store import cases, goals, people
from bot.store.tables import STAFF
from tests.store.scene import EVERY_SCOPE, NOON, Scene, Three, counted

CONSENTS = [frozenset[Scope](), *(frozenset({scope}) for scope in Scope), EVERY_SCOPE]
PARTNER, PATIENT, THERAPIST = Role.PARTNER, Role.PATIENT, Role.THERAPIST


def _full(scene: Scene, *, practice: str = "practice") -> Three:
    """A case with everything in it that anybody could see."""
    three = scene.three(practice=practice)
    chat = scene.chat(three.therapist)
    scene.does(people.save, chat, replace(chat, own_contact=f"phone of {three.case}"))
    scene.does(cases.assign, three.therapist, three.case, "low_friction", NOON)
    scene.does(cases.assign, three.therapist, three.case, "not_willpower", NOON)
    assert scene.does(cases.raise_request, three.partner, three.case, "request", NOON)
    shared = Goal(
        "shared", words="due passi insieme", own=False, misses=2, done=5, asked_on=NOON.date()
    )
    scene.does(goals.save_goal, three.partner, shared, NOON, three.case)
    let_go = Goal("let go", slug="short_walk", own=False, active=False)
    scene.does(goals.save_goal, three.partner, let_go, NOON, three.case)
    scene.does(goals.save_goal, three.partner, Goal("own", words="il mio caffè"), NOON)
    return three


def _sees(scene: Scene, person: str, three: Three, role: Role) -> Case:
    case = scene.sees(person, three.case, role)
    assert isinstance(case, Case)
    return case


@pytest.mark.parametrize("scopes", CONSENTS, ids=lambda s: "+".join(sorted(s)) or "nothing")
def test_each_role_sees_what_the_consent_that_stands_lets_it_see_P8_P9(
    scene: Scene, scopes: frozenset[Scope]
) -> None:
    """Consented to all, then to exactly these: everything else is sealed at once."""
    three = _full(scene)
    scene.does(cases.give_consent, three.patient, three.case, scopes, NOON)
    modules = ("low_friction", "not_willpower") if Scope.MODULES in scopes else ()
    reach = Scope.CONTACT in scopes

    partner = _sees(scene, three.partner, three, PARTNER)
    assert partner.scopes == scopes
    assert partner.modules == modules
    assert partner.contact_details == (f"phone of {three.case}" if reach else "")
    assert [request.id for request in partner.requests] == (["request"] if reach else [])
    assert (partner.label, partner.number) == ("", "")

    patient = _sees(scene, three.patient, three, PATIENT)
    assert patient.scopes == scopes
    assert patient.modules == modules
    assert (patient.contact_details, patient.requests, patient.label) == ("", (), "")
    assert patient.number == "4711"
    mirrored = (Goal("shared", words="due passi insieme", own=False),)
    assert patient.shared == (mirrored if Scope.GOALS in scopes else ())
    assert scene.chat(three.patient).goals == ()

    therapist = _sees(scene, three.therapist, three, THERAPIST)
    assert therapist.scopes == scopes
    assert therapist.modules == modules
    assert [request.id for request in therapist.requests] == (["request"] if reach else [])
    assert (therapist.label, therapist.number) == (f"label of {three.case}", "4711")
    assert therapist.contact_details == ""
    assert (therapist.shared, partner.shared) == ((), ())
    assert scene.chat(three.therapist).goals == ()

    mine = {goal.id for goal in scene.chat(three.partner).goals}
    assert mine == ({"shared", "let go", "own"} if Scope.GOALS in scopes else {"own"})


def test_before_the_therapist_confirms_the_partner_sees_nothing_of_the_patient_P9(
    scene: Scene,
) -> None:
    """Not even that somebody joined or consented; the therapist may prepare meanwhile."""
    three = scene.three(confirmed=False)
    scene.does(cases.assign, three.therapist, three.case, "low_friction", NOON)
    assert _sees(scene, three.partner, three, PARTNER) == Case(
        three.case, PARTNER, partner_joined=True, agreed_on=NOON.date()
    )
    patient = _sees(scene, three.patient, three, PATIENT)
    assert (patient.partner_joined, patient.patient_joined) == (True, True)
    assert (patient.confirmed, patient.scopes) == (False, EVERY_SCOPE)
    assert _sees(scene, three.therapist, three, THERAPIST).modules == ("low_friction",)


def test_modules_prepared_before_any_consent_show_to_the_therapist_alone_P8_P9(
    scene: Scene,
) -> None:
    """Never consented to is not sealed: there is nothing of the patient in it yet."""
    three = scene.three(scopes=())
    scene.does(cases.assign, three.therapist, three.case, "low_friction", NOON)
    assert _sees(scene, three.therapist, three, THERAPIST).modules == ("low_friction",)
    assert _sees(scene, three.partner, three, PARTNER).modules == ()
    assert _sees(scene, three.patient, three, PATIENT).modules == ()


def test_of_a_closed_case_only_the_therapist_knows_which_it_was_P9(scene: Scene) -> None:
    """The others see that it is closed."""
    three = _full(scene)
    assert scene.does(cases.close, three.therapist, three.case, NOON)
    for person, role in ((three.partner, PARTNER), (three.patient, PATIENT)):
        assert _sees(scene, person, three, role) == Case(three.case, role, open=False)
    assert _sees(scene, three.therapist, three, THERAPIST) == Case(
        three.case,
        THERAPIST,
        open=False,
        number="4711",
        label=f"label of {three.case}",
        ending="ended",
    )
    assert [goal.id for goal in scene.chat(three.partner).goals] == ["own"]


def test_nobody_sees_a_case_they_are_not_in_P9(scene: Scene) -> None:
    """Another practice, another case of the same practice, a stranger."""
    ours, theirs, next_door = (
        _full(scene),
        _full(scene, practice="another practice"),
        _full(scene),
    )
    for three in (ours, theirs, next_door):
        for person in (three.therapist, three.partner, three.patient):
            assert [case.id for case in scene.chat(person).cases] == [three.case]
    assert scene.chat(scene.somebody()).cases == ()


def test_a_therapist_who_left_the_practice_sees_its_cases_no_longer_P9(scene: Scene) -> None:
    """And nobody is told how to reach somebody who is not there any more."""
    three = _full(scene)
    with scene.unit() as unit:
        unit.connection.execute(STAFF.delete())
    assert scene.chat(three.therapist).cases == ()
    assert _sees(scene, three.partner, three, PARTNER).contact_details == ""
    assert not scene.does(cases.close, three.therapist, three.case, NOON)
    assert scene.does(cases.member_of, three.case, THERAPIST) is None


def test_one_account_may_be_partner_here_and_patient_there_each_seen_apart_P9(
    scene: Scene,
) -> None:
    """Roles do not lend each other anything."""
    here = _full(scene)
    other = scene.opened(scene.therapist("another practice"))
    assert scene.joins(here.partner, f"code {other}")
    chat = scene.chat(here.partner)
    assert [(case.id, case.mine) for case in chat.cases] == [
        (here.case, PARTNER),
        (other, PATIENT),
    ]
    assert [case.number for case in chat.cases] == ["", "4711"]


def test_the_mirror_says_what_a_shared_goal_is_and_not_how_it_goes_P9(scene: Scene) -> None:
    """No misses, no dates, no count, nothing let go, and nothing of the partner's own care."""
    three = _full(scene)
    case = _sees(scene, three.patient, three, PATIENT)
    assert case.shared == (Goal("shared", words="due passi insieme", own=False),)
    assert scene.does(cases.close, three.therapist, three.case, NOON)
    assert _sees(scene, three.patient, three, PATIENT).shared == ()


def test_two_patients_mirrors_are_never_mixed_P9(scene: Scene) -> None:
    """A partner here who is the patient there sees each side's goals in its own place."""
    here, there = _full(scene), scene.opened(scene.therapist("another practice"))
    other = scene.somebody()
    assert scene.joins(here.partner, f"code {there}")
    assert scene.joins(other, f"link {there}")
    scene.does(cases.give_consent, here.partner, there, EVERY_SCOPE, NOON)
    theirs = Goal("shared", slug="regular_meal", own=False)
    scene.does(goals.save_goal, other, theirs, NOON, there)
    with scene.unit() as unit, counted(unit.connection.engine) as statements:
        chat = people.lock_and_load(unit, here.partner)
    assert len(statements) <= 7
    assert [case.shared for case in chat.cases] == [(), (theirs,)]
    assert {goal.id for goal in chat.goals} == {"shared", "let go", "own"}
    assert next(g for g in chat.goals if g.id == "shared").words == "due passi insieme"


def test_a_therapist_sees_every_request_of_the_case_in_the_order_they_came_P9(
    scene: Scene,
) -> None:
    """And how far each one is."""
    three = _full(scene)
    scene.does(cases.mark_seen, three.therapist, "request", NOON)
    scene.does(cases.raise_request, three.partner, three.case, "a later one", NOON.replace(hour=13))
    seen = _sees(scene, three.therapist, three, THERAPIST).requests
    assert [(r.id, r.seen_at, r.action) for r in seen] == [
        ("request", NOON, None),
        ("a later one", None, None),
    ]
