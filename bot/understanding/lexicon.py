"""The lexicon of one language: its data checked strictly, and what it finds in a form.

Schema of `content/<language>/safety.yaml` (every list holds expressions, see `expression`):

    status, clinical_reviewer, reviewed_on, review_due   who stands behind the data
    words:        name: branches            groups used as <name>, defined above their use
    short_forms:  don't: do not             contractions, resolved everywhere
    spelling:     nn: non                   phone spelling: a word as typed, what it means
    letters:      ke: che                   replacements inside any other word
    misspelt:     [suicidio]                words recognised with one letter lost, doubled, swapped
    emoji:        "💊": pastiglie           single signs
    clear:        R1: {self|other|unclear: [..]}   decide alone
    open:         R3: {self|other|unclear: [..]}   lead to the one direct question
    amber:        A1: [..]
    labels:       friction: {kind: [..]}, any other label: [..]
    idioms:       cancel the open words they cover, and only those
    negations:    what stands directly before a clear expression and makes it open
    denials:      report that a risk is not there, in the same clause or the next
    long_past:    when: [..], over: [..]    both, or else the open expression stands
    elsewhere:    films, books, news: what is told of them is nobody here
    reported:     what stands before quoted speech, which is then somebody else's
    persons:      self: [..], other: [..]   who is meant when the expression does not say
    contrast:     [ma]                      words that end a clause

An entry is an expression, or `{say: expression, past: true}` for something done once: with words
of `long_past.when` in its sentence, a clear one becomes open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.safety.reading import FRICTION_KINDS, About
from bot.understanding.expression import ExpressionError, Expressions, Part
from bot.understanding.normalise import Speller, clean, near_misses

RED_TRIGGERS = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9")
AMBER_TRIGGERS = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A9", "A12")
LABELS = (
    "access_request",
    "reminder_control",
    "lazy_or_ill",
    "friction",
    "done_report",
    "low_friction",
)


class Kind(StrEnum):
    """What an expression is for."""

    CLEAR = "clear"
    OPEN = "open"
    AMBER = "amber"
    FRICTION = "friction"
    LABEL = "label"
    IDIOM = "idioms"
    NEGATION = "negations"
    DENIAL = "denials"
    WHEN = "when"
    OVER = "over"
    ELSEWHERE = "elsewhere"
    REPORTED = "reported"
    PERSON = "persons"
    CONTRAST = "contrast"


class LexiconError(ValueError):
    """The data cannot be used; `problems` holds one line for each thing to mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Entry:
    """One expression with its meaning: a trigger, a friction kind or a label, and who is meant."""

    kind: Kind
    parts: tuple[Part, ...]
    key: str = ""
    about: About = About.UNCLEAR
    past: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The compiled data of one language."""

    language: str
    speller: Speller
    entries: tuple[Entry, ...]


def compile_lexicon(language: str, data: Mapping[str, object]) -> Lexicon:
    """Return the lexicon of one language.

    data: the parsed `safety.yaml`, as the schema of this module describes it

    Raises LexiconError with every problem at once.
    """
    return _Compiler(language, data).lexicon()


_SPELLING = ("words", "short_forms", "spelling", "letters", "emoji")
_PLAIN = (Kind.IDIOM, Kind.NEGATION, Kind.DENIAL, Kind.ELSEWHERE, Kind.REPORTED, Kind.CONTRAST)
_DANGERS = (Kind.CLEAR, Kind.OPEN)
_LONG = 6  # letters: a slip in a shorter word is too often another word
_WHO = tuple(about.value for about in About)
_REVIEW = ("status", "clinical_reviewer", "reviewed_on", "review_due")


class _Compiler:
    """One pass over the data of one language; problems are gathered, not thrown one by one."""

    def __init__(self, language: str, data: Mapping[str, object]) -> None:
        self._language = language
        self._data = data
        self._problems: list[str] = []
        self._entries: list[Entry] = []
        self._expressions = Expressions(lambda word: (word,), {})

    def lexicon(self) -> Lexicon:
        sections = ("clear", "open", "amber", "labels", "long_past", "persons", "misspelt")
        known = {*_REVIEW, *_SPELLING, *sections, *(kind.value for kind in _PLAIN)}
        for unknown in [key for key in self._data if key not in known]:
            self._blame(str(unknown), "is no section of the schema", "rename it or take it out")
        speller = self._speller()
        self._expressions = Expressions(
            lambda word: speller.spell(clean(word)), self._pairs("words")
        )
        self._triggers()
        self._rules()
        self._labels()
        if self._problems:
            raise LexiconError(self._problems)
        return Lexicon(self._language, self._forgiving(speller), tuple(self._entries))

    def _blame(self, place: str, thing: str, mend: str) -> None:
        self._problems.append(f"{self._language}: {place}: {thing}; {mend}")

    def _speller(self) -> Speller:
        known = {clean(typed): clean(meant) for typed, meant in self._pairs("short_forms").items()}
        words = {clean(typed): clean(meant) for typed, meant in self._pairs("spelling").items()}
        slips = near_misses(clean(word) for word in self._texts(self._data, "misspelt", ""))
        return Speller(slips | words | known, self._pairs("letters"), self._pairs("emoji"))

    def _forgiving(self, speller: Speller) -> Speller:
        """Return the speller that also knows slips in the longer words of danger."""
        words = {
            (entry.kind, anchor.word)
            for entry in self._entries
            for part in entry.parts
            for anchors in part.anchors
            for anchor in anchors
            if not anchor.begins
        }
        known = frozenset(word for _, word in words)
        long = sorted({word for kind, word in words if kind in _DANGERS and len(word) >= _LONG})
        meant = {slip: word for slip, word in near_misses(long).items() if slip not in known}
        return replace(speller, slips=meant, known=known)

    def _triggers(self) -> None:
        for kind in (Kind.CLEAR, Kind.OPEN):
            by_trigger = self._section(kind.value)
            self._same(kind.value, by_trigger, RED_TRIGGERS)
            for trigger in by_trigger:
                place = f"{kind.value}.{trigger}"
                by_person = self._mapping(by_trigger[trigger], place)
                self._same(place, by_person, _WHO, all_of_them=False)
                for who in (who for who in by_person if who in _WHO):
                    self._take(by_person, who, f"{place}.", kind, trigger, About(who))
        amber = self._section("amber")
        self._same("amber", amber, AMBER_TRIGGERS)
        for trigger in amber:
            self._take(amber, trigger, "amber.", Kind.AMBER, trigger)

    def _rules(self) -> None:
        for kind in _PLAIN:
            self._take(self._data, kind.value, "", kind)
        past = self._section("long_past")
        self._same("long_past", past, (Kind.WHEN, Kind.OVER))
        for kind in (Kind.WHEN, Kind.OVER):
            self._take(past, kind.value, "long_past.", kind)
        persons = self._section("persons")
        self._same("persons", persons, (About.SELF, About.OTHER))
        for who in (About.SELF, About.OTHER):
            self._take(persons, who.value, "persons.", Kind.PERSON, about=who)

    def _labels(self) -> None:
        labels = self._section("labels")
        self._same("labels", labels, LABELS)
        for label in (label for label in labels if label != "friction"):
            self._take(labels, label, "labels.", Kind.LABEL, label)
        kinds = self._mapping(labels.get("friction", {}), "labels.friction")
        self._same("labels.friction", kinds, FRICTION_KINDS)
        for friction in kinds:
            self._take(kinds, friction, "labels.friction.", Kind.FRICTION, friction)

    def _take(
        self,
        holder: Mapping[str, object],
        key: str,
        where: str,
        kind: Kind,
        meaning: str = "",
        about: About = About.UNCLEAR,
    ) -> None:
        """Compile the list `holder[key]` into entries of one kind."""
        for place, say, past in self._sayings(holder, key, where):
            try:
                parts = self._expressions.parse(say)
            except ExpressionError as error:
                self._problems.append(f"{self._language}: {place}: «{say}» {error}")
            else:
                self._entries.append(Entry(kind, parts, meaning, about, past))

    def _sayings(
        self, holder: Mapping[str, object], key: str, where: str
    ) -> list[tuple[str, str, bool]]:
        """Return (place, expression, past) for each entry of a list."""
        found = []
        for number, item in enumerate(self._list(holder, key, where), 1):
            place = f"{where}{key}, entry {number}"
            if isinstance(item, str):
                found.append((place, item, False))
            elif isinstance(item, Mapping) and set(item) == {"say", "past"} and item["past"]:
                found.append((place, str(item["say"]), True))
            else:
                self._blame(place, f"{item!r} is no expression", "write text, or say and past")
        return found

    def _texts(self, holder: Mapping[str, object], key: str, where: str) -> list[str]:
        items = self._list(holder, key, where)
        for item in (item for item in items if not isinstance(item, str)):
            self._blame(f"{where}{key}", f"{item!r} is not text", "put it in quotes")
        return [item for item in items if isinstance(item, str)]

    def _list(self, holder: Mapping[str, object], key: str, where: str) -> list[object]:
        items = holder.get(key)
        if isinstance(items, list) and items:
            return items
        self._blame(f"{where}{key}", "is no list with entries", "add at least one entry")
        return []

    def _pairs(self, section: str) -> dict[str, str]:
        found = {}
        for typed, meant in self._mapping(self._data.get(section, {}), section).items():
            if isinstance(meant, str):
                found[typed] = meant
            else:
                self._blame(section, f"{typed!r}: {meant!r} is not text", "put both in quotes")
        return found

    def _section(self, name: str) -> Mapping[str, object]:
        return self._mapping(self._data.get(name, {}), name)

    def _mapping(self, value: object, place: str) -> Mapping[str, object]:
        if isinstance(value, Mapping):
            return value
        self._blame(place, "holds no names", "write `name:` lines below it")
        return {}

    def _same(
        self,
        place: str,
        found: Mapping[str, object],
        wanted: tuple[str, ...],
        *,
        all_of_them: bool = True,
    ) -> None:
        """Blame names that are not wanted and, unless told otherwise, wanted ones not found."""
        for name in [name for name in found if name not in wanted]:
            self._blame(place, f"{name!r} is unknown", f"use one of {', '.join(wanted)}")
        for name in [name for name in wanted if all_of_them and name not in found]:
            self._blame(place, f"{name} is missing", "add it with at least one expression")
