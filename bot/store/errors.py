"""What can be wrong with the database or the keys, each in one line that says how to mend it.

The driver's own errors never leave the store: PostgreSQL's quote whole rows, and an address may
hold a password.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_OUT_OF_REACH = ("BUSY", "LOCKED", "CANTOPEN", "FULL", "IOERR", "READONLY", "NOTADB", "CORRUPT")
_NOW_A_STANDBY = "25006"


class StoreError(Exception):
    """Something is wrong below the conversation; the text is one line, safe to log."""


class Unreachable(StoreError):
    """The database does not answer now. Trying again later is right."""


class WrongAddress(StoreError):
    """ACCANTO_DATABASE_URL names nothing that could ever work."""


class WrongKeys(StoreError):
    """ACCANTO_KEYS is malformed, or not what this database was written with."""


class Unreadable(StoreError):
    """A sealed value was changed, or moved to a place it was not sealed for."""


class Refused(StoreError):
    """The database refused a statement: a fault of ours, not of the person or the machine."""


class Missing(StoreError):
    """A file that is needed is not there."""


class NotEmpty(StoreError):
    """A backup is restored into an empty database only."""


class UnusableFile(StoreError):
    """A sealed file that does not open: another key, cut off, changed, or not ours at all."""


@contextmanager
def in_plain_words(place: str) -> Iterator[None]:
    """Turn whatever the driver raises into one of the errors above, without values.

    `place` names the database without user and password.
    """
    try:
        yield
    except PoolTimeout:
        raise _unreachable(place, "all connections are taken") from None
    except DBAPIError as error:
        raise _translated(error, place) from None


def _translated(error: DBAPIError, place: str) -> StoreError:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        # A programming error found by the driver itself has no code of the database.
        name: str = getattr(cause, "sqlite_errorname", None) or type(cause).__name__
        if name.removeprefix("SQLITE_").startswith(_OUT_OF_REACH):
            return _unreachable(place, name)
        return Refused(f"The database at {place} refused a statement: {name}, {cause}")
    if isinstance(cause, psycopg.Error):
        name = cause.sqlstate or type(cause).__name__
        broken = isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
        if broken or cause.sqlstate == _NOW_A_STANDBY:
            return _unreachable(place, name)
        about = (cause.diag.table_name, cause.diag.column_name, cause.diag.constraint_name)
        where = ", ".join(part for part in about if part)
        return Refused(f"The database at {place} refused a statement: {name} {where}".rstrip())
    return _unreachable(place, type(error).__name__)


def _unreachable(place: str, reason: str) -> Unreachable:
    return Unreachable(
        f"ACCANTO_DATABASE_URL: the database at {place} does not answer ({reason}); "
        "start it or free it, or correct the address"
    )
