"""What a database says of itself: revision, soundness, clock, and what waits in it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, literal_column, select, text

from bot.store import rebuilding, rewrapping, updates
from bot.store.database import Database, Unit, alembic_config
from bot.store.tables import DUE, REPLY

_VERSION_UNIT = 10_000


@dataclass(frozen=True, slots=True)
class State:
    """How a database is.

    `revision` is empty before the first start; `problems` are what its own checks find;
    `clock_ahead` how far its clock is before this machine's. The last four are what waits.
    """

    server: str
    version: int
    revision: str
    head: str
    problems: tuple[str, ...] = ()
    clock_ahead: timedelta = timedelta(0)
    wrapped_by_older: int = 0
    aside: int = 0
    oldest_due: datetime | None = None
    oldest_unsent: datetime | None = None

    def too_old(self, oldest: int) -> bool:
        """Whether this is a PostgreSQL before a major version."""
        return self.server.startswith("PostgreSQL") and self.version < oldest


def examine(database: Database, at: datetime) -> State:
    """Return how a database is at a moment; nothing is written.

    Raises:
        StoreError: it does not answer, or the keys do not open it.
    """
    with database.bare() as connection:
        server, version = _server(connection)
        head = str(ScriptDirectory.from_config(alembic_config(connection)).get_current_head())
        there = inspect(connection).has_table("alembic_version")
        revision = rebuilding.revision(connection) if there else ""
        if revision != head:
            return State(server, version, revision, head)
        problems, ahead = _problems(connection), _ahead(connection, at)
    with database.reading() as unit:
        return State(
            server,
            version,
            revision,
            head,
            problems,
            ahead,
            _older(unit),
            updates.aside_count(unit),
            *unit.connection.execute(_OLDEST).one(),
        )


def _server(connection: Connection) -> tuple[str, int]:
    if connection.dialect.name == "sqlite":
        name = str(connection.scalar(text("SELECT sqlite_version()")))
        return f"SQLite {name}", int(name.partition(".")[0])
    number = int(str(connection.scalar(text("SHOW server_version_num"))))
    return f"PostgreSQL {number // _VERSION_UNIT}.{number % _VERSION_UNIT}", number // _VERSION_UNIT


def _problems(connection: Connection) -> tuple[str, ...]:
    if connection.dialect.name != "sqlite":
        return ()
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
    problems = [f"integrity check: {line}" for line in found if line != "ok"]
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        problems.append("there are rows without their owners: restore a backup")
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    if mode != "wal":
        problems.append(f"journal_mode is {mode}, not wal")
    return tuple(problems)


def _ahead(connection: Connection, at: datetime) -> timedelta:
    if connection.dialect.name == "sqlite":
        return timedelta(0)
    now = connection.scalar(text("SELECT clock_timestamp()"))
    return now - at.astimezone(UTC) if isinstance(now, datetime) else timedelta(0)


def _older(unit: Unit) -> int:
    used = rewrapping.in_use(unit)
    return sum(number for name, number in used.items() if name != unit.keyring.names[0])


_OLDEST = select(
    select(func.min(DUE.c.due_at))
    .where(DUE.c.state == literal_column("'waiting'"))
    .scalar_subquery(),
    select(func.min(REPLY.c.created_at))
    .where(REPLY.c.state == literal_column("'unsent'"))
    .scalar_subquery(),
)
