"""The cases of `tests/broken_content/`: a small sound folder, and what breaks it in each.

A case is a folder named after the rule. `change.yaml` lists changes to files of the sound folder
(`file`, and `old` with `new`, or `gone: true`); other files of the case are laid over it.
`expected.txt` holds every line the check gives.
"""

import runpy
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.safety.fallback import FALLBACK
from bot.texts.rules.given import Program

CASES = Path(__file__).parent.parent / "broken_content"
SOUND = CASES / "sound"


def cases() -> list[str]:
    """Return the names of all cases."""
    return sorted(case.name for case in CASES.iterdir() if case.is_dir() and case != SOUND)


def strict_words(lang: str, words: Mapping[str, object]) -> tuple[str, ...]:
    """Stand in for the compiler of the safety words: it minds brackets and the trigger R1."""
    faults = []
    for trigger, lists in dict(words.get("clear") or {}).items():
        for who, sayings in dict(lists).items():
            for number, saying in enumerate(sayings, 1):
                if "(" in saying and ")" not in saying:
                    place = f"{lang}: clear.{trigger}.{who}, entry {number}"
                    faults.append(f"{place}: «{saying}» opens a bracket; add `)`")
    if "clear" in words and "R1" not in dict(words["clear"] or {}):
        faults.append(f"{lang}: clear: R1 is missing; add it with at least one expression")
    return tuple(faults)


def messages_without_text(folder: Path) -> Iterator[tuple[str, int, str]]:
    """Stand in for what reads the labelled messages: it minds that each has a text."""
    for file in sorted(folder.glob("*/understanding/*.yaml")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("- ") and "text:" not in line:
                yield file.relative_to(folder).as_posix(), number, "text is empty; mend it"


def learnt_from_less(folder: Path) -> str | None:
    """Stand in for what knows what was learnt: the file holds the number of labelled messages."""
    texts = [file.read_text(encoding="utf-8") for file in folder.glob("*/understanding/*.yaml")]
    learnt = folder / "understanding.json"
    there_are = sum(text.count("- {") for text in texts)
    known = int(learnt.read_text(encoding="utf-8")) if learnt.is_file() else 0
    return None if known == there_are else f"learnt from {known} of {there_are}; make it anew"


@dataclass(frozen=True)
class Laid:
    """A content folder and the program it is checked against, on disk."""

    content: Path
    program: Program


def lay(case: str, at: Path) -> Laid:
    """Copy the sound folder, break it as the case says, and return what came of it."""
    shutil.copytree(SOUND, at, dirs_exist_ok=True)
    for lang, card in FALLBACK.items():
        _change(at / f"content/{lang}/messages.po", "@FALLBACK@", card.replace("\n", "\\n"))
    if case:
        ours = shutil.ignore_patterns("change.yaml", "expected.txt", "without.txt")
        shutil.copytree(CASES / case, at, dirs_exist_ok=True, ignore=ours)
        changes = CASES / case / "change.yaml"
        for change in yaml.safe_load(changes.read_text("utf-8")) if changes.is_file() else ():
            file = at / change["file"]
            if change.get("gone"):
                file.unlink()
            else:
                _change(file, change["old"], change["new"])
    return Laid(at / "content", _program(at / "program"))


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file}: {old!r} must stand there once"
    file.write_text(text.replace(old, new), encoding="utf-8")


def _program(source: Path) -> Program:
    made = runpy.run_path(str(source / "talk.py"))
    return Program(
        flows=lambda _bundle: made["FLOWS"],
        source=source,
        asides=made["ASIDES"],
        families=made["FAMILIES"],
        lexicon=strict_words,
        examples=messages_without_text,
        reader=learnt_from_less,
    )
