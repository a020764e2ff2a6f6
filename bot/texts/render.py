"""From what the dialogue says to what a person reads: text with entities, or a button's label.

Entities are Telegram's: offsets and lengths in UTF-16 units. Everything was parsed when the bundle
was loaded; values are put in as they are, so what a person wrote is never taken for markup.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.engine.effects import Entry, Passage, Text, Told, Value, Words
from bot.texts.bundle import Bundle
from bot.texts.contacts import Row, number, others, ways
from bot.texts.markup import PLAIN, Run, Runs, plain

# Control characters, halves of surrogate pairs, and the marks that turn the direction of writing:
# a name with them could change how the words around it read.
_HOSTILE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BREAKS = re.compile("[ \t]*(\r\n|[\n\r\u2028\u2029\x85])\\s*")
_GAPS = re.compile(r"\s+")

LONGEST_MESSAGE = 500  # characters (content.md A1)

_LOCALES = {"en": "en_GB"}

# The emergency number of the person's country may stand in any text.
_EVERYWHERE = {"emergency": Entry("contacts", "", "emergency")}

# A module is called by its title everywhere, also on a button.
_MODULE_FIELDS = {"title": "title", "label": "title", "minutes": "minutes"}


class NoWords(Exception):
    """Content cannot say this: an entry, a field or a value is missing; the message names it."""


@dataclass(frozen=True, slots=True)
class Context:
    """For whom and when something is said.

    `zone` is a tz database name, `at` aware, `bot` the user name that links lead to.
    """

    lang: str
    zone: str
    at: datetime
    country: str | None = None
    bot: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """A style of a stretch of text: bold, italic or blockquote; offset and length in UTF-16."""

    type: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it is sent."""

    text: str
    entities: tuple[Entity, ...] = ()


def render(bundle: Bundle, text: Text, context: Context) -> Rendered:
    """Put a text into the person's words.

    Raises:
        NoWords: the bundle has no such text, or a placeholder has no value.
    """
    rendered = _assembled(_Speaker(bundle, context).runs(text))
    if not rendered.text:
        raise NoWords(f"{text} is empty in {context.lang}")
    return rendered


def in_pieces(rendered: Rendered, longest: int) -> tuple[Rendered, ...]:
    """Return a message as several of at most `longest` characters, parted between its lines.

    A single line stays whole, however long it is.
    """
    pieces: list[list[str]] = [[]]
    for line in rendered.text.split("\n"):
        if pieces[-1] and len("\n".join((*pieces[-1], line))) > longest:
            pieces.append([])
        pieces[-1].append(line)
    texts = ["\n".join(piece) for piece in pieces]
    starts = accumulate((_width(text) + 1 for text in texts), initial=0)
    return tuple(
        Rendered(text, _within(rendered.entities, start, start + _width(text)))
        for text, start in zip(texts, starts, strict=False)
        if text.strip()
    )


def _within(entities: Iterable[Entity], start: int, end: int) -> tuple[Entity, ...]:
    """The styles of a stretch, counted from its beginning."""
    cut = (
        (one.type, max(one.offset, start), min(one.offset + one.length, end)) for one in entities
    )
    return tuple(Entity(kind, since - start, to - since) for kind, since, to in cut if since < to)


def _width(text: str) -> int:
    """In UTF-16, as styles are counted."""
    return len(text.encode("utf-16-le")) // 2


def label(bundle: Bundle, text: Text, context: Context) -> str:
    """Return a text for a button or a toast: one line, no styles.

    Raises:
        NoWords: the bundle has no such text, or a placeholder has no value.
    """
    said = _GAPS.sub(" ", plain(_Speaker(bundle, context).runs(text))).strip()
    if not said:
        raise NoWords(f"{text} is empty in {context.lang}")
    return said


def clean(text: str) -> str:
    """Return what a person wrote without control and direction marks and without empty lines."""
    return _HOSTILE.sub("", _BREAKS.sub("\n", text)).strip()


@lru_cache
def locale_of(lang: str) -> Locale:
    """Return the Babel locale of a language; English is British: 24 hours, day before month."""
    return Locale.parse(_LOCALES.get(lang, lang))


class _Speaker:
    """Finds words for one person at one moment."""

    __slots__ = ("bundle", "context", "locale")

    def __init__(self, bundle: Bundle, context: Context) -> None:
        if context.lang not in bundle.languages:
            raise NoWords(f"the language {context.lang} is not in this bundle")
        self.bundle = bundle
        self.context = context
        self.locale = locale_of(context.lang)

    def runs(self, text: Text) -> Runs:
        if isinstance(text, Words):
            return self._words(text)
        if isinstance(text, Told):
            return _Speaker(self.bundle, replace(self.context, lang=text.lang)).runs(text.text)
        return self._passage(text) if isinstance(text, Passage) else self._entry(text)

    def _words(self, words: Words) -> Runs:
        lang = self.context.lang
        catalogue = self.bundle.catalogues[lang]
        phrase = catalogue.phrases.get(words.id)
        if phrase is None:
            raise NoWords(f"the entry {words.id} is not in the {lang} catalogue")
        form = phrase.forms[0]
        if phrase.plural:
            if words.count is None:
                raise NoWords(f"the entry {words.id} ({lang}) has plural forms: give a count")
            form = phrase.forms[catalogue.form(words.count)]
        filled: list[Run] = []
        for run in form:
            if not run.hole:
                filled.append(run)
                continue
            value = words.values.get(run.hole, _EVERYWHERE.get(run.hole))
            if value is None:
                raise NoWords(f"the entry {words.id} ({lang}) has no value for {{{run.hole}}}")
            filled += _styled(self._value(value), run.styles)
        return tuple(filled)

    def _passage(self, passage: Passage) -> Runs:
        document = self.bundle.documents[self.context.lang].get(passage.module)
        section = document.sections.get(passage.step) if document else None
        try:
            if section and passage.button is not None:
                return (Run(section.links[passage.button].label),)
            if section:
                return section.parts[passage.part].runs
        except IndexError:
            pass
        raise NoWords(f"{passage} is not in the {self.context.lang} modules")

    def _entry(self, entry: Entry) -> Runs:
        data = self.bundle.data[self.context.lang]
        runs: Runs | None = None
        if entry.file == "contacts":
            return self._contacts(entry)
        if entry.file == "links":
            return (Run(f"https://t.me/{self.context.bot}?start={entry.key}"),)
        if entry.file == "zones":
            city = get_timezone_location(entry.key, locale=self.locale, return_city=True)
            return (Run(city),)
        if entry.file == "modules":
            document = self.bundle.documents[self.context.lang].get(entry.key)
            field = _MODULE_FIELDS.get(entry.name)
            runs = self._value(getattr(document.front, field)) if document and field else None
        elif entry.file == "goals" and entry.key in data.goals:
            runs = data.goals[entry.key].texts.get(entry.name)
        elif entry.file == "signs" and entry.key in data.signs:
            runs = data.signs[entry.key].texts.get(entry.name)
        elif entry.file == "phrases" and entry.key in data.phrases.entries:
            runs = data.phrases.entries[entry.key].texts.get(entry.name)
        if runs is None:
            raise NoWords(f"{entry} is not in the {self.context.lang} files")
        return runs

    def _contacts(self, entry: Entry) -> Runs:
        lines = self.bundle.data[self.context.lang].contacts
        country, at = entry.key or self.context.country, self.context.at
        if entry.name == "others":
            return self._listed(others(lines, country, at, self.locale))
        if entry.name == "ways":
            return self._listed(ways(lines, country, at, self.locale))
        return self._value(number(lines, country, entry.name, at, self.locale))

    def _listed(self, rows: Iterable[Row]) -> Runs:
        runs: list[Run] = []
        for row in rows:
            runs.append(Run("\n• " if runs else "• "))
            runs += self._value(row.line)
            for piece in (row.note, row.seen):
                runs += [Run(" · "), *self._value(piece)] if piece else []
        return tuple(runs)

    def _value(self, value: Value) -> Runs:
        if isinstance(value, str):
            return (Run(clean(value)),)
        if isinstance(value, Words | Passage | Entry | Told):
            return self.runs(value)
        if isinstance(value, tuple):
            return self._joined(value)
        return (Run(self._figure(value)),)

    def _figure(self, value: float | date | time) -> str:
        if isinstance(value, datetime):
            local = value.astimezone(ZoneInfo(self.context.zone))
            return f"{self._figure(local.date())}, {self._figure(local.time())}"
        if isinstance(value, date):
            return format_date(value, "long", locale=self.locale)
        if isinstance(value, time):
            return format_time(value, "HH:mm", locale=self.locale)
        return format_decimal(value, locale=self.locale)

    def _joined(self, values: Sequence[Value]) -> Runs:
        """A list as the language writes it; the items keep their styles."""
        if not values:
            return ()
        between = format_list(["\0"] * len(values), locale=self.locale).split("\0")
        runs: list[Run] = [*self._value(values[0])]
        for value, gap in zip(values[1:], between[1:-1], strict=True):
            runs += [Run(gap), *self._value(value)]
        return tuple(runs)


def _styled(runs: Runs, styles: frozenset[str]) -> Runs:
    if not styles:
        return runs
    return tuple(Run(run.text, run.styles | styles) for run in runs)


def _assembled(runs: Iterable[Run]) -> Rendered:
    """Join runs into a text without blanks at its ends, and their styles into entities."""
    pieces = _trimmed([run for run in runs if run.text])
    entities: list[Entity] = []
    open_since: dict[str, int] = {}
    offset = 0
    for run in (*pieces, Run("", PLAIN)):
        for style in [style for style in open_since if style not in run.styles]:
            start = open_since.pop(style)
            entities.append(Entity(style, start, offset - start))
        for style in run.styles:
            open_since.setdefault(style, offset)
        offset += _width(run.text)
    entities.sort(key=lambda entity: (entity.offset, -entity.length, entity.type))
    return Rendered("".join(run.text for run in pieces), tuple(entities))


def _trimmed(runs: list[Run]) -> list[Run]:
    """Telegram strips the ends of a text without moving the entities, so it is done here."""
    while runs and not runs[0].text.strip():
        runs.pop(0)
    while runs and not runs[-1].text.strip():
        runs.pop()
    if runs:
        runs[0] = Run(runs[0].text.lstrip(), runs[0].styles)
        runs[-1] = Run(runs[-1].text.rstrip(), runs[-1].styles)
    return runs
