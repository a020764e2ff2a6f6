from dataclasses import replace

import pytest

from bot.engine.chat import Place, Role
from bot.engine.effects import Say, Words
from bot.engine.ways import Turn
from bot.flows.house import flows
from bot.flows.looking import PLACES, Looked, looked
from tests.starts import OFFER, STARTS

THERAPIST = STARTS["therapist_asked"]
PATIENT = STARTS["patient_consented"]
SAID = (Say(Words("x")),)


@pytest.mark.parametrize("place", PLACES, ids=".".join)
def test_every_place_where_a_look_is_noted_exists(place: tuple[str, str]) -> None:
    """A renamed step must not end the notes in silence."""
    flow, step = place
    assert step in {one.name: one for one in flows(OFFER)}[flow].steps


def test_a_therapist_who_opens_a_case_has_looked_at_both() -> None:
    """At the one in hand; without one, or at somebody else's, there was nothing to see."""
    there = Place("therapist", "case", {"case": "casetre"})
    seen = Turn(replace(THERAPIST, place=there), SAID)
    assert looked(seen) == Looked("casetre", "case", (Role.PARTNER, Role.PATIENT))
    for memory in ({}, {"case": "of another practice"}):
        place = Place("therapist", "case", memory)
        assert looked(Turn(replace(THERAPIST, place=place), SAID)) is None


def test_a_patient_who_looks_into_the_mirror_has_looked_at_the_partners() -> None:
    """And at nothing once the case is closed."""
    seen = Turn(replace(PATIENT, place=Place("consent", "mirror")), SAID)
    assert looked(seen) == Looked("casealfa", "mirror", (Role.PARTNER,))
    closed = tuple(replace(case, open=False) for case in PATIENT.cases)
    assert looked(replace(seen, chat=replace(seen.chat, cases=closed))) is None


def test_what_is_pushed_or_not_said_is_no_look() -> None:
    """A notice that arrives while the page is open shows nothing of it."""
    there = replace(PATIENT, place=Place("consent", "mirror"))
    assert looked(Turn(there)) is None
    assert looked(Turn(there, (Say(Words("x"), push=True),))) is None
    assert looked(Turn(replace(there, place=Place("consent", "home")), SAID)) is None
