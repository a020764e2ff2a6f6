"""Signs and plan, M05: proposed by the partner, decided by the patient, sealed with the scope."""

from dataclasses import replace
from datetime import date, timedelta

from bot.engine.chat import Case, Plan, Role, Scope, Sign
from bot.store import cases, people, signs
from bot.store.tables import MEMBER, SIGN
from tests.store.scene import DAY, EVERY_SCOPE, NOON, Scene, Three, counted

SLEEP = Sign("s1", slug="sleep_shift")
OWN = Sign("s2", words="la sera resta in macchina 🚗")
VISITS = Sign("s3", slug="missed_visits", amber="A2")
PLAN = Plan(words="ti va se mi siedo qui?", whom="doctor", weekly=True, asked_on=date(2027, 3, 3))


def _listed(scene: Scene, three: Three, *proposed: Sign) -> None:
    for sign in proposed:
        assert scene.does(signs.propose, three.partner, three.case, sign, NOON)


def _seen(scene: Scene, person: str, three: Three, role: Role) -> Case:
    case = scene.sees(person, three.case, role)
    assert isinstance(case, Case)
    return case


def test_a_sign_is_proposed_answered_and_ordered_M05(scene: Scene) -> None:
    """Both see the same list in the same order, each with the patient's word."""
    three = scene.three()
    _listed(scene, three, SLEEP, OWN, VISITS)
    for sign, word in (("s2", True), ("s3", False)):
        assert scene.does(signs.answer, three.patient, three.case, sign, NOON, approved=word)
    assert scene.does(signs.raise_to_top, three.partner, three.case, "s2")
    approved, declined = replace(OWN, state="approved"), replace(VISITS, state="declined")
    mine = _seen(scene, three.partner, three, Role.PARTNER).signs
    theirs = _seen(scene, three.patient, three, Role.PATIENT).signs
    assert mine == (approved, SLEEP, declined)
    assert theirs == (approved, SLEEP)
    assert _seen(scene, three.therapist, three, Role.THERAPIST).signs == ()


def test_a_word_may_change_but_the_same_word_changes_nothing_P2(scene: Scene) -> None:
    """A yes is taken back, and given again."""
    three = scene.three()
    _listed(scene, three, SLEEP)
    said = [
        scene.does(signs.answer, three.patient, three.case, "s1", NOON, approved=word)
        for word in (True, True, False, True)
    ]
    assert said == [True, False, True, True]


def test_a_list_has_at_most_five_M05(scene: Scene) -> None:
    """Two taps at once cannot make six; a declined one takes no room."""
    three = scene.three()
    _listed(scene, three, *(Sign(f"s{n}", words=f"segno numero {n}") for n in range(5)))
    assert not scene.does(signs.propose, three.partner, three.case, Sign("s9", words="nove"), NOON)
    assert scene.does(signs.answer, three.patient, three.case, "s0", NOON, approved=False)
    assert scene.does(signs.propose, three.partner, three.case, Sign("s9", words="nove"), NOON)


def test_a_no_is_asked_for_once_M05(scene: Scene) -> None:
    """A declined sign stays where it is, so it is neither removed nor proposed again."""
    three = scene.three()
    _listed(scene, three, SLEEP)
    assert not scene.does(signs.propose, three.partner, three.case, replace(SLEEP, id="s8"), NOON)
    assert scene.does(signs.answer, three.patient, three.case, "s1", NOON, approved=False)
    assert not scene.does(signs.remove, three.partner, three.case, "s1")
    assert not scene.does(signs.propose, three.partner, three.case, replace(SLEEP, id="s8"), NOON)


def test_nobody_does_what_is_the_others_to_do_P9(scene: Scene) -> None:
    """The patient proposes nothing, the partner approves nothing, strangers do neither."""
    three, other = scene.three(), scene.three()
    _listed(scene, three, SLEEP)
    for person in (three.patient, three.therapist, other.partner):
        assert not scene.does(signs.propose, person, three.case, OWN, NOON)
        assert not scene.does(signs.remove, person, three.case, "s1")
        assert not scene.does(signs.raise_to_top, person, three.case, "s1")
        assert not scene.does(signs.save_plan, person, three.case, PLAN)
    for person in (three.partner, three.therapist, other.patient):
        assert not scene.does(signs.answer, person, three.case, "s1", NOON, approved=True)
    assert _seen(scene, three.partner, three, Role.PARTNER).signs == (SLEEP,)


def test_a_plan_is_the_partners_alone_M05(scene: Scene) -> None:
    """It comes back as it was saved, and nobody else sees it."""
    three = scene.three()
    assert scene.does(signs.save_plan, three.partner, three.case, PLAN)
    assert scene.does(signs.save_plan, three.partner, three.case, replace(PLAN, weekly=False))
    mine = _seen(scene, three.partner, three, Role.PARTNER)
    assert mine.plan == replace(PLAN, weekly=False)
    for person, role in ((three.patient, Role.PATIENT), (three.therapist, Role.THERAPIST)):
        assert _seen(scene, person, three, role).plan == Plan()


def test_each_scope_but_signs_leaves_them_closed_P8(scene: Scene) -> None:
    """With every other consent there is no list and no plan, and nothing can be written."""
    three = scene.three(EVERY_SCOPE - {Scope.SIGNS})
    assert not scene.does(signs.propose, three.partner, three.case, SLEEP, NOON)
    assert not scene.does(signs.save_plan, three.partner, three.case, PLAN)
    assert scene.rows(SIGN) == 0


def test_nothing_opens_before_the_therapist_confirms_P8(scene: Scene) -> None:
    """The third key."""
    three = scene.three(confirmed=False)
    assert not scene.does(signs.propose, three.partner, three.case, SLEEP, NOON)
    assert not scene.does(signs.save_plan, three.partner, three.case, PLAN)


def test_revoking_signs_seals_list_and_plan_and_consent_opens_them_P8(scene: Scene) -> None:
    """At once for everybody; within thirty days a new yes brings all of it back."""
    three = scene.three()
    _listed(scene, three, SLEEP)
    scene.does(signs.save_plan, three.partner, three.case, PLAN)
    scene.does(cases.revoke_consent, three.patient, three.case, {Scope.SIGNS}, NOON)
    for person, role in ((three.partner, Role.PARTNER), (three.patient, Role.PATIENT)):
        sealed = _seen(scene, person, three, role)
        assert (sealed.signs, sealed.plan) == ((), Plan())
    assert not scene.does(signs.answer, three.patient, three.case, "s1", NOON, approved=True)
    assert not scene.does(signs.remove, three.partner, three.case, "s1")
    scene.does(cases.give_consent, three.patient, three.case, EVERY_SCOPE, NOON + 29 * DAY)
    opened = _seen(scene, three.partner, three, Role.PARTNER)
    assert (opened.signs, opened.plan) == ((SLEEP,), PLAN)


def test_after_thirty_days_signs_and_plan_are_gone_P8(scene: Scene) -> None:
    """Whether retention came by or not: a later yes begins anew."""
    for retained in (True, False):
        three = scene.three()
        _listed(scene, three, replace(SLEEP, id=f"s{retained}"))
        scene.does(signs.save_plan, three.partner, three.case, PLAN)
        scene.does(cases.revoke_consent, three.patient, three.case, {Scope.SIGNS}, NOON)
        if retained:
            scene.does(cases.forget_sealed, NOON + 31 * DAY)
        scene.does(cases.give_consent, three.patient, three.case, EVERY_SCOPE, NOON + 31 * DAY)
        begun = _seen(scene, three.partner, three, Role.PARTNER)
        assert (begun.signs, begun.plan) == ((), Plan())
    assert scene.rows(SIGN) == 0


def test_an_erased_partner_takes_signs_and_plan_along(scene: Scene) -> None:
    """Nothing of theirs stays in the case."""
    three = scene.three()
    _listed(scene, three, OWN)
    scene.does(signs.save_plan, three.partner, three.case, PLAN)
    scene.does(people.erase, three.partner, NOON)
    assert scene.rows(SIGN) == 0
    with scene.database.reading() as unit:
        assert all(row.plan is None for row in unit.connection.execute(MEMBER.select()))


def test_nothing_of_a_look_at_the_signs_has_a_column_M05(scene: Scene) -> None:
    """No series about the patient: what was seen cannot be stored, because there is no place."""
    names = {column.name for column in SIGN.c}
    assert names == {
        *("case_id", "id", "practice_id", "person_id", "slug", "words"),
        *("amber", "state", "position", "proposed_at", "answered_at"),
    }
    three = scene.three()
    _listed(scene, three, OWN)
    with scene.database.reading() as unit:
        (row,) = unit.connection.execute(SIGN.select())
    assert b"macchina" not in bytes(row.words)


def test_a_chat_without_open_signs_costs_no_statement(scene: Scene) -> None:
    """Only where the scope stands are they asked for."""
    three = scene.three(EVERY_SCOPE - {Scope.SIGNS})
    with scene.unit() as unit:
        people.lock_and_load(unit, three.partner, NOON)
        with counted(unit.connection.engine) as statements:
            signs.seen_by(unit, proposed=[], mirrored=[])
    assert statements == []


def test_a_card_that_stands_pinned_is_remembered(scene: Scene) -> None:
    """By its number at the messenger, which may be a large one."""
    person = scene.somebody()
    scene.does(people.set_pinned, person, 5_000_000_123)
    assert scene.chat(person).pinned == 5_000_000_123
    with scene.unit() as unit:
        chat = people.lock_and_load(unit, person, NOON + timedelta(minutes=1))
        people.save(unit, chat, replace(chat, pinned=None))
    assert scene.chat(person).pinned is None
