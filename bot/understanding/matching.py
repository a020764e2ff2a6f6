"""Finding many expressions in one form quickly.

An expression is tried only where its rarest word stands. A message of usual length meets a handful
of the expressions; in a long one, each is tried in the stretch around that word and nowhere else,
so a hostile message costs in proportion to its length.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.understanding.expression import Anchor, Part
from bot.understanding.lexicon import Entry

_APART = 300
"""Characters between the sides of an `&`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An expression found: where it begins and ends in the form."""

    entry: Entry
    start: int
    end: int


class Matcher:
    """The expressions of one lexicon, indexed by the word that has to be there."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._words: dict[str, list[int]] = defaultdict(list)
        self._beginnings: dict[str, list[int]] = defaultdict(list)
        common = _common_words(entries)
        for number, entry in enumerate(entries):
            rarest = min(entry.parts[0].anchors, key=lambda anchors: _commonness(anchors, common))
            for anchor in rarest:
                (self._beginnings if anchor.begins else self._words)[anchor.word].append(number)
        self._lengths = sorted({len(word) for word in self._beginnings})

    def find(self, form: str) -> list[Finding]:
        """Return every finding in `form`, in order of their place."""
        starts = _starts(form)
        found = []
        for number, places in self._candidates(form).items():
            entry = self._entries[number]
            for start, end in _search(entry.parts[0], form, starts, places):
                whole = _with_other_sides(entry.parts[1:], form, start, end)
                if whole is not None:
                    found.append(Finding(entry, *whole))
        return sorted(found, key=lambda finding: (finding.start, finding.end))

    def _candidates(self, form: str) -> dict[int, list[int]]:
        """Return for each expression worth trying the numbers of the words that call for it."""
        seen: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(form.split()):
            seen[word].append(place)
        called: dict[int, list[int]] = defaultdict(list)
        for word, places in seen.items():
            numbers = list(self._words.get(word, ()))
            for length in self._lengths:
                if length > len(word):
                    break
                numbers.extend(self._beginnings.get(word[:length], ()))
            for number in numbers:
                called[number].extend(places)
        return called


def _search(
    part: Part, form: str, starts: Sequence[int], places: list[int]
) -> Iterator[tuple[int, int]]:
    """Yield where `part` stands around the words numbered `places`."""
    reach = 2 * part.width  # each word may carry a mark, which counts as a word of the form
    for first, last in _stretches(sorted(places), reach, len(starts) - 1):
        for match in part.regex.finditer(form, starts[first], starts[last]):
            yield match.start(), match.end()


def _stretches(places: Iterable[int], reach: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches within `reach` words of the places, merged where they meet."""
    first = last = -1
    for place in places:
        low, high = max(0, place - reach), min(most, place + reach + 1)
        if first >= 0 and low <= last:
            last = high
            continue
        if first >= 0:
            yield first, last
        first, last = low, high
    if first >= 0:
        yield first, last


def _with_other_sides(
    sides: Iterable[Part], form: str, start: int, end: int
) -> tuple[int, int] | None:
    """Return the span of all sides of an `&`, or None when one of them is not near."""
    low, high = max(0, start - _APART), end + _APART
    for side in sides:
        match = side.regex.search(form, low, high)
        if match is None:
            return None
        start, end = min(start, match.start()), max(end, match.end())
    return start, end


def _starts(form: str) -> list[int]:
    """Return where each word begins, and the end of the form."""
    starts = [0]
    at = form.find(" ")
    while at >= 0:
        starts.append(at + 1)
        at = form.find(" ", at + 1)
    return starts


def _common_words(entries: Iterable[Entry]) -> Counter[str]:
    """Return in how many expressions of the lexicon each word may be needed."""
    return Counter(
        word
        for entry in entries
        for word in {a.word for anchors in entry.parts[0].anchors for a in anchors}
    )


_SHORT = 4  # letters: shorter words stand in nearly every message


def _commonness(anchors: frozenset[Anchor], common: Counter[str]) -> int:
    return sum(common[anchor.word] * (3 if len(anchor.word) < _SHORT else 1) for anchor in anchors)
