"""Every rule of the content check has a broken case, and says exactly this about it."""

import sys
from datetime import date
from pathlib import Path

import pytest

from bot.texts.check import RELEASE_RULES, RULES, check
from tests.texts.broken import CASES, SOUND, cases, lay

TODAY = date(2027, 1, 10)

# What reading itself finds, before any rule looks (content.md C).
WHEN_READ = {
    "contact_grade_c",
    "contact_without_seen_on",
    "contact_without_source",
    "entry_in_one_language",
    "entry_marked_fuzzy",
    "entry_with_other_placeholders",
    "entry_with_other_plurals",
    "file_in_one_language",
    "graphs_differ",
    "phrase_in_one_language",
    "step_in_one_language",
    "style_is_missing",
    "style_not_usable",
    "unknown_action",
    "unknown_goal",
    "unknown_guard",
    "unknown_kind",
    "unknown_markdown",
    "unknown_step",
    "unknown_topic",
}


def found(case: str, at: Path, *, release: bool) -> list[str]:
    """Return the lines of the check over a case."""
    laid = lay(case, at)
    findings = check(laid.content, laid.program, on=TODAY, release=release)
    return [str(problem) for problem in findings.problems]


def test_the_sound_folder_has_nothing_to_mend(tmp_path: Path) -> None:
    """Not even a warning, and it could be released: so each case shows its own fault only."""
    assert found("", tmp_path, release=True) == []


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    """Adding a rule without a broken case fails here."""
    rules = {rule.__name__ for rule in (*RULES, *RELEASE_RULES)}
    assert set(cases()) == rules | WHEN_READ


@pytest.mark.parametrize("case", cases())
def test_broken_content_is_told_with_file_line_and_mend(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check says what `expected.txt` says, all of it and nothing else."""
    without = CASES / case / "without.txt"
    if without.is_file():
        monkeypatch.setitem(sys.modules, without.read_text(encoding="utf-8").strip(), None)
    for_release = case in {rule.__name__ for rule in RELEASE_RULES}
    expected = (CASES / case / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert found(case, tmp_path, release=for_release) == expected


@pytest.mark.parametrize("file", sorted(p.name for p in (SOUND / "content/it").rglob("*.*")))
def test_half_a_file_is_told_and_never_raised(file: str, tmp_path: Path) -> None:
    """Whoever saves half a file reads where it ends, and what else is wrong, not a traceback."""
    laid = lay("", tmp_path)
    path = next(laid.content.glob(f"it/**/{file}"))
    whole = path.read_bytes()
    for size in (0, len(whole) // 4, len(whole) // 2):
        path.write_bytes(whole[:size])
        findings = check(laid.content, laid.program, on=TODAY, release=True)
        assert findings.errors
