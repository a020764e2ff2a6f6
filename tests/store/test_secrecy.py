"""What a finder of the database reads: canaries that must not sing."""

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from sqlmodel import SQLModel

from bot.engine.chat import Goal, Place
from bot.store import cases, goals, outbox, people, updates
from bot.store.database import Database
from tests.store.scene import NOON, Scene

ACCOUNT = 7_314_159_265


def _speak(scene: Scene) -> list[str]:
    """Put a canary wherever a person, a link or a code can leave words; return all of them."""
    person = scene.does(people.create, ACCOUNT, "it", NOON)
    before = scene.chat(person)
    spoken = replace(
        before,
        place=Place("f", "s", MappingProxyType({"said": "canary-memory"})),
        paused=Place("f", "s", MappingProxyType({"said": "canary-paused"})),
        own_contact="canary-own-contact",
    )
    scene.does(people.save, before, spoken)
    therapist = scene.therapist()
    case = scene.opened(therapist, "thecase", "canary-label")
    assert scene.joins(person, f"link {case}")
    scene.does(cases.add_invitation, "practice", "canary-invitation", expires_at=NOON)
    scene.does(goals.save_goal, person, Goal("g", words="canary-words"), NOON)
    scene.does(outbox.put, person, [{"text": "canary-reply"}], NOON)
    scene.does(updates.set_aside, 1, "canary-aside", NOON)
    assert scene.chat(person).place == spoken.place
    return [str(ACCOUNT), f"link {case}", f"code {case}", "canary-"]


def test_no_column_holds_words_accounts_links_or_codes_in_the_clear_P10(scene: Scene) -> None:
    """Every row of every table, on both databases."""
    canaries = _speak(scene)
    with scene.database.reading() as unit:
        for table in SQLModel.metadata.sorted_tables:
            for row in unit.connection.execute(table.select()):
                for value in row:
                    shown = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    assert not [c for c in canaries if c in shown], table.name


def test_no_canary_is_in_the_files_of_the_database_P10(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """The file, its log, its index: what a finder of the disk or of a backup has."""
    canaries = _speak(Scene(sqlite_database))
    canaries.append("hello")
    files = sorted(tmp_path.glob("store.sqlite3*"))
    assert len(files) == 3
    held = b"".join(file.read_bytes() for file in files)
    assert [c for c in canaries if c.encode() in held] == ["hello"]
    assert ACCOUNT.to_bytes(8) not in held


def test_what_was_said_is_out_of_the_file_after_the_erasure(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """Even sealed: the bytes of words and key are overwritten, not only unlinked."""
    scene = Scene(sqlite_database)
    person = scene.somebody()
    scene.does(goals.save_goal, person, Goal("g", words="parole mie"), NOON)
    with scene.unit() as unit:
        words = unit.connection.exec_driver_sql("SELECT words FROM goal").scalar_one()
        key = unit.connection.exec_driver_sql("SELECT data_key FROM person").scalar_one()
    scene.does(people.erase, person, NOON)
    sqlite_database.close()
    held = b"".join(file.read_bytes() for file in tmp_path.glob("store.sqlite3*"))
    assert person.encode() in held
    assert words[-16:] not in held
    assert key[-16:] not in held


def test_one_persons_words_stay_shut_with_anothers_key_P9(scene: Scene) -> None:
    """Every person has a data key of their own."""
    anna, bruno = scene.somebody(), scene.somebody()
    with scene.unit() as unit:
        rows = unit.connection.execute(SQLModel.metadata.tables["person"].select()).all()
        keys = {unit.keyring.unwrap(row.data_key, row.id) for row in rows}
    assert {row.id for row in rows} == {anna, bruno}
    assert len(keys) == 2
