"""A new module is sound from its first minute."""

from datetime import date
from pathlib import Path

import pytest

from bot.texts.check import check
from bot.texts.new_module import NotMade, new_module
from tests.texts.broken import lay

TODAY = date(2027, 1, 10)


def test_a_new_module_passes_the_check(tmp_path: Path) -> None:
    """In both languages, with real words: nothing to mend before the author begins."""
    laid = lay("", tmp_path)
    files = new_module(laid.content, "warm_hands", {"kitchen"})
    assert [file.relative_to(laid.content).as_posix() for file in files] == [
        "it/modules/warm_hands.md",
        "en/modules/warm_hands.md",
    ]
    assert all("title: Warm hands\n" in file.read_text(encoding="utf-8") for file in files)
    assert check(laid.content, laid.program, on=TODAY).problems == ()


def test_a_new_module_is_a_draft_and_says_so(tmp_path: Path) -> None:
    """Nobody has signed it: a release stops, and the reader is told."""
    laid = lay("", tmp_path)
    files = new_module(laid.content, "warm_hands", ())
    findings = check(laid.content, laid.program, on=TODAY, release=True)
    told = [problem.message for problem in findings.problems]
    assert told == ["status is draft: have it reviewed and say so"] * 2
    assert "in attesa di revisione clinica" in files[0].read_text(encoding="utf-8")
    assert "waiting for clinical review" in files[1].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Warm hands", "is no name for a module: use at most 16 characters of a-z, 0-9 and _"),
        ("", "is no name for a module"),
        ("../warm", "is no name for a module"),
        ("a_very_long_module", "at most 16 characters"),
        ("tea", "is there already: edit it, or choose another name"),
        ("kitchen", "kitchen is the name of a flow: choose another one"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_in_one_line(
    name: str, reason: str, tmp_path: Path
) -> None:
    """Nothing is half-written."""
    laid = lay("", tmp_path)
    before = sorted(laid.content.rglob("*"))
    with pytest.raises(NotMade) as refused:
        new_module(laid.content, name, {"kitchen", "tea"})
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)
    assert sorted(laid.content.rglob("*")) == before


def test_a_module_in_one_language_is_not_written_over(tmp_path: Path) -> None:
    """The other file may be an hour's work."""
    laid = lay("", tmp_path)
    file = laid.content / "en/modules/half.md"
    file.write_text("an hour's work", encoding="utf-8")
    with pytest.raises(NotMade, match="is there already"):
        new_module(laid.content, "half", ())
    assert file.read_text(encoding="utf-8") == "an hour's work"
    assert not (laid.content / "it/modules/half.md").exists()
