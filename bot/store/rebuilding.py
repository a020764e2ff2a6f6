"""Making the tables anew for a backup that is restored: only where nobody is, never over people."""

from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, func, inspect, select, text
from sqlmodel import SQLModel

from bot.store.errors import NotEmpty, UnusableFile
from bot.store.tables import PERSON, PRACTICE

MIGRATIONS = Path(__file__).parent / "migrations"
_REVISION = text("SELECT version_num FROM alembic_version")


def clear(connection: Connection, place: str) -> None:
    """Drop our tables if they are empty of people and practices; raise NotEmpty otherwise."""
    there = set(inspect(connection).get_table_names())
    for table in (PERSON, PRACTICE):
        if table.name in there and connection.execute(select(table.c.id).limit(1)).first():
            raise NotEmpty(
                f"ACCANTO_DATABASE_URL: the database at {place} is not empty; "
                "name an empty one, a backup is never restored over people"
            )
    SQLModel.metadata.drop_all(connection)
    connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def refuse_unknown(revision: str) -> None:
    """Raise UnusableFile for a revision that this version does not know."""
    try:
        ScriptDirectory(str(MIGRATIONS)).get_revision(revision)
    except CommandError:
        raise UnusableFile(
            f"The backup was made by a newer version (its tables are at {revision!r}); "
            "update Accanto first"
        ) from None


def revision(connection: Connection) -> str:
    """Return at which revision the tables are."""
    return str(connection.scalar(_REVISION))


def go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL number new rows after the loaded ones; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in SQLModel.metadata.sorted_tables:
        for column in table.primary_key:
            named = {"of": f'"{table.name}"', "column": column.name}
            counter = connection.scalar(text("SELECT pg_get_serial_sequence(:of, :column)"), named)
            if counter:
                last = connection.scalar(select(func.max(column))) or 0
                connection.execute(
                    text("SELECT setval(:counter, :next, false)"),
                    {"counter": counter, "next": last + 1},
                )


def take_dangling_away(connection: Connection) -> None:
    """Delete what lost its owner, as a cascade would have: SQLite's rest while it rebuilds."""
    while dangling := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        for table, row in {(found[0], found[1]) for found in dangling}:
            connection.exec_driver_sql(f'DELETE FROM "{table}" WHERE rowid = ?', (row,))  # noqa: S608 - names come from SQLite's own catalogue
