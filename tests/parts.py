"""The real parts for tests: the content there is, its reader, a database in a file of its own."""

import atexit
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.bootstrap import content_folder, reader_of
from bot.safety.reading import CALM, Reading
from bot.services.parts import Parts, Read
from bot.store.database import Database
from bot.store.encryption import Keyring
from bot.texts.bundle import Shelf
from tests.postgres import throw_away

KEYS = Keyring.new_key()
FILE = "accanto.db"


@contextmanager
def parts_in(folder: Path, read: Read | None = None) -> Iterator[Parts]:
    """Give parts over a new database in `folder`, with another reader than content's if named.

    Building that one takes seconds.
    """
    file = folder / FILE
    file.write_bytes(new_file())
    database = Database(f"sqlite:///{file}", Keyring.parse(KEYS))
    try:
        yield Parts(database, shelf(), read or reader())
    finally:
        database.close()


@contextmanager
def parts_at(url: str, read: Read | None = None) -> Iterator[Parts]:
    """Give parts over an empty database at an address, brought up to date first."""
    database = Database(url, Keyring.parse(KEYS))
    try:
        database.upgrade()
        yield Parts(database, shelf(), read or reader())
    finally:
        database.close()


@contextmanager
def postgresql() -> Iterator[str]:
    """Give the address of an empty PostgreSQL database that is up to date."""
    with throw_away(_upgraded_once()) as url:
        yield url


@cache
def _upgraded_once() -> str:
    """Return the address of a database to be copied: bringing one up to date takes a while."""
    until_the_end = ExitStack()
    url = until_the_end.enter_context(throw_away())
    atexit.register(until_the_end.close)
    database = Database(url, Keyring.parse(KEYS))
    database.upgrade()
    database.close()
    return url


@cache
def new_file() -> bytes:
    """Return an upgraded, empty database, made once: that takes a while."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        database = Database(f"sqlite:///{path}", Keyring.parse(KEYS))
        database.upgrade()
        database.close()
        return path.read_bytes()


@cache
def shelf() -> Shelf:
    """Return the content, loaded once."""
    return Shelf(content_folder())


@cache
def reader() -> Read:
    """Return the reader of that content, built once."""
    return reader_of(shelf().bundle).read


def read_nothing(_text: str, _earlier: tuple[str, ...] = ()) -> Reading:
    """Read a text as one in which there is nothing."""
    return CALM
