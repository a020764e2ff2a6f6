"""phrases.yaml: what weighs in a sentence, where it is said, and lighter ways of saying it (M02).

never:       words that no lighter phrase holds; `*` stands for any ending
kinds:       the kinds of friction: name, example, reason, recognise
situations:  by name: title, group, words to know it by, topic if a person may want it left
             alone, and its phrases, each with the kinds it answers
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.flows.never_topics import TOPICS
from bot.flows.own_words import bare
from bot.flows.phrasebook import GROUPS
from bot.safety.reading import FRICTION_KINDS
from bot.texts.front_matter import NAME
from bot.texts.lined import Fields, Node
from bot.texts.markup import Runs, holes, message
from bot.texts.problems import Report

KIND_TEXTS = ("name", "example", "reason", "recognise")


@dataclass(frozen=True, slots=True)
class FrictionEntry:
    """A kind of friction; `texts` has name, example, reason and recognise."""

    texts: Mapping[str, Runs]
    line: int


@dataclass(frozen=True, slots=True)
class SituationEntry:
    """Where something is said; `words` know it in a text as `bare` leaves it."""

    group: str
    topic: str
    words: tuple[re.Pattern[str], ...]
    texts: Mapping[str, Runs]
    line: int


@dataclass(frozen=True, slots=True)
class PhraseEntry:
    """A phrase of one situation, and the kinds of friction it answers; `texts` has text."""

    situation: str
    kinds: tuple[str, ...]
    texts: Mapping[str, Runs]
    line: int


PhraseBookEntry = FrictionEntry | SituationEntry | PhraseEntry


@dataclass(frozen=True, slots=True)
class PhraseFile:
    """Kinds, situations and phrases by name, all in one; `never` is what phrases do not hold."""

    entries: Mapping[str, PhraseBookEntry] = field(default_factory=lambda: MappingProxyType({}))
    never: tuple[re.Pattern[str], ...] = ()

    @property
    def kinds(self) -> Mapping[str, FrictionEntry]:
        """The kinds of friction, in their order."""
        return {n: e for n, e in self.entries.items() if isinstance(e, FrictionEntry)}

    @property
    def situations(self) -> Mapping[str, SituationEntry]:
        """The situations, in their order."""
        return {n: e for n, e in self.entries.items() if isinstance(e, SituationEntry)}

    @property
    def phrases(self) -> Mapping[str, PhraseEntry]:
        """The phrases, in their order."""
        return {n: e for n, e in self.entries.items() if isinstance(e, PhraseEntry)}


def read_phrases(root: Node | None, report: Report) -> PhraseFile:
    """Read the file; a language without it has an empty book."""
    if root is None:
        return PhraseFile()
    top = Fields(root, report)
    never = _patterns(top, "never")
    entries: dict[str, PhraseBookEntry] = {}
    for name, fields in _named(top, "kinds", entries):
        entries[name] = FrictionEntry(
            MappingProxyType({text: _words(fields, name, text) for text in KIND_TEXTS}), fields.at
        )
        fields.close()
    for name, fields in _named(top, "situations", entries):
        entries[name] = _situation(name, fields)
        for slug, phrase in _named(fields, "phrases", entries):
            entries[slug] = _phrase(name, slug, phrase)
        fields.close()
    top.close()
    missing = [kind for kind in FRICTION_KINDS if kind not in entries]
    if missing:
        report.add(top.line("kinds"), f"kinds: {', '.join(missing)} missing")
    return PhraseFile(MappingProxyType(entries), never)


def figures(entry: PhraseBookEntry) -> tuple[object, ...]:
    """Return what of an entry is the same in every language: all but the words."""
    if isinstance(entry, SituationEntry):
        return ("situation", entry.group, entry.topic)
    if isinstance(entry, PhraseEntry):
        return ("phrase", entry.situation, entry.kinds)
    return ("kind",)


def _situation(name: str, fields: Fields) -> SituationEntry:
    topic = ""
    if fields.node("topic", needed=False):
        topic = fields.choice("topic", TOPICS)
    return SituationEntry(
        group=fields.choice("group", GROUPS),
        topic=topic,
        words=_patterns(fields, "words") if fields.node("words", needed=False) else (),
        texts=MappingProxyType({"title": _words(fields, name, "title")}),
        line=fields.at,
    )


def _phrase(situation: str, slug: str, fields: Fields) -> PhraseEntry:
    kinds = fields.texts("answers")
    for kind in kinds:
        if kind not in FRICTION_KINDS:
            fields.report.add(fields.line("answers"), f"{slug}: {kind} is no kind of friction")
    texts = MappingProxyType({"text": _words(fields, slug, "text")})
    fields.close()
    return PhraseEntry(situation, kinds, texts, fields.at)


def _named(
    parent: Fields, field: str, taken: Mapping[str, PhraseBookEntry]
) -> Iterator[tuple[str, Fields]]:
    """Give the entries below a field; a name stands once in the whole file."""
    node = parent.node(field)
    if node is None:
        return
    inner = Fields(node, parent.report)
    for name in inner.names():
        entry = inner.node(name)
        if entry is None:
            continue
        if not NAME.fullmatch(name):
            parent.report.add(entry.line, f"{name} is not a name of a-z, 0-9 and _")
        if name in taken:
            parent.report.add(entry.line, f"{name} stands already in line {taken[name].line}")
        yield name, Fields(entry, parent.report)


def _patterns(fields: Fields, name: str) -> tuple[re.Pattern[str], ...]:
    """Return plain words as patterns: whole words, `*` at the end for any ending."""
    return tuple(_pattern(word) for word in fields.texts(name))


def _pattern(word: str) -> re.Pattern[str]:
    plain = re.escape(bare(word)).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
    return re.compile(rf"(?<!\w){plain}(?!\w)")


def _words(fields: Fields, slug: str, name: str) -> Runs:
    line, place = fields.line(name), f"{slug}.{name}"
    runs = message(fields.text(name), line, fields.report, place)
    if holes(runs):
        told = f"{place}: placeholders belong in the message catalogue, not here"
        fields.report.add(line, told)
    return runs
