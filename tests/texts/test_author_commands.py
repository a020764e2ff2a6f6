"""The commands for authors, as they are typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from tests.texts.broken import lay


def run(*words: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines a command prints."""
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.output.splitlines()


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the commands work on the small sound folder."""
    folder = lay("", tmp_path).content
    monkeypatch.setenv("ACCANTO_CONTENT", str(folder))
    return folder


def test_check_lists_what_is_wrong_and_counts_it(content: Path) -> None:
    """The small folder lacks nearly all that the real program says: errors, exit 1."""
    code, lines = run("check", "--on", "2027-01-10")
    assert code == 1
    assert any(
        line.startswith("bot/flows/red.py:") and "card.birth is said" in line for line in lines
    )
    assert any(": warning: kitchen.hello: nothing says it" in line for line in lines)
    errors = sum(": warning: " not in line for line in lines[:-1])
    warnings = len(lines) - 1 - errors
    assert lines[-1] == f"checked 16 files: {errors} errors, {warnings} warnings"
    assert sum(file.is_file() for file in content.rglob("*")) == 16


@pytest.mark.usefixtures("content")
def test_check_for_a_release_asks_for_more() -> None:
    """The same folder a year later: everything has to be read again."""
    _, lines = run("check", "--release", "--on", "2028-02-01")
    assert sum("the review of" in line for line in lines) == 14
    assert sum("call again" in line for line in lines) == 8


def test_a_new_module_is_begun_and_refused_the_second_time(content: Path) -> None:
    """The command prints the files and what to do next."""
    code, lines = run("new-module", "warm_hands")
    assert (code, lines[:2]) == (
        0,
        [str(content / lang / "modules/warm_hands.md") for lang in ("it", "en")],
    )
    assert lines[2] == "now edit both; then: python -m bot check, talk warm_hands, draw"
