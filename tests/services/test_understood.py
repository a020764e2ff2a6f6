"""Free text through services and database: what is done, what can be undone, and what is kept."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.engine.chat import OwnDates
from bot.safety.reading import CALM, About, Reading, Tier
from bot.services import export
from bot.services.parts import Parts
from bot.store.tables import GOAL_ANSWER, PERSON, TIER_NOTE, SQLModel
from tests.parts import parts_in
from tests.services.evening import OWN_GOAL, PARTNER, PATIENT, THERAPIST, Evening

CANARY = "ornitorinco"
READ = {
    "vuole morire": Reading(Tier.RED, "R3", "suicide_other", About.OTHER),
    "fatto": Reading(label="done_report", sure=True),
    "appunti": Reading(trigger="A8", label="access_request", sure=True),
    "che giornata": Reading(label="vent", sure=True),
    "a pezzi": Reading(label="partner_exhausted", sure=True),
    "alle 19": Reading(label="reminder_control", sure=True),
    "forse": Reading(label="vent", also=("friction",)),
}


def read_meanings(text: str, _earlier: tuple[str, ...] = ()) -> Reading:
    """Read a few words as what they are about."""
    return next((made for words, made in READ.items() if words in text.lower()), CALM)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """The real parts, but for the reader."""
    with parts_in(tmp_path, read_meanings) as made:
        yield made


def _answers(evening: Evening) -> list[str]:
    with evening.parts.database.reading() as unit:
        return list(unit.connection.scalars(select(GOAL_ANSWER.c.answer)))


def _copy(evening: Evening) -> str:
    chat = evening.chat()
    with evening.parts.database.unit() as unit:
        return json.dumps(export.tree(unit, chat, evening.now), ensure_ascii=False)


def test_M04_a_reported_answer_is_recorded_corrected_and_taken_back(evening: Evening) -> None:
    """The row of the day follows, and the goal is as it was."""
    evening.takes_goal("18:30", OWN_GOAL)
    before = evening.chat().goals
    evening.does(PARTNER, "due passi, fatto")
    assert _answers(evening) == ["done"]
    evening.does(PARTNER, "press partly")
    assert _answers(evening) == ["partly"]
    evening.does(PARTNER, "press undo")
    assert _answers(evening) == []
    assert evening.chat().goals == before


def test_M04_a_text_stops_the_reminder_and_moves_it(evening: Evening) -> None:
    """Stopped at once and undone; moved only after a yes."""
    evening.takes_goal("18:30", OWN_GOAL)
    evening.does(PARTNER, "basta promemoria")
    assert not evening.chat().preferences.pushes
    evening.does(PARTNER, "press undo", "press home", "spostalo alle 19")
    assert evening.chat().preferences.reminder_at.hour == 18
    evening.does(PARTNER, "press yes")
    assert evening.chat().preferences.reminder_at.hour == 19


def test_M24_nothing_typed_in_the_space_is_kept_anywhere(evening: Evening) -> None:
    """Not in the chat, not in the copy of everything, not in any column of any table."""
    evening.does(
        PARTNER, f"che giornata, {CANARY}", f"{CANARY} e ancora", "press end", "press done"
    )
    evening.does(PARTNER, f"un'altra cosa: {CANARY}")
    assert evening.chat().place.flow == "let_out"
    assert dict(evening.chat().memory).keys() == {"reply"}
    assert CANARY not in _copy(evening)
    with evening.parts.database.reading() as unit:
        for table in SQLModel.metadata.sorted_tables:
            rows = unit.connection.execute(select(table)).all()
            assert CANARY not in repr(rows), table.name


def test_M24_R3_the_card_comes_first_in_the_space_too(evening: Evening) -> None:
    """The place is left, and the words of danger are kept nowhere either."""
    seen = evening.does(PARTNER, "che giornata", "poi la pioggia", f"vuole morire, {CANARY}")
    assert evening.chat().place.flow == "red"
    assert "112" in seen[-1].text[:80]
    assert CANARY not in _copy(evening)


def test_M24_a_text_asked_back_leaves_the_step_and_its_buttons(evening: Evening) -> None:
    """The buttons of both messages work, and what was typed is gone."""
    evening.does(PARTNER, "/menu", f"forse {CANARY}")
    assert evening.chat().place.flow == "menu"
    evening.does(PARTNER, "press read")
    assert evening.chat().place.flow == "reading"
    evening.does(PARTNER, "press mean vent")
    assert evening.chat().place.flow == "let_out"
    assert CANARY not in _copy(evening)


def test_M12_only_the_partner_knows_that_they_asked(evening: Evening) -> None:
    """A sealed date, in nobody else's chat, and nobody is told; asked again it is another talk."""
    seen = evening.does(PARTNER, "fammi leggere gli appunti")
    assert {one.role for one in seen} == {PARTNER}
    assert evening.chat().own_dates.access_on == evening.now.date()
    assert {evening.chat(role).own_dates for role in (PATIENT, THERAPIST)} == {OwnDates()}
    with evening.parts.database.reading() as unit:
        kept = unit.connection.scalars(select(PERSON.c.own_dates)).all()
        assert [sealed is None for sealed in kept].count(False) == 1
        assert not any(str(evening.now.year).encode() in (sealed or b"") for sealed in kept)
        assert unit.connection.scalars(select(TIER_NOTE.c.trigger)).all() == []
    evening.waits(evening.now + timedelta(days=13))
    evening.does(PARTNER, "fammi leggere gli appunti")
    assert evening.chat().place.step == "worry"
    evening.waits(evening.now + timedelta(days=15))
    evening.does(PARTNER, "fammi leggere gli appunti")
    assert evening.chat().place.step == "limit"


def test_M27_A6_the_load_leaves_dates_and_no_number(evening: Evening) -> None:
    """Heavy once a week for three weeks is A6; the copy shows since when, never how much."""
    for week in range(3):
        evening.does(PARTNER, "a pezzi", "press load", "press scale 8")
        step = evening.chat().place.step
        assert step == ("prompt" if week == 2 else "heavy")
        evening.waits(evening.now + timedelta(days=7))
    dates = evening.chat().own_dates
    assert dates.heavy_since is not None
    assert dates.heavy_on == dates.heavy_since + timedelta(days=14)
    told = json.loads(_copy(evening))
    assert told["own_dates"]["heavy_on"] == dates.heavy_on.isoformat()
    assert [note["code"] for note in told["safety"]["notes"]] == ["A6"]
    assert {evening.chat(role).own_dates for role in (PATIENT, THERAPIST)} == {OwnDates()}


def test_M27_erased_with_everything_else(evening: Evening) -> None:
    """Whoever leaves takes the dates along."""
    evening.does(PARTNER, "a pezzi", "press load", "press scale 8")
    evening.does(PARTNER, "/delete", "press yes")
    with evening.parts.database.reading() as unit:
        assert set(unit.connection.scalars(select(PERSON.c.own_dates))) == {None}
