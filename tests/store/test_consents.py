"""Consent: exact, the patient's alone, revoked at once, sealed for thirty days, then gone."""

from datetime import timedelta

import pytest

from bot.engine.chat import CONSENT_LASTS, Case, Goal, Role, Scope
from bot.store import cases, dues, goals, people
from bot.store.consents import run_out
from bot.store.tables import ASSIGNMENT, CONSENT, CONTACT_REQUEST, GOAL
from tests.store.scene import DAY, EVERY_SCOPE, NOON, Scene, Three

MODULES, GOALS, CONTACT = Scope.MODULES, Scope.GOALS, Scope.CONTACT


def _scopes(scene: Scene, three: Three) -> frozenset[Scope]:
    case = scene.sees(three.partner, three.case, Role.PARTNER)
    assert isinstance(case, Case)
    return case.scopes


def test_consent_is_exactly_what_was_last_given_P2_P8(scene: Scene) -> None:
    """More, less, other; the same again changes nothing."""
    three = scene.three(scopes=())
    for scopes in ({MODULES, CONTACT}, {CONTACT}, {GOALS}, set(), set(Scope)):
        assert scene.does(cases.give_consent, three.patient, three.case, scopes, NOON)
        assert not scene.does(cases.give_consent, three.patient, three.case, scopes, NOON)
        assert _scopes(scene, three) == scopes


def test_revoking_takes_these_scopes_and_no_other_P8(scene: Scene) -> None:
    """At once, for everybody; the same again changes nothing."""
    three = scene.three()
    revoked = {MODULES, CONTACT}
    assert scene.does(cases.revoke_consent, three.patient, three.case, revoked, NOON)
    assert _scopes(scene, three) == EVERY_SCOPE - revoked
    assert not scene.does(cases.revoke_consent, three.patient, three.case, revoked, NOON)
    assert not scene.does(cases.revoke_consent, three.patient, three.case, set(), NOON)


@pytest.mark.parametrize("who", ["partner", "therapist", "stranger"])
def test_nobody_but_the_patient_consents_or_revokes_P9(scene: Scene, who: str) -> None:
    """Least of all the partner's account."""
    three = scene.three(scopes={GOALS})
    person = scene.somebody() if who == "stranger" else str(getattr(three, who))
    assert not scene.does(cases.give_consent, person, three.case, EVERY_SCOPE, NOON)
    assert not scene.does(cases.revoke_consent, person, three.case, EVERY_SCOPE, NOON)
    assert _scopes(scene, three) == {GOALS}


def test_revoking_empties_the_queue_of_the_case_at_once_P8(scene: Scene) -> None:
    """What waits is dropped even if a worker has claimed it; other cases keep theirs."""
    three, other = scene.three(), scene.three()
    day, lease = NOON.date(), timedelta(minutes=1)
    for each in (three, other):
        planned = scene.does(
            dues.plan, dues.Kind.CONTACT, each.therapist, day, NOON, "r", each.case, CONTACT
        )
        assert planned
    claimed = scene.does(dues.claim, NOON, "worker", lease)
    assert len(claimed) == 2
    scene.does(cases.revoke_consent, three.patient, three.case, {CONTACT}, NOON)
    until = NOON + lease
    sent = {
        due.case: scene.does(
            dues.mark,
            due.id,
            dues.State.SENDING,
            at=NOON,
            worker="worker",
            lease_until=until,
        )
        for due in claimed
    }
    assert sent == {three.case: False, other.case: True}


def test_narrowing_consent_loses_no_request_for_contact_P3_P8(scene: Scene) -> None:
    """The patient no longer shares modules; whoever was asked to call is still told."""
    three = scene.three()
    day, lease = NOON.date(), timedelta(minutes=1)
    for about, scope in (("m", MODULES), ("r", CONTACT)):
        assert scene.does(
            dues.plan, dues.Kind.NOTICE, three.therapist, day, NOON, about, three.case, scope
        )
    left = EVERY_SCOPE - {MODULES, GOALS}
    assert scene.does(cases.give_consent, three.patient, three.case, left, NOON)
    assert [due.about for due in scene.does(dues.claim, NOON, "worker", lease)] == ["r"]


def _filled(scene: Scene) -> Three:
    three = scene.three()
    scene.does(cases.assign, three.therapist, three.case, "m", NOON)
    scene.does(cases.raise_request, three.partner, three.case, "r", NOON)
    scene.does(goals.save_goal, three.partner, Goal("g", own=False), NOON, three.case)
    scene.does(goals.save_goal, three.partner, Goal("mine"), NOON)
    return three


def test_consenting_again_within_thirty_days_opens_what_was_sealed_P8(scene: Scene) -> None:
    """Sealed is not erased."""
    three = _filled(scene)
    scene.does(cases.revoke_consent, three.patient, three.case, EVERY_SCOPE, NOON)
    assert scene.does(cases.forget_sealed, NOON + 29 * DAY - 30 * DAY) == 0
    late = NOON + 29 * DAY
    assert scene.does(cases.give_consent, three.patient, three.case, EVERY_SCOPE, late)
    case = scene.sees(three.partner, three.case, Role.PARTNER)
    assert isinstance(case, Case)
    assert case.modules == ("m",)
    assert [request.id for request in case.requests] == ["r"]
    assert {goal.id for goal in scene.chat(three.partner).goals} == {"g", "mine"}


def test_after_thirty_days_consent_starts_anew_even_if_nothing_was_erased_yet_P8(
    scene: Scene,
) -> None:
    """A job that is late does not give sealed data back."""
    three = _filled(scene)
    scene.does(cases.revoke_consent, three.patient, three.case, EVERY_SCOPE, NOON)
    late = NOON + 30 * DAY
    assert scene.does(cases.give_consent, three.patient, three.case, EVERY_SCOPE, late)
    case = scene.sees(three.partner, three.case, Role.PARTNER)
    assert isinstance(case, Case)
    assert (case.scopes, case.modules, case.requests) == (EVERY_SCOPE, (), ())
    assert [goal.id for goal in scene.chat(three.partner).goals] == ["mine"]


def test_what_was_sealed_thirty_days_ago_is_erased_scope_by_scope(scene: Scene) -> None:
    """Own-care goals belong to the partner and stay."""
    three = _filled(scene)
    scene.does(cases.revoke_consent, three.patient, three.case, {MODULES, GOALS}, NOON)
    scene.does(cases.revoke_consent, three.patient, three.case, {CONTACT}, NOON + DAY)
    assert scene.does(cases.forget_sealed, NOON) == 2
    assert (scene.rows(ASSIGNMENT), scene.rows(CONTACT_REQUEST), scene.rows(GOAL)) == (0, 1, 1)
    assert scene.rows(CONSENT) == len(Scope) - 2
    assert scene.does(cases.forget_sealed, NOON + DAY) == 1
    assert scene.rows(CONTACT_REQUEST) == 0


def test_a_therapist_may_prepare_again_after_sealed_data_are_gone(scene: Scene) -> None:
    """The past is erased; what comes later is a new beginning."""
    three = _filled(scene)
    scene.does(cases.revoke_consent, three.patient, three.case, {MODULES}, NOON)
    scene.does(cases.forget_sealed, NOON)
    assert scene.does(cases.assign, three.therapist, three.case, "new", NOON + 31 * DAY)
    case = scene.sees(three.therapist, three.case, Role.THERAPIST)
    assert isinstance(case, Case)
    assert case.modules == ("new",)


def test_consent_that_ran_out_is_no_consent_whether_or_not_anybody_noticed_P8(
    scene: Scene,
) -> None:
    """Every reader asks for the moment; to the second, and for everybody at once."""
    three = _filled(scene)
    ends = NOON + CONSENT_LASTS
    for at, stands in ((ends - timedelta(seconds=1), True), (ends, False)):
        for person in (three.partner, three.patient, three.therapist):
            (case,) = scene.does(people.lock_and_load, person, at).cases
            assert bool(case.scopes) is stands
            assert bool(case.modules) is stands
            assert (case.until == ends.date()) is stands
    assert not scene.does(cases.raise_request, three.partner, three.case, "late", ends)


def test_what_nobody_renewed_is_sealed_since_it_ran_out_with_its_queue_alone_P8(
    scene: Scene,
) -> None:
    """Other cases go on; the same again seals nothing; thirty days later it is erased."""
    three, other = _filled(scene), scene.three()
    late = NOON + CONSENT_LASTS + 5 * DAY
    scene.does(cases.give_consent, other.patient, other.case, EVERY_SCOPE, NOON + DAY * 100)
    for about, scope in (("r", CONTACT), ("other", None)):
        row = (dues.Kind.NOTICE, three.therapist, NOON.date(), NOON, about, three.case, scope)
        scene.does(dues.plan, *row)
    assert scene.does(run_out, late) == (three.case,)
    assert scene.does(run_out, late) == ()
    waiting = scene.does(dues.claim, late, "worker", timedelta(minutes=1))
    assert [due.about for due in waiting] == ["other"]
    assert _scopes(scene, other) == EVERY_SCOPE
    assert scene.does(cases.forget_sealed, NOON + CONSENT_LASTS - DAY) == 0
    assert scene.does(cases.forget_sealed, NOON + CONSENT_LASTS) == len(Scope)


def test_renewed_after_it_ran_out_it_opens_again_and_after_thirty_days_it_starts_anew_P8(
    scene: Scene,
) -> None:
    """Though no job has sealed it yet: the days are counted from the moment it ran out."""
    for days, modules in ((29, ("m",)), (30, ())):
        three = _filled(scene)
        back = NOON + CONSENT_LASTS + days * DAY
        assert scene.does(cases.give_consent, three.patient, three.case, EVERY_SCOPE, back)
        (case,) = scene.does(people.lock_and_load, three.partner, back).cases
        assert (case.scopes, case.modules) == (EVERY_SCOPE, modules)


def test_the_same_consent_again_holds_for_another_half_year(scene: Scene) -> None:
    """Nothing changed for anybody, so nobody is told; the date moves on."""
    three = scene.three()
    again = NOON + 170 * DAY
    assert not scene.does(cases.give_consent, three.patient, three.case, EVERY_SCOPE, again)
    (case,) = scene.does(people.lock_and_load, three.partner, again).cases
    assert (case.given_on, case.until) == (again.date(), (again + CONSENT_LASTS).date())
    assert scene.does(run_out, NOON + CONSENT_LASTS) == ()
