"""Two engines for one address: one that writes, one that only reads. The rules are measured.

SQLite (design.md): transactions begin as writers, one writing connection for the process, a log
ahead of the file, every commit on the disk. PostgreSQL: eight connections, times in UTC, nobody
waits for a lock for ever. Parameters never appear in an error.
"""

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from bot.store.errors import Unreachable, WrongAddress

_POSTGRESQL = "postgresql+psycopg"
_BUSY_SECONDS = 5
_WAIT_SECONDS = 10
_FORMS = "sqlite:///file or postgresql://user:password@host:5432/name"


class Use(Enum):
    """What an engine is for."""

    WRITING = "writing"
    READING = "reading"
    UPGRADING = "upgrading"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the database is: `url` for the driver, `place` for people, without user or password."""

    url: URL
    place: str

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read ACCANTO_DATABASE_URL; raise WrongAddress if nothing of that kind can work."""
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            raise WrongAddress(f"ACCANTO_DATABASE_URL is not an address: write {_FORMS}") from None
        kind = url.drivername.partition("+")[0]
        if kind == "sqlite":
            if not url.database or url.database == ":memory:" or url.query:
                raise WrongAddress("ACCANTO_DATABASE_URL: SQLite needs a file: sqlite:///file")
            return cls(url.set(drivername="sqlite"), url.database)
        if kind in {"postgresql", "postgres"}:
            place = f"{url.host or 'localhost'}:{url.port or 5432}/{url.database or ''}"
            return cls(url.set(drivername=_POSTGRESQL), place)
        raise WrongAddress(f"ACCANTO_DATABASE_URL: {kind!r} is not supported: write {_FORMS}")

    @property
    def exists(self) -> bool:
        """Whether there is something to open: of a server only it can say."""
        return self.url.drivername != "sqlite" or Path(str(self.url.database)).is_file()


def build(address: Address, use: Use) -> Engine:
    """Return an engine; it connects at its first use. Raise Unreachable for a missing folder."""
    if address.url.drivername == _POSTGRESQL:
        return _postgresql(address, use)
    return _sqlite(address, use)


def _sqlite(address: Address, use: Use) -> Engine:
    _prepare_file(address)
    options: dict[str, Any] = {"poolclass": NullPool}
    if use is not Use.UPGRADING:
        # One writer, so that turns wait here in their order and not in SQLite's busy loop.
        size = 1 if use is Use.WRITING else 4
        options = {"pool_size": size, "max_overflow": 0, "pool_timeout": _WAIT_SECONDS}
    engine = create_engine(
        address.url,
        hide_parameters=True,
        connect_args={"isolation_level": None, "timeout": _BUSY_SECONDS},
        **options,
    )
    pragmas = [
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA secure_delete = ON",
        # A migration that rebuilds a table must not cascade; it is checked afterwards.
        f"PRAGMA foreign_keys = {'OFF' if use is Use.UPGRADING else 'ON'}",
        *(["PRAGMA query_only = ON"] if use is Use.READING else []),
    ]

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
        for pragma in pragmas:
            connection.execute(pragma)

    begin = "BEGIN" if use is Use.READING else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        # A transaction that reads first and writes later fails at once if somebody wrote between.
        connection.exec_driver_sql(begin)

    return engine


def _prepare_file(address: Address) -> None:
    """Make the file before SQLite does, so that nobody else on the machine can read it."""
    path = Path(str(address.url.database))
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise Unreachable(
            f"ACCANTO_DATABASE_URL: {path} cannot be written ({error.strerror}); "
            "make its folder, or give another file"
        ) from None


def _postgresql(address: Address, use: Use) -> Engine:
    options: dict[str, Any] = {"poolclass": NullPool}
    if use is not Use.UPGRADING:
        size = 8 if use is Use.WRITING else 4
        options = {
            "pool_size": size,
            "max_overflow": 0,
            "pool_timeout": _WAIT_SECONDS,
            "pool_pre_ping": True,
        }
    if use is Use.READING:
        options["execution_options"] = {"postgresql_readonly": True}
    return create_engine(
        address.url,
        hide_parameters=True,
        connect_args={
            "connect_timeout": _BUSY_SECONDS,
            "application_name": f"accanto {use.value}",
            "options": f"-c timezone=UTC -c lock_timeout={_WAIT_SECONDS}s",
        },
        **options,
    )
