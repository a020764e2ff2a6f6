import gc
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

COLLECTED = pytest.StashKey[dict[str, bool]]()
"""By id: every test that was collected, deselected ones too, and whether it never runs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what only these tests know."""
    parser.addoption(
        "--update-conversations",
        action="store_true",
        help="write the outcomes that the conversations of tests/conversations have now",
    )
    parser.addoption(
        "--update-transcripts",
        action="store_true",
        help="write the pages of tests/transcripts as the conversations go now",
    )
    parser.addoption(
        "--write-collected",
        metavar="FILE",
        help="write which tests there are, and whether they never run, as JSON",
    )


@pytest.hookimpl(tryfirst=True)  # before anything is deselected
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep which tests there are, for those that ask whether a test exists."""
    never = ("skip", "xfail")
    found = {item.nodeid: any(map(item.get_closest_marker, never)) for item in items}
    config.stash[COLLECTED] = found
    if file := config.getoption("--write-collected"):
        Path(file).write_text(json.dumps(found), encoding="utf-8")


@pytest.fixture(autouse=True)
def log_as_nobody_set_it_up() -> Iterator[None]:
    """What a test sets up for its process, as the command line does, ends with that test."""
    yield
    structlog.reset_defaults()


def pytest_collection_finish() -> None:
    """Keep what was collected out of every later garbage collection: it stays to the end.

    Walking over five thousand tests again and again costs a fifth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
