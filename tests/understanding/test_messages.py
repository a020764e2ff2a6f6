"""What people write, and what is read in it: every row of `messages_<language>.yaml`."""

from pathlib import Path

import pytest

from bot.understanding.reader import Reader, build_reader
from tests.files import read_yaml

HERE = Path(__file__).parent
CONTENT = HERE.parent.parent / "content"
FIELDS = {"id", "text", "earlier", "tier", "trigger", "about", "label"}
LANGUAGES = sorted(path.stem.removeprefix("messages_") for path in HERE.glob("messages_*.yaml"))

Row = dict[str, object]


def messages(language: str) -> list[Row]:
    """Return the rows of one language."""
    rows: list[Row] = read_yaml(HERE / f"messages_{language}.yaml")
    return rows


ROWS = [
    pytest.param(row, id=f"{language}-{row['id']}")
    for language in LANGUAGES
    for row in messages(language)
]


@pytest.fixture(scope="module")
def reader() -> Reader:
    """Return the reader as it runs: both languages at once, whatever language is set."""
    return build_reader(
        {
            folder.name: read_yaml(folder / "safety.yaml")
            for folder in sorted(CONTENT.iterdir())
            if (folder / "safety.yaml").is_file()
        }
    )


@pytest.mark.parametrize("row", ROWS)
def test_a_message_is_read_as_a_careful_person_would(reader: Reader, row: Row) -> None:
    """The tier always; trigger, person and label where the row says them."""
    earlier = row.get("earlier", [])
    assert isinstance(earlier, list)
    reading = reader.read(str(row["text"]), earlier)
    read = {
        "tier": reading.tier.value,
        "trigger": reading.trigger,
        "about": reading.about.value,
        "label": reading.label,
    }
    expected = {name: row[name] for name in read if name in row}
    assert expected == {name: read[name] for name in expected}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_has_its_own_name_and_only_known_fields(language: str) -> None:
    """A misspelt field would be a check that never runs."""
    rows = messages(language)
    names = [row["id"] for row in rows]
    assert sorted({name for name in names if names.count(name) > 1}, key=str) == []
    assert [row["id"] for row in rows if not {"id", "text", "tier"} <= set(row) <= FIELDS] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_trigger_has_a_message(language: str) -> None:
    """R1-R9, and the ambers a single message can give, are each met at least once."""
    met = {row.get("trigger") for row in messages(language)}
    wanted = {*(f"R{n}" for n in range(1, 10)), *(f"A{n}" for n in (1, 2, 3, 4, 5, 6, 7, 9, 12))}
    assert sorted(wanted - met) == []
