"""The message catalogue of one language: every sentence, button and notification by its id.

Babel reads the files; the entries are parsed once into styled runs with holes for the values.
"""

import gettext
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser

from bot.texts.markup import Runs, holes, message
from bot.texts.problems import Report

# Babel takes what it can from a broken line; a file cut off in the middle must not pass.
_LINE = re.compile(r'((msgid|msgid_plural|msgstr|msgstr\[\d\]|msgctxt)\s+)?"([^"\\]|\\.)*"')
_COUNTS = 200  # every plural rule in use shows all of its forms below that
_ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry: its forms (one, or one for each plural), and where it stands."""

    id: str
    forms: tuple[Runs, ...]
    path: str
    line: int
    notes: tuple[str, ...] = ()

    @property
    def plural(self) -> bool:
        """Whether a count chooses the form."""
        return len(self.forms) > 1

    @property
    def holes(self) -> frozenset[str]:
        """The values that some form of it waits for."""
        return frozenset(name for form in self.forms for name in holes(form))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All entries of a language; `form` maps a count to the number of its plural form."""

    phrases: Mapping[str, Phrase]
    form: Callable[[int], int]


class _Reading(Catalog):
    """A Babel catalogue that keeps every entry as it came: Babel merges what stands twice."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Message] = []
        self.headed = False

    def __setitem__(self, id: str | tuple[str, ...] | list[str], message: Message) -> None:  # noqa: A002 -- Babel's name
        if id:
            self.found.append(message)
        else:
            self.headed = "plural-forms:" in str(message.string).lower()
            super().__setitem__(id, message)


def read_catalogue(text: str, report: Report) -> Catalogue:
    """Read the catalogue of a language from the text of its messages.po; "" is an empty one."""
    phrases: dict[str, Phrase] = {}
    reading = _parsed(text, report) if text else None
    if reading is None:
        return Catalogue(MappingProxyType(phrases), _first)
    for entry in reading.found:
        _add(phrases, entry, reading.num_plurals, report)
    return Catalogue(MappingProxyType(phrases), _plural(reading, report))


def _parsed(text: str, report: Report) -> _Reading | None:
    sound = True
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#") and not _LINE.fullmatch(stripped):
            report.add(number, 'a line is a comment or a keyword with its text in "quotes"')
            sound = False
    if not sound:
        return None
    reading = _Reading()
    try:
        PoFileParser(reading, ignore_obsolete=True, abort_invalid=True).parse(text.splitlines())
    except PoFileError as error:
        report.add(error.lineno + 1, str(error))
    except (AssertionError, IndexError, ValueError) as error:
        report.add(1, f"not a catalogue: {error}")
    else:
        if reading.headed:
            return reading
        report.add(1, 'the header is missing: msgid "" with Language and Plural-Forms')
    return None


def _add(phrases: dict[str, Phrase], entry: Message, plurals: int, report: Report) -> None:
    plural = isinstance(entry.id, list | tuple)
    name = entry.id if isinstance(entry.id, str) else entry.id[0]
    line = entry.lineno or 1
    if not _ID.fullmatch(name):
        report.add(line, f"{name!r} is not an id: words of a-z, 0-9 and _ with dots between")
    if entry.context:
        report.add(line, f"{name}: msgctxt is not part of the format")
    if entry.fuzzy:
        report.add(line, f"{name} is marked fuzzy: somebody has to read it again")
    if name in phrases:
        twin = phrases[name]
        report.add(line, f"{name} stands already in {twin.path}:{twin.line}")
        return
    given = entry.string or ""
    strings = [given] if isinstance(given, str) else list(given)
    if not all(string.strip() for string in strings):
        what = f"{name}: one of the {plurals} plural forms" if plural else name
        report.add(line, f"{what} has no words")
        return
    forms = tuple(message(string, line, report, name) for string in strings)
    phrases[name] = Phrase(name, forms, report.path, line, tuple(entry.auto_comments))


def _plural(reading: _Reading, report: Report) -> Callable[[int], int]:
    """Return the plural rule, computed as gettext computes it: nothing in it runs as code."""
    try:
        rule: Callable[[int], int] = gettext.c2py(reading.plural_expr)
        known = all(rule(count) < reading.num_plurals for count in range(_COUNTS))
    except ValueError as error:
        report.add(1, f"Plural-Forms: {error}")
        return _first
    if not known:
        report.add(1, f"Plural-Forms: the rule gives more than {reading.num_plurals} forms")
    return rule


def _first(_count: int) -> int:
    return 0


def disagreements(one: Catalogue, other: Catalogue, report: Report) -> None:
    """Report what two languages do not share: entries, placeholders, having plural forms."""
    for mine, theirs in ((one, other), (other, one)):
        where = next((p.path.rpartition("/")[0] for p in theirs.phrases.values()), "its pair")
        for phrase in mine.phrases.values():
            if phrase.id not in theirs.phrases:
                report.on(phrase.path).add(phrase.line, f"{phrase.id} is missing in {where}")
    for name in one.phrases.keys() & other.phrases.keys():
        phrase, twin = one.phrases[name], other.phrases[name]
        here, place = report.on(twin.path), f"{phrase.path}:{phrase.line}"
        if phrase.plural != twin.plural:
            here.add(twin.line, f"{name}: plural forms in one of this and {place} only")
        if phrase.holes != twin.holes:
            both = f"{_listed(twin.holes)} here, {_listed(phrase.holes)} in {place}"
            here.add(twin.line, f"{name}: placeholders {both}")


def _listed(names: Iterable[str]) -> str:
    return " ".join(f"{{{name}}}" for name in sorted(names)) or "(none)"
