"""Contact requests: raised under consent, read, acknowledged, each once."""

from datetime import timedelta

from bot.engine.chat import Case, Request, Role, Scope
from bot.store import cases
from bot.store.tables import CONTACT_REQUEST
from tests.store.scene import NOON, Scene, Three

LATER = NOON + timedelta(hours=2)


def _request(scene: Scene, three: Three) -> Request:
    case = scene.sees(three.partner, three.case, Role.PARTNER)
    assert isinstance(case, Case)
    return case.requests[0]


def test_a_request_is_raised_read_and_acknowledged_and_the_partner_sees_each(
    scene: Scene,
) -> None:
    """The receipt is truthful: not yet read until it is read."""
    three = scene.three()
    assert scene.does(cases.raise_request, three.partner, three.case, "r", NOON)
    assert _request(scene, three) == Request("r", NOON)
    assert scene.does(cases.mark_seen, three.therapist, "r", LATER)
    assert _request(scene, three) == Request("r", NOON, LATER)
    assert not scene.does(cases.close_request, three.therapist, "r", LATER)
    assert scene.does(cases.acknowledge, three.therapist, "r", "call", LATER)
    assert _request(scene, three) == Request("r", NOON, LATER, "call")
    assert scene.does(cases.close_request, three.therapist, "r", LATER)
    assert _request(scene, three) == Request("r", NOON, LATER, "call", LATER)


def test_each_of_it_happens_once_P2(scene: Scene) -> None:
    """A hundred taps change nothing after the first."""
    three = scene.three()
    much_later = LATER + timedelta(hours=1)
    for expected in (True, False):
        assert scene.does(cases.raise_request, three.partner, three.case, "r", NOON) is expected
    for at, expected in ((LATER, True), (much_later, False)):
        assert scene.does(cases.mark_seen, three.therapist, "r", at) is expected
    for action, expected in (("call", True), ("session", False)):
        done = scene.does(cases.acknowledge, three.therapist, "r", action, much_later)
        assert done is expected
    for expected in (True, False):
        assert scene.does(cases.close_request, three.therapist, "r", much_later) is expected
    assert _request(scene, three) == Request("r", NOON, LATER, "call", much_later)


def test_who_acknowledges_has_read(scene: Scene) -> None:
    """Both times are the same then."""
    three = scene.three()
    scene.does(cases.raise_request, three.partner, three.case, "r", NOON)
    assert scene.does(cases.acknowledge, three.therapist, "r", "session", LATER)
    assert _request(scene, three) == Request("r", NOON, LATER, "session")


def test_no_request_without_the_consent_that_covers_it_P8(scene: Scene) -> None:
    """Nor before the case is confirmed, nor by anybody but the partner."""
    without = scene.three(scopes=set(Scope) - {Scope.CONTACT})
    unconfirmed = scene.three(confirmed=False)
    three = scene.three()
    assert not scene.does(cases.raise_request, without.partner, without.case, "r", NOON)
    assert not scene.does(cases.raise_request, unconfirmed.partner, unconfirmed.case, "r", NOON)
    for person in (three.patient, three.therapist, without.partner):
        assert not scene.does(cases.raise_request, person, three.case, "r", NOON)
    assert scene.rows(CONTACT_REQUEST) == 0


def test_a_revoked_request_can_be_neither_read_nor_answered_P8(scene: Scene) -> None:
    """It looks like one that never was."""
    three = scene.three()
    scene.does(cases.raise_request, three.partner, three.case, "r", NOON)
    scene.does(cases.revoke_consent, three.patient, three.case, {Scope.CONTACT}, NOON)
    assert not scene.does(cases.mark_seen, three.therapist, "r", LATER)
    assert not scene.does(cases.acknowledge, three.therapist, "r", "call", LATER)
    case = scene.sees(three.therapist, three.case, Role.THERAPIST)
    assert isinstance(case, Case)
    assert case.requests == ()


def test_the_same_id_in_two_cases_is_two_requests_P9(scene: Scene) -> None:
    """Ids are unique within their case; each therapist answers their own."""
    here, there = scene.three(), scene.three(practice="another practice")
    for three in (here, there):
        assert scene.does(cases.raise_request, three.partner, three.case, "r", NOON)
    assert scene.does(cases.acknowledge, here.therapist, "r", "call", LATER)
    assert _request(scene, here).action == "call"
    assert _request(scene, there).action is None
