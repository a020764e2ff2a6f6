"""`python -m bot check`: everything that is wrong with the content, told at once.

First the content is read as far as it can be read (`bundle.inspect`), which finds what would make
it unusable; then every rule looks at what was read. A rule is one small function in `rules/`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.texts.bundle import LANGUAGES, Bundle, inspect
from bot.texts.problems import Problem, Report
from bot.texts.rules import (
    cards,
    examples,
    labels,
    lexicon,
    limits,
    phrases,
    readability,
    release,
    sources,
    style,
    usage,
    ways,
)
from bot.texts.rules.given import Given, Program, pieces_of
from bot.texts.said import Said, read_source, walk, walk_step
from bot.texts.styles import Style, read_style

Rule = Callable[[Given], Iterable[Problem]]

RULES: tuple[Rule, ...] = (
    limits.long_message,
    limits.long_sentence,
    limits.many_questions,
    limits.many_messages,
    limits.many_buttons,
    limits.long_label,
    limits.long_line,
    limits.long_title,
    limits.long_id,
    phrases.long_phrase,
    phrases.heavy_phrase,
    phrases.few_phrases,
    phrases.few_answers,
    cards.long_card,
    cards.late_number,
    cards.fallback_differs,
    readability.hard_module,
    readability.hard_phrases,
    readability.hard_crisis_text,
    readability.no_textstat,
    style.banned_words,
    style.two_forms_in_one,
    style.gendered_ending,
    style.loud_push,
    labels.same_label,
    labels.same_label_in_flow,
    labels.same_label_in_family,
    labels.same_label_in_list,
    labels.same_title,
    labels.same_number,
    ways.unreachable_step,
    ways.dead_end,
    ways.no_button_left,
    ways.end_without_menu,
    ways.no_way_home,
    sources.few_sources,
    sources.source_without_year,
    usage.missing_entry,
    usage.unused_entry,
    lexicon.no_safety_words,
    lexicon.empty_list,
    lexicon.unusable_words,
    examples.unusable_example,
    examples.stale_reader,
)
RELEASE_RULES: tuple[Rule, ...] = (
    release.draft,
    release.unreviewed,
    release.expired,
    release.unverified_contact,
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What the check found, in the order of files and lines, and how many files it read.

    `unreleased` is how many of the problems only a release minds.
    """

    problems: tuple[Problem, ...]
    files: int
    unreleased: int = 0

    @property
    def errors(self) -> int:
        """How many problems must be mended."""
        return sum(not problem.warning for problem in self.problems)

    @property
    def warnings(self) -> int:
        """How many problems one can live with."""
        return sum(problem.warning for problem in self.problems)

    def __str__(self) -> str:
        counts = f"{self.errors} errors, {self.warnings} warnings"
        return f"checked {self.files} files: {counts}"


def check(folder: Path, program: Program, *, on: date, release: bool = False) -> Findings:
    """Return everything that is wrong with a content folder.

    Args:
        folder: the content, one folder for each language.
        program: what the program says and does with it.
        on: the day of the check, for reviews that expire and help lines that grow old.
        release: also ask for what a release needs.
    """
    bundle, found = inspect(folder)
    report = Report(folder.name, list(found))
    styles = {lang: _style(folder / lang, f"{folder.name}/{lang}", report) for lang in LANGUAGES}
    given = _given(folder, bundle, program, styles, report.problems, on)
    problems = {*report.problems}
    for rule in RULES:
        problems.update(rule(given))
    always = len(problems)
    for rule in RELEASE_RULES if release else ():
        problems.update(rule(given))
    files = sum(1 for lang in LANGUAGES for _ in _files(folder / lang))
    return Findings(tuple(sorted(problems)), files, len(problems) - always)


def _given(
    folder: Path,
    bundle: Bundle,
    program: Program,
    styles: Mapping[str, Style],
    found: Iterable[Problem],
    on: date,
) -> Given:
    flows = tuple(program.flows(bundle))
    source = read_source(program.source)
    asides = (mention for step in program.asides for mention in walk_step(step, "", 1))
    mentions = {*source.mentions, *walk(flows, source.flows), *asides}
    said = Said(tuple(sorted(mentions)), source.flows)
    return Given(
        bundle=bundle,
        folder=folder,
        broken=frozenset(problem.path for problem in found if not problem.warning),
        program=program,
        flows=flows,
        said=said,
        pieces=tuple(pieces_of(bundle, folder.name, said)),
        styles=styles,
        on=on,
    )


def _style(folder: Path, path: str, report: Report) -> Style:
    file, here = folder / "style.yaml", report.on(f"{path}/style.yaml")
    if not file.is_file():
        here.add(1, "the file is missing: it lists what texts never say, and why")
        return Style()
    # Reading the bundle has told where it is not UTF-8.
    return read_style(file.read_text(encoding="utf-8", errors="replace"), here)


def _files(folder: Path) -> Iterable[Path]:
    return (file for file in folder.rglob("*") if file.suffix in {".md", ".po", ".yaml"})
