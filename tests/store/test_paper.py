"""Consent on paper: written down by the therapist for a patient without an account (M11)."""

from datetime import timedelta

import pytest

from bot.engine.chat import CONSENT_LASTS, Case, Role, Scope
from bot.store import agreements, cases, consents, dues
from tests.store.scene import DAY, EVERY_SCOPE, NOON, Scene, Three

GOALS, MODULES = Scope.GOALS, Scope.MODULES
SIGNED = NOON - 3 * DAY


def _two(scene: Scene, practice: str = "practice") -> Three:
    """A case whose partner has joined, and whose patient does not use Telegram."""
    therapist, partner = scene.therapist(practice), scene.somebody()
    case = scene.opened(therapist)
    assert scene.joins(partner, f"link {case}")
    scene.does(agreements.agree, partner, case, NOON)
    return Three(case, therapist, partner, "")


def _seen(scene: Scene, person: str, three: Three, role: Role) -> Case:
    case = scene.sees(person, three.case, role)
    assert isinstance(case, Case)
    return case


def _record(scene: Scene, three: Three, *scopes: Scope) -> bool:
    return scene.does(consents.record_paper, three.therapist, three.case, scopes, SIGNED, NOON)


def test_a_paper_opens_the_case_and_says_that_it_is_paper_M11(scene: Scene) -> None:
    """With the date on it and the date it was written down; half a year from the first."""
    three = _two(scene)
    assert not scene.does(cases.confirm, three.therapist, three.case, NOON)
    assert _record(scene, three, GOALS, MODULES)
    assert scene.does(cases.confirm, three.therapist, three.case, NOON)
    for person, role in ((three.partner, Role.PARTNER), (three.therapist, Role.THERAPIST)):
        case = _seen(scene, person, three, role)
        assert case.scopes == {GOALS, MODULES}
        assert (case.given_on, case.recorded_on) == (SIGNED.date(), NOON.date())
        assert case.until == (SIGNED + CONSENT_LASTS).date()


def test_no_paper_counts_from_the_future_or_of_more_than_half_a_year_ago(scene: Scene) -> None:
    """It would never have stood, or stand no more."""
    three = _two(scene)
    for on, counts in (
        (NOON + timedelta(seconds=1), False),
        (NOON - CONSENT_LASTS, False),
        (NOON - CONSENT_LASTS + timedelta(seconds=1), True),
        (NOON, True),
    ):
        done = scene.does(consents.record_paper, three.therapist, three.case, {GOALS}, on, NOON)
        assert done is counts


@pytest.mark.parametrize("who", ["partner", "stranger", "another_practice"])
def test_nobody_but_a_therapist_of_the_case_records_or_withdraws_paper_P9(
    scene: Scene, who: str
) -> None:
    """Least of all the partner: their account has no way to an active case."""
    three = _two(scene)
    others = {
        "partner": three.partner,
        "stranger": scene.somebody(),
        "another_practice": _two(scene, "another").therapist,
    }
    person = others[who]
    paper = (three.case, EVERY_SCOPE, SIGNED, NOON)
    assert not scene.does(consents.record_paper, person, *paper)
    assert not scene.does(cases.give_consent, person, three.case, EVERY_SCOPE, NOON)
    assert not scene.does(cases.confirm, person, three.case, NOON)
    assert _record(scene, three, GOALS)
    assert not scene.does(consents.revoke_paper, person, three.case, NOON)
    assert _seen(scene, three.therapist, three, Role.THERAPIST).scopes == {GOALS}


def test_paper_is_withdrawn_at_once_on_the_patients_word_P8(scene: Scene) -> None:
    """With what waits under it, and nothing else; the same again changes nothing."""
    three = _two(scene)
    _record(scene, three, GOALS)
    scene.does(cases.confirm, three.therapist, three.case, NOON)
    for about, scope in (("under it", GOALS), ("beside it", None)):
        row = (dues.Kind.NOTICE, three.partner, NOON.date(), NOON, about, three.case, scope)
        assert scene.does(dues.plan, *row)
    assert scene.does(consents.revoke_paper, three.therapist, three.case, NOON)
    assert not scene.does(consents.revoke_paper, three.therapist, three.case, NOON)
    case = _seen(scene, three.partner, three, Role.PARTNER)
    assert (case.scopes, case.until, case.recorded_on) == (frozenset(), None, None)
    waiting = scene.does(dues.claim, NOON, "worker", timedelta(minutes=1))
    assert [due.about for due in waiting] == ["beside it"]


def test_a_patient_with_an_account_decides_there_and_paper_counts_no_more_P8_P9(
    scene: Scene,
) -> None:
    """What stands on paper they may keep, change or revoke; nothing more is recorded."""
    three = _two(scene)
    _record(scene, three, GOALS)
    patient = scene.somebody()
    assert scene.joins(patient, f"code {three.case}")
    assert not _record(scene, three, *EVERY_SCOPE)
    assert _seen(scene, patient, three, Role.PATIENT).recorded_on == NOON.date()
    assert scene.does(cases.give_consent, patient, three.case, {MODULES}, NOON)
    case = _seen(scene, three.therapist, three, Role.THERAPIST)
    assert (case.scopes, case.recorded_on) == ({MODULES}, None)
    assert not scene.does(consents.revoke_paper, three.therapist, three.case, NOON)
