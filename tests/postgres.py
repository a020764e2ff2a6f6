"""A PostgreSQL database of one's own, where a server answers.

A machine without one shows skips, and failures where ACCANTO_REQUIRE names it.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy.engine import make_url

SERVER = os.environ.get("ACCANTO_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


@contextmanager
def throw_away(copied: str = "template1") -> Iterator[str]:
    """Make a database on the server, give its address, and drop it at the end.

    copied: the address or name of the database it begins as a copy of
    """
    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        if "postgres" in os.environ.get("ACCANTO_REQUIRE", ""):
            pytest.fail(f"ACCANTO_REQUIRE asks for PostgreSQL, and none answers: {error}")
        pytest.skip("no PostgreSQL server answers here (ACCANTO_TEST_POSTGRES names another)")
    name = f"accanto_test_{secrets.token_hex(6)}"
    with server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copied.rpartition("/")[2]}"')
        try:
            yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
