from dataclasses import replace

import pytest

from bot.engine.chat import Case, Chat, Role, Scope

EVERYTHING = frozenset(Scope)
CASE = Case("casealfa", Role.PARTNER, confirmed=True, scopes=EVERYTHING)
PARTNER = Chat("personaa", Role.PARTNER, (Role.PARTNER,), agreed=True, cases=(CASE,))


def test_all_three_keys_open_what_the_patient_consented_to() -> None:
    """Invitation, the patient's consent, the partner's own (M11)."""
    assert PARTNER.scopes == EVERYTHING


@pytest.mark.parametrize(
    "locked",
    [
        replace(PARTNER, cases=()),
        replace(PARTNER, agreed=False),
        replace(PARTNER, cases=(replace(CASE, confirmed=False),)),
        replace(PARTNER, cases=(replace(CASE, scopes=frozenset()),)),
        replace(PARTNER, cases=(replace(CASE, open=False),)),
        replace(PARTNER, role=Role.THERAPIST),
    ],
    ids=["no invitation", "not agreed", "not confirmed", "nothing given", "closed", "not theirs"],
)
def test_nothing_is_open_without_every_key(locked: Chat) -> None:
    """Each of them alone keeps the clinical track shut (M11, P8)."""
    assert locked.scopes == frozenset()


def test_each_role_sees_its_own_cases() -> None:
    """Somebody may be a partner in one case and a therapist in others (P9)."""
    practice = replace(CASE, id="casebeta", mine=Role.THERAPIST)
    both = replace(PARTNER, cases=(practice, CASE))
    assert both.roster == (CASE,)
    assert replace(both, role=Role.THERAPIST).roster == (practice,)
    assert replace(both, role=Role.PATIENT).roster == ()


def test_the_case_of_a_partner_is_the_open_one() -> None:
    """A closed case is no case; a therapist has many and so not one."""
    closed = replace(CASE, id="casevecc", open=False)
    assert replace(PARTNER, cases=(closed, CASE)).case is CASE
    assert replace(PARTNER, cases=(closed,)).case is None
    assert (
        replace(PARTNER, role=Role.THERAPIST, cases=(replace(CASE, mine=Role.THERAPIST),)).case
        is None
    )


def test_a_step_may_have_another_wording_without_a_therapist() -> None:
    """The attributes that choose a variant."""
    assert PARTNER.traits == ()
    assert replace(PARTNER, cases=()).traits == ("no_therapist",)
