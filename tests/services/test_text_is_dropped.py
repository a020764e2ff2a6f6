"""What was typed is read in memory and dropped; of a tier: code and time, nothing else (P10)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from bot.safety.reading import About, Reading, Tier
from bot.services import deliver
from bot.services.heard import Heard
from bot.services.parts import Parts
from bot.store.tables import TIER_NOTE
from bot.terminal.stage import ACCOUNTS
from tests.parts import parts_in
from tests.script import Script
from tests.services.conftest import BEGINS
from tests.services.evening import PARTNER, Evening
from tests.theatre import Theatre

ME = ACCOUNTS[PARTNER]
CANARY = "canarino"
_READ = {
    "rosso": Reading(Tier.RED, "R3", about=About.OTHER),
    "dubbio": Reading(Tier.CHECK, "R7", about=About.OTHER),
    "ambra": Reading(Tier.AMBER, "A4"),
}


def read(text: str, _earlier: tuple[str, ...] = ()) -> Reading:
    """Read the words of this test."""
    return next((made for word, made in _READ.items() if word in text), Reading())


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """The real parts, but for the reader."""
    with parts_in(tmp_path, read) as made:
        yield made


@pytest.mark.parametrize("word", [*_READ, "niente"])
@pytest.mark.parametrize("kind", ["text", "media", "command", "edited"])
def test_no_table_holds_what_was_typed_P10(parts: Parts, word: str, kind: str) -> None:
    """Every column of every table, the chat as it is opened, and every reply, red or not."""
    evening = Evening(Theatre(parts, Script("", "it", "", BEGINS, with_case=True, lines=())))
    said = f"{CANARY} {word}"
    heard = {
        "text": Heard(ME, "text", 1, "it", said),
        "media": Heard(ME, "media", 1, "it", said, "photo"),
        "command": Heard(ME, "command", 1, "it", said, "menu", said),
        "edited": Heard(ME, "text", 1, "it", said, edited=True),
    }[kind]
    evening.hears(heard)
    replies = [one.message for one in deliver.unsent(parts, evening.person())]
    assert CANARY not in repr((evening.chat(), replies))
    with parts.database.reading() as unit:
        for table in SQLModel.metadata.sorted_tables:
            for row in unit.connection.execute(table.select()):
                for value in row:
                    raw = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    assert CANARY not in raw, table.name
        notes = unit.connection.execute(TIER_NOTE.select()).mappings().all()
    expected = _READ.get(word)
    assert [(note["tier"], note["trigger"]) for note in notes] == (
        [(expected.tier, expected.trigger)] if expected else []
    )
    assert {*TIER_NOTE.c.keys()} == {"id", "person_id", "tier", "trigger", "at"}
    assert parts.recent.before(ME, "") == (said,), "for three minutes, in memory alone"
