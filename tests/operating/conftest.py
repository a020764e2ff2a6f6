"""The two databases of the tests of the store, and the evening of those of the services."""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest
import structlog

from bot.__main__ import main
from tests.run.conftest import light_content
from tests.services.conftest import evening, parts
from tests.store.conftest import (
    database,
    fresh_postgresql_url,
    fresh_sqlite_url,
    fresh_url,
    keyring,
    postgresql_database,
    postgresql_url,
    scene,
    sqlite_database,
    template,
    upgraded,
)

__all__ = [
    "database",
    "evening",
    "fresh_postgresql_url",
    "fresh_sqlite_url",
    "fresh_url",
    "keyring",
    "light_content",
    "parts",
    "postgresql_database",
    "postgresql_url",
    "scene",
    "sqlite_database",
    "template",
    "upgraded",
]


_TURNED_DOWN = ("alembic", "uvicorn", "httpx", "httpcore", "telegram")
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """Run a command in this process with these settings; return its code and what it printed."""

    def run(given: Mapping[str, str], *arguments: str) -> tuple[int, str, str]:
        for name in [name for name in os.environ if name.startswith("ACCANTO_")]:
            monkeypatch.delenv(name)
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.argv", ["accanto", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    with quiet_afterwards():
        yield run


@contextmanager
def quiet_afterwards() -> Iterator[None]:
    """Take back how a command has set up logging."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in _TURNED_DOWN}
    try:
        yield
    finally:
        structlog.reset_defaults()
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)


@pytest.fixture
def anyio_backend() -> str:
    """The bot runs on asyncio alone."""
    return "asyncio"
