"""Units of work, the upgrade, and what is said when something is wrong."""

import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from bot.store import people
from bot.store.database import (
    Database,
    Refused,
    Unreachable,
    Unreadable,
    WrongAddress,
    WrongKeys,
    alembic_config,
)
from bot.store.encryption import Keyring
from bot.store.tables import PERSON
from tests.store.scene import NOON, Scene


def test_what_is_done_in_a_unit_is_there_afterwards(scene: Scene) -> None:
    """A unit commits at its end, and the reading engine sees it."""
    person = scene.somebody()
    with scene.database.reading() as unit:
        assert people.find(unit, 5_000_000_001) == person


def test_a_unit_in_which_anything_is_raised_leaves_no_trace(scene: Scene) -> None:
    """All or nothing, and nobody is called who waited for the commit."""
    called: list[str] = []

    def half_a_turn() -> None:
        with scene.unit() as unit:
            people.create(unit, 77, "it", NOON)
            unit.after_commit(lambda: called.append("never"))
            raise KeyError

    with pytest.raises(KeyError):
        half_a_turn()
    assert scene.does(people.find, 77) is None
    assert called == []


def test_who_waits_for_the_commit_is_called_after_it_and_in_order(scene: Scene) -> None:
    """A commit that adds a row due now may wake the ticker, which must find the row."""
    seen: list[object] = []

    def look() -> None:
        with scene.database.reading() as unit:
            seen.append(people.find(unit, 77) is not None)

    with scene.unit() as unit:
        people.create(unit, 77, "it", NOON)
        unit.after_commit(look)
        unit.after_commit(lambda: seen.append("second"))
        assert seen == []
    assert seen == [True, "second"]


def test_a_reading_unit_cannot_write(scene: Scene) -> None:
    """Whoever only shows something cannot change it by mistake."""
    with pytest.raises((Refused, Unreachable)), scene.database.reading() as unit:
        people.create(unit, 77, "it", NOON)
    assert scene.does(people.find, 77) is None


def test_a_reading_unit_does_not_wait_for_a_writing_one(scene: Scene) -> None:
    """The dashboard and the health check go on while a turn is in progress."""
    with scene.unit() as writing:
        people.create(writing, 77, "it", NOON)
        with scene.database.reading() as unit:
            assert people.find(unit, 77) is None


def test_models_and_migrations_agree(fresh_url: str, keyring: Keyring) -> None:
    """What the revisions make is what tables.py says, on both databases."""
    database = Database(fresh_url, keyring)
    database.upgrade()
    with database.unit() as unit:
        context = MigrationContext.configure(unit.connection)
        assert compare_metadata(context, SQLModel.metadata) == []
        migrated = _indexes(unit.connection)
        command.downgrade(alembic_config(unit.connection), "base")
        SQLModel.metadata.create_all(unit.connection)
        assert migrated == _indexes(unit.connection)
    database.close()


def _indexes(connection: Connection) -> list[str]:
    """Every index in the database's own words: Alembic does not compare their conditions."""
    asked = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' "
        "AND tablename <> 'alembic_version'",
    }
    return sorted(connection.scalars(text(asked[connection.dialect.name])))


def test_an_upgrade_may_be_run_again_and_keeps_everything(scene: Scene) -> None:
    """Every start runs it; the secrets stay the same, so accounts are still found."""
    person = scene.somebody()
    scene.database.upgrade()
    assert scene.does(people.find, 5_000_000_001) == person


def test_several_processes_may_upgrade_at_once(fresh_url: str, keyring: Keyring) -> None:
    """They find the same secrets afterwards, whoever was first."""
    databases = [Database(fresh_url, keyring) for _ in range(3)]
    threads = [threading.Thread(target=database.upgrade) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hashes = set()
    for database in databases:
        with database.unit() as unit:
            hashes.add(unit.secrets.account(1))
        database.close()
    assert len(hashes) == 1


def test_keys_of_another_installation_are_noticed_at_the_start(
    fresh_url: str, keyring: Keyring
) -> None:
    """Not at the first message somebody sends."""
    right = Database(fresh_url, keyring)
    right.upgrade()
    right.close()
    wrong = Database(fresh_url, Keyring.parse(Keyring.new_key()))
    with pytest.raises(WrongKeys, match="ACCANTO_KEYS has no key"):
        wrong.upgrade()
    with pytest.raises(WrongKeys, match="ACCANTO_KEYS"), wrong.unit():
        pass
    wrong.close()


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "mysql://root:hunter2@host/name", "sqlite://", "sqlite:///:memory:"],
)
def test_an_address_that_cannot_work_is_refused_with_the_forms_that_can_P10(
    address: str, keyring: Keyring
) -> None:
    """One line that names the setting and never a password."""
    with pytest.raises(WrongAddress) as raised:
        Database(address, keyring)
    said = str(raised.value)
    assert said.startswith("ACCANTO_DATABASE_URL")
    assert "sqlite:///" in said
    assert "\n" not in said
    assert "hunter2" not in said


def test_a_server_that_does_not_answer_is_named_without_its_password_P10(
    keyring: Keyring,
) -> None:
    """Neither the message nor what hangs on it holds user or password."""
    database = Database("postgresql://anna:hunter2@127.0.0.1:1/accanto", keyring)
    with pytest.raises(Unreachable) as raised, database.unit():
        pass
    said = str(raised.value)
    assert said.startswith("ACCANTO_DATABASE_URL: the database at 127.0.0.1:1/accanto")
    assert "\n" not in said
    assert "hunter2" not in f"{said} {database!r} {raised.value.__cause__}"
    database.close()


def test_a_missing_folder_is_named(tmp_path: Path, keyring: Keyring) -> None:
    """The mend is in the same line."""
    with pytest.raises(Unreachable, match=r"ACCANTO_DATABASE_URL.*make its folder"):
        Database(f"sqlite:///{tmp_path / 'nowhere' / 'x.sqlite3'}", keyring)


def test_a_file_that_is_no_database_is_out_of_reach(tmp_path: Path, keyring: Keyring) -> None:
    """Somebody gave the wrong file; it is left alone."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear Anna, " * 100)
    database = Database(f"sqlite:///{path}", keyring)
    with pytest.raises(Unreachable, match="NOTADB"):
        database.upgrade()
    database.close()
    assert path.read_text().startswith("Dear Anna")


def test_a_refused_statement_says_where_and_never_what_P10(scene: Scene) -> None:
    """PostgreSQL would quote the whole row."""
    scene.somebody()
    with pytest.raises(Refused, match="person") as raised, scene.unit() as unit:
        unit.connection.execute(PERSON.insert(), {"id": "x", "account_hash": "canary-hash"})
    assert "canary" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_only_the_owner_of_the_account_can_read_the_file(
    fresh_sqlite_url: str, keyring: Keyring, tmp_path: Path
) -> None:
    """The file and its log are made with mode 600."""
    database = Database(fresh_sqlite_url, keyring)
    database.upgrade()
    with database.unit() as unit:
        people.create(unit, 77, "it", NOON)
    files = list(tmp_path.glob("fresh.sqlite3*"))
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len(files) == 3
    database.close()


def test_sqlite_is_set_as_was_measured(sqlite_database: Database) -> None:
    """Log ahead, every commit on the disk, owners checked, deleted bytes overwritten."""
    with sqlite_database.unit() as unit:
        asked = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        answers = [unit.connection.exec_driver_sql(f"PRAGMA {a}").scalar() for a in asked]
    assert answers == ["wal", 2, 1, 1, 5000]


def test_a_turn_that_reads_first_and_writes_later_is_never_refused(
    sqlite_database: Database,
) -> None:
    """It begins as a writer: with a plain BEGIN this fails at once, whatever the time-out."""
    scene = Scene(sqlite_database)
    person = scene.somebody()

    def turn() -> None:
        with sqlite_database.unit() as unit:
            chat = people.lock_and_load(unit, person)
            people.set_blocked(unit, chat.person, NOON)

    threads = [threading.Thread(target=turn) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert scene.does(people.address, person) is None


def test_a_lock_held_by_another_program_is_said_and_passes(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it lets go, the same database works again."""
    monkeypatch.setattr("bot.store.engines._BUSY_SECONDS", 0.1)
    impatient = Database(f"sqlite:///{tmp_path / 'store.sqlite3'}", sqlite_database._keyring)  # noqa: SLF001 - the same keys
    other = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unreachable, match="SQLITE_BUSY"), impatient.unit():
        pass
    other.execute("ROLLBACK")
    other.close()
    with impatient.unit() as unit:
        assert people.find(unit, 1) is None
    impatient.close()


def test_a_text_moved_to_another_column_of_the_database_is_refused(scene: Scene) -> None:
    """Somebody with access to the file cannot make one person's words another's."""
    anna, bruno = scene.somebody(), scene.somebody()
    with scene.unit() as unit:
        stolen = unit.vault(anna).seal("person", "memory", "{}")
        unit.connection.execute(PERSON.update().where(PERSON.c.id == bruno).values(memory=stolen))
        unit.connection.execute(
            PERSON.update().where(PERSON.c.id == anna).values(own_contact=stolen)
        )
    for person in (anna, bruno):
        with pytest.raises(Unreadable):
            scene.chat(person)
