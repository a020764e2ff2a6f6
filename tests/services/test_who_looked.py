from bot.engine.chat import Look, Role
from tests.services.evening import PARTNER, PATIENT, THERAPIST, Evening


def _who_looked(evening: Evening, role: Role) -> tuple[str, ...]:
    evening.does(role, "/privacy", "press data")
    return tuple(evening.does(role, "press looked")[-2].text.splitlines())


def test_P9_a_case_that_was_opened_is_told_to_both_by_role_and_date(evening: Evening) -> None:
    """In the transaction that showed it; no name, and not to whoever looked."""
    evening.does(THERAPIST, "/cases", "press case")
    line = "1 marzo 2027: chi segue la terapia, la pagina del caso"
    for role in (PARTNER, PATIENT):
        assert line in _who_looked(evening, role)
    assert _who_looked(evening, THERAPIST)[0].startswith("Negli ultimi 12 mesi nessuno")


def test_the_mirror_that_was_opened_is_told_without_a_date(evening: Evening) -> None:
    """A partner must not learn when the patient was here."""
    evening.takes_goal("18:30")
    evening.does(PATIENT, "/menu", "press mirror")
    assert "Senza data: chi è in terapia, ciò che è condiviso" in _who_looked(evening, PARTNER)
    assert evening.chat(PARTNER).looks == (Look(Role.PATIENT, "mirror"),)
