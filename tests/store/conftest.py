"""Two databases to talk to.

SQLite always; PostgreSQL where a server answers, in a database of its own that goes with the
session. A machine without one shows skips, and failures where ACCANTO_REQUIRE names it.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.encryption import Keyring
from bot.store.tables import ERASURE, GUESS, PERSON, PRACTICE, UPDATE_SEEN
from tests.postgres import throw_away
from tests.store.acts import ELSEWHERE, World, furnished
from tests.store.scene import Scene


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    """The keys everything in this session is written with."""
    return Keyring.parse(Keyring.new_key())


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Path:
    """An upgraded SQLite file to be copied: every test then starts from its own."""
    path = tmp_path_factory.mktemp("store") / "template.sqlite3"
    database = Database(f"sqlite:///{path}", keyring)
    database.upgrade()
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A database for the session."""
    with throw_away() as url:
        yield url


@pytest.fixture
def fresh_postgresql_url() -> Iterator[str]:
    """A database nobody has upgraded yet."""
    with throw_away() as url:
        yield url


@pytest.fixture
def fresh_sqlite_url(tmp_path: Path) -> str:
    """A file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'fresh.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_url(request: pytest.FixtureRequest) -> str:
    """The address of a database nobody has upgraded yet."""
    return str(request.getfixturevalue(f"fresh_{request.param}_url"))


@pytest.fixture(scope="session")
def upgraded(postgresql_url: str, keyring: Keyring) -> Iterator[Database]:
    """The session's PostgreSQL database, with its tables."""
    database = Database(postgresql_url, keyring)
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def sqlite_database(template: Path, tmp_path: Path, keyring: Keyring) -> Iterator[Database]:
    """An empty SQLite file."""
    path = tmp_path / "store.sqlite3"
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}", keyring)
    yield database
    database.close()


@pytest.fixture
def postgresql_database(upgraded: Database) -> Database:
    """The session's PostgreSQL database, emptied; everything hangs on these tables."""
    with upgraded.unit() as unit:
        for table in (PRACTICE, PERSON, UPDATE_SEEN, ERASURE, GUESS):
            unit.connection.execute(table.delete())
    return upgraded


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database, once of each kind."""
    found = request.getfixturevalue(f"{request.param}_database")
    assert isinstance(found, Database)
    return found


@pytest.fixture
def scene(database: Database) -> Scene:
    """A scene on either database."""
    return Scene(database)


@pytest.fixture(scope="session")
def world(
    template: Path, tmp_path_factory: pytest.TempPathFactory, keyring: Keyring
) -> Iterator[World]:
    """Three cases with everything in them; whatever a test does there is undone."""
    path = tmp_path_factory.mktemp("matrix") / "store.sqlite3"
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}", keyring)
    scene = Scene(database)
    yield World(scene, furnished(scene), furnished(scene), furnished(scene, ELSEWHERE))
    database.close()
