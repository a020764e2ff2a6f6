"""The database: one unit of work is one transaction. Nothing here looks at a clock.

    with database.unit() as unit:
        chat = people.lock_and_load(unit, person)
        people.save(unit, chat, turned)

Units are for one thread and do not nest: on SQLite a second one would wait for the first.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, TypeVar, cast

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Row, Table, bindparam, select, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.store import engines, rebuilding
from bot.store.encryption import KEY_BYTES, Keyring, Secrets, Vault
from bot.store.engines import Address, Use
from bot.store.errors import (
    Refused,
    StoreError,
    Unreachable,
    Unreadable,
    WrongAddress,
    WrongKeys,
    in_plain_words,
)
from bot.store.tables import PERSON, SECRET

__all__ = [
    "AnyRow",
    "Database",
    "Refused",
    "StoreError",
    "Unit",
    "Unreachable",
    "Unreadable",
    "WrongAddress",
    "WrongKeys",
]

_ONE_UPGRADE_AT_A_TIME = 0x0ACCA470

AnyRow = Row[*tuple[Any, ...]]
Insert = Callable[[Table], sqlite.Insert | postgresql.Insert]
T = TypeVar("T")


class Unit:
    """One open transaction, with the keys needed inside it."""

    __slots__ = ("_after_commit", "_vaults", "connection", "keyring", "secrets")

    def __init__(self, connection: Connection, keyring: Keyring, secrets: Secrets) -> None:
        self.connection = connection
        self.keyring = keyring
        self.secrets = secrets
        self._vaults: dict[str, Vault] = {}
        self._after_commit: list[Callable[[], object]] = []

    def after_commit(self, callback: Callable[[], object]) -> None:
        """Call `callback` once this unit is committed, and never if it is not."""
        self._after_commit.append(callback)

    def committed(self) -> None:
        """Make the calls that waited for the commit, in their order."""
        for callback in self._after_commit:
            callback()

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT of this database's dialect, which knows ON CONFLICT."""
        return _INSERT[self.connection.dialect.name](table)

    def built(self, build: Callable[[Insert], T]) -> T:
        """Return the statement that `build` makes of this database's INSERT, built only once."""
        return cast("T", _built(build, self.connection.dialect.name))

    def vault(self, person: str) -> Vault:
        """Return what seals and opens a person's texts; raise LookupError for nobody."""
        known = self._vaults.get(person)
        if known:
            return known
        wrapped = self.connection.scalar(_DATA_KEY, {"person": person})
        if wrapped is None:
            raise LookupError("No such person")
        return self.unlock(person, wrapped)

    def unlock(self, person: str, wrapped: bytes) -> Vault:
        """Return the vault of a person whose wrapped key was just read or written."""
        self._vaults[person] = Vault(self.keyring.unwrap(wrapped, person), person)
        return self._vaults[person]


_INSERT: Mapping[str, Insert] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


@cache
def _built(build: Callable[[Insert], T], dialect: str) -> T:
    return build(_INSERT[dialect])


_DATA_KEY = select(PERSON.c.data_key).where(PERSON.c.id == bindparam("person"))


class Database:
    """The database at one address, with the keys that open what is in it."""

    def __init__(self, url: str, keyring: Keyring) -> None:
        """Prepare the engines; raise WrongAddress for an address that cannot work."""
        self._address = Address.parse(url)
        self._keyring = keyring
        self._writing = engines.build(self._address, Use.WRITING)
        self._reading = engines.build(self._address, Use.READING)
        self._secrets: Secrets | None = None
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"Database({self._address.place})"

    @property
    def turns_at_once(self) -> int:
        """How many threads may turn chats: SQLite has one writer, PostgreSQL a pool of eight."""
        return 1 if self._address.url.get_backend_name() == "sqlite" else 8

    @property
    def is_shared(self) -> bool:
        """Whether several processes may work on it: PostgreSQL; an SQLite file has one."""
        return self._address.url.get_backend_name() != "sqlite"

    def upgrade(self) -> None:
        """Bring the tables to this version and make the service's secrets, in one transaction.

        Several processes may do it at once. Raises WrongKeys if the secrets do not open.
        """
        engine = engines.build(self._address, Use.UPGRADING)
        with in_plain_words(self._address.place), engine.begin() as connection:
            _one_at_a_time(connection)
            command.upgrade(alembic_config(connection), "head")
            if connection.dialect.name == "sqlite":
                _refuse_dangling(connection)
            _make_secrets(connection, self._keyring)
            _read_secrets(connection, self._keyring)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Open a transaction: committed at the end, rolled back if anything is raised.

        Raises Unreachable when the database does not answer, WrongKeys when the keys are not
        the ones it was written with.
        """
        with in_plain_words(self._address.place), self._writing.begin() as connection:
            unit = Unit(connection, self._keyring, self._open_secrets(connection))
            yield unit
        unit.committed()

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        """Open a transaction that can only read, on connections of its own."""
        with in_plain_words(self._address.place), self._reading.begin() as connection:
            yield Unit(connection, self._keyring, self._open_secrets(connection))

    @contextmanager
    def snapshot(self) -> Iterator[Unit]:
        """Open a transaction that only reads and sees the whole database at one moment."""
        with in_plain_words(self._address.place), self._reading.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield Unit(connection, self._keyring, self._open_secrets(connection))

    @contextmanager
    def bare(self) -> Iterator[Connection]:
        """Open a transaction that can only read, whatever tables there are and whoever's keys."""
        with in_plain_words(self._address.place), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def rebuilt(self, revision: str, load: Callable[[Connection], None]) -> Iterator[Unit]:
        """Make the tables of a revision, load them, bring them to this version, give the rest.

        All of it is one transaction. Raises UnusableFile for a revision of a newer version,
        before the database is touched; NotEmpty if somebody is in it already; WrongKeys if the
        loaded secrets do not open.
        """
        rebuilding.refuse_unknown(revision)
        engine = engines.build(self._address, Use.UPGRADING)
        with in_plain_words(self._address.place), engine.begin() as connection:
            _one_at_a_time(connection)
            rebuilding.clear(connection, self._address.place)
            command.upgrade(alembic_config(connection), revision)
            load(connection)
            command.upgrade(alembic_config(connection), "head")
            rebuilding.go_on_counting(connection)
            if connection.dialect.name == "sqlite":
                _refuse_dangling(connection)
            yield Unit(connection, self._keyring, _read_secrets(connection, self._keyring))
            if connection.dialect.name == "sqlite":
                rebuilding.take_dangling_away(connection)

    @property
    def keyring(self) -> Keyring:
        """The keys this database is opened with."""
        return self._keyring

    @property
    def place(self) -> str:
        """Where it is, without user or password."""
        return self._address.place

    def close(self) -> None:
        """Close every connection."""
        self._writing.dispose()
        self._reading.dispose()

    def _open_secrets(self, connection: Connection) -> Secrets:
        with self._lock:
            if self._secrets is None:
                self._secrets = _read_secrets(connection, self._keyring)
            return self._secrets


def alembic_config(connection: Connection) -> Config:
    """Return what Alembic needs to work on an open connection; the revisions lie beside us."""
    config = Config()
    config.set_main_option("script_location", str(rebuilding.MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _one_at_a_time(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_UPGRADE_AT_A_TIME}
        )


def _refuse_dangling(connection: Connection) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise Refused("The upgrade would leave rows without their owners; restore a backup")


def _make_secrets(connection: Connection, keyring: Keyring) -> None:
    have = set(connection.scalars(select(SECRET.c.name)))
    for name in Secrets.NAMES:
        if name not in have:
            wrapped = keyring.wrap(os.urandom(KEY_BYTES), f"secret {name}")
            connection.execute(SECRET.insert().values(name=name, wrapped=wrapped))


def _read_secrets(connection: Connection, keyring: Keyring) -> Secrets:
    rows = connection.execute(select(SECRET.c.name, SECRET.c.wrapped))
    return Secrets({name: keyring.unwrap(wrapped, f"secret {name}") for name, wrapped in rows})
