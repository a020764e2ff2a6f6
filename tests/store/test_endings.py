"""How a case ends: who may end it, what stops, and who is told what of it (M30)."""

from datetime import timedelta

import pytest

from bot.engine.chat import ENDINGS, LEFT, SURVIVORS, Case, Role
from bot.store import cases, dues
from tests.store.scene import DAY, NOON, Scene

LATER = NOON + timedelta(hours=2)
PARTNER, PATIENT, THERAPIST = Role.PARTNER, Role.PATIENT, Role.THERAPIST


def _sees(scene: Scene, person: str, case: str, role: Role) -> Case:
    seen = scene.sees(person, case, role)
    assert isinstance(seen, Case)
    return seen


def _waits(scene: Scene) -> list[tuple[str, str]]:
    claimed = scene.does(dues.claim, NOON + DAY, "worker", timedelta(minutes=1))
    return sorted((due.kind, due.person) for due in claimed)


@pytest.mark.parametrize("ending", ENDINGS)
def test_only_the_therapist_and_the_bereaved_learn_why_P9(scene: Scene, ending: str) -> None:
    """To everybody else a closed case is closed, and that is all."""
    three = scene.three()
    assert scene.does(cases.close, three.therapist, three.case, NOON, ending)
    assert not scene.does(cases.close, three.therapist, three.case, NOON, ending)
    assert _sees(scene, three.therapist, three.case, THERAPIST).ending == ending
    for person, role in ((three.partner, PARTNER), (three.patient, PATIENT)):
        known = ending if SURVIVORS.get(ending) is role else ""
        assert _sees(scene, person, three.case, role) == Case(
            three.case, role, open=False, ending=known
        )


def test_a_reason_that_there_is_not_closes_nothing(scene: Scene) -> None:
    """Nor does the partner's own way out, from a therapist's account."""
    three = scene.three()
    for reason in ("", "bored", LEFT):
        assert not scene.does(cases.close, three.therapist, three.case, NOON, reason)
    assert _sees(scene, three.therapist, three.case, THERAPIST).open


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_death_ends_every_reminder_and_another_ending_only_the_case_s_M30(
    scene: Scene, ending: str
) -> None:
    """Own-care reminders go on when a therapy ends; after a death nothing comes by itself."""
    three, day = scene.three(), NOON.date()
    for person in (three.partner, three.patient):
        scene.does(dues.plan, dues.Kind.REMINDER, person, day, NOON)
        scene.does(dues.plan, dues.Kind.NOTICE, person, day, NOON, "n", three.case)
    scene.does(dues.plan, dues.Kind.REMINDER, three.therapist, day, NOON)
    scene.does(cases.close, three.therapist, three.case, NOON, ending)
    left = [three.therapist]
    if ending not in SURVIVORS:
        left += [three.partner, three.patient]
    assert _waits(scene) == sorted(("reminder", person) for person in left)


def test_a_bereaved_person_is_met_by_the_card_once_P2_M30(scene: Scene) -> None:
    """And nobody else can say that it was met."""
    three = scene.three()
    scene.does(cases.close, three.therapist, three.case, NOON, "death_patient")
    assert not scene.does(cases.note_told, scene.somebody(), three.case, LATER)
    assert not _sees(scene, three.partner, three.case, PARTNER).told
    assert scene.does(cases.note_told, three.partner, three.case, LATER)
    assert not scene.does(cases.note_told, three.partner, three.case, LATER)
    assert _sees(scene, three.partner, three.case, PARTNER).told


def test_a_partner_leaves_and_the_therapist_learns_it_once_M30(scene: Scene) -> None:
    """The case is closed for everybody; the patient does not learn by whom."""
    three = scene.three()
    scene.does(dues.plan, dues.Kind.NOTICE, three.partner, NOON.date(), NOON, "n", three.case)
    for person in (three.patient, three.therapist, scene.somebody()):
        assert not scene.does(cases.leave, person, three.case, NOON)
    assert scene.does(cases.leave, three.partner, three.case, NOON)
    assert not scene.does(cases.leave, three.partner, three.case, NOON)
    assert _waits(scene) == []
    seen = _sees(scene, three.therapist, three.case, THERAPIST)
    assert (seen.open, seen.ending, seen.news) == (False, LEFT, frozenset({LEFT}))
    assert _sees(scene, three.patient, three.case, PATIENT) == Case(three.case, PATIENT, open=False)
    assert scene.does(cases.note_looked, three.therapist, three.case, LATER)
    assert _sees(scene, three.therapist, three.case, THERAPIST).news == frozenset()


def test_a_changed_consent_is_news_until_the_therapist_has_looked(scene: Scene) -> None:
    """Given, withdrawn and given again: each time anew."""
    three = scene.three()

    def news() -> frozenset[str]:
        return _sees(scene, three.therapist, three.case, THERAPIST).news

    assert news() == {"consent"}
    assert scene.does(cases.note_looked, three.therapist, three.case, LATER)
    assert news() == frozenset()
    scene.does(cases.revoke_consent, three.patient, three.case, {"goals"}, LATER + DAY)
    assert news() == {"consent"}
    assert scene.does(cases.note_looked, three.therapist, three.case, LATER + 2 * DAY)
    assert news() == frozenset()


@pytest.mark.parametrize("who", ["partner", "patient", "colleague", "other", "stranger"])
def test_nobody_else_ends_orders_styles_or_looks_P9(scene: Scene, who: str) -> None:
    """For a case of somebody else's, or of another practice, as for one that does not exist."""
    three = scene.three()
    for module in ("a", "b"):
        scene.does(cases.assign, three.therapist, three.case, module, NOON)
    scene.does(cases.raise_request, three.partner, three.case, "r", NOON)
    scene.does(cases.acknowledge, three.therapist, "r", "call", NOON)
    person = {
        "partner": three.partner,
        "patient": three.patient,
        "colleague": scene.therapist("practice"),
        "other": scene.therapist("another practice"),
        "stranger": scene.somebody(),
    }[who]
    waiting = scene.opened(three.therapist, "waiting")
    before = scene.chat(three.therapist)
    for case in (three.case, "no such case"):
        for ending in ENDINGS:
            assert not scene.does(cases.close, person, case, NOON, ending)
        assert not scene.does(cases.move, person, case, "b", earlier=True)
        assert not scene.does(cases.set_style, person, case, "tip")
        assert not scene.does(cases.note_looked, person, case, NOON)
    assert not scene.does(cases.withdraw_invitation, person, waiting, PARTNER)
    for request in ("r", "no such request"):
        assert not scene.does(cases.close_request, person, request, NOON)
    assert scene.chat(three.therapist) == before
