"""Endings through the services: who gets what, and what is no longer sent (M30)."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.engine.chat import Role
from bot.store.tables import PERSON
from tests.performance import Seen
from tests.services.evening import PARTNER, PATIENT, THERAPIST, Evening

CLOSING = ("/menu", "press cases", "press case", "press manage", "press close")


def _for(role: Role, seen: tuple[Seen, ...]) -> list[str]:
    return [one.text for one in seen if one.role is role]


def test_both_are_told_in_the_wording_that_was_chosen_M30(evening: Evening) -> None:
    """Once each, after a neutral line, and neither learns more than the other."""
    seen = evening.does(THERAPIST, *CLOSING, "press separated", "press close 2")
    told = [text for role in (PARTNER, PATIENT) for text in _for(role, seen)]
    chosen = next(t for t in _for(THERAPIST, seen) if t.startswith("Testo 2")).split("\n\n")[1]
    assert len(told) == 2
    assert all(chosen in text for text in told)
    assert not evening.chat(PARTNER).cases[0].open


def test_whoever_is_a_partner_elsewhere_is_told_as_the_patient_they_are_here_M30(
    evening: Evening,
) -> None:
    """The role of the case that closes chooses the words, not the one they speak in."""
    both = {"role": "partner", "roles": "partner patient"}
    here = PERSON.c.id == evening.person(PATIENT)
    with evening.parts.database.unit() as unit:
        unit.connection.execute(update(PERSON).where(here).values(both))
    seen = evening.does(THERAPIST, *CLOSING, "press separated", "press close 2")
    told = [text for role in (PARTNER, PATIENT) for text in _for(role, seen)]
    assert sum("Ciò a cui avevi detto sì è chiuso." in text for text in told) == 1


@pytest.mark.parametrize(
    ("who", "survivor", "other"),
    [("patient", PARTNER, PATIENT), ("partner", PATIENT, PARTNER)],
)
def test_after_a_death_nobody_is_written_to_and_the_card_waits_M30(
    evening: Evening, who: str, survivor: Role, other: Role
) -> None:
    """Whoever is left meets it at their next word, once, whatever button or command it is."""
    evening.takes_goal()
    seen = evening.does(THERAPIST, *CLOSING, "press death", f"press {who}", "press yes")
    assert _for(PARTNER, seen) == _for(PATIENT, seen) == []
    assert evening.due(survivor) == []
    after = evening.waits(evening.now + timedelta(days=3))
    assert _for(PARTNER, after) == _for(PATIENT, after) == []
    met = _for(survivor, evening.does(survivor, "/menu"))
    assert len(met) == 2
    assert "perdita" in met[0]
    assert "112" in met[1]
    assert evening.chat(survivor).place.step == "bereaved"
    evening.does(survivor, "/menu")
    assert evening.chat(survivor).place.flow != "ending"
    evening.does(other, "/menu")
    assert evening.chat(other).place.flow != "ending"


def test_a_partner_leaves_and_three_people_read_three_things_M30(evening: Evening) -> None:
    """The partner what stays, the therapist that it happened, the patient no reason."""
    evening.takes_goal()
    seen = evening.does(PARTNER, "/esci", "press yes")
    assert len(_for(THERAPIST, seen)) == len(_for(PATIENT, seen)) == 1
    assert "ha lasciato" in _for(THERAPIST, seen)[0]
    assert "lasciato" not in _for(PATIENT, seen)[0]
    assert all(goal.own for goal in evening.chat(PARTNER).goals)
    worklist = evening.does(THERAPIST, "press requests", "press left", "press back")
    assert worklist[-1].text.startswith("Niente")
