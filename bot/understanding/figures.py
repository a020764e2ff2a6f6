"""How well messages are read: rates with their 95 % Wilson intervals, by language.

The measures are those of the development set: a red row is caught by RED or CHECK; a false alarm
is RED or CHECK on a row of tier none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.safety.reading import Reading, Tier
from bot.understanding.examples import Example

_Z = 1.959963984540054
_ALARMS = (Tier.RED, Tier.CHECK)
Pair = tuple[Example, Reading]


@dataclass(frozen=True, slots=True)
class Rate:
    """Hits among `n`; `low` and `high` bound the rate with 95 % confidence (Wilson)."""

    hits: int
    n: int

    @property
    def rate(self) -> float:
        """The rate itself; 0 of nothing."""
        return self.hits / self.n if self.n else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The interval; everything is possible of nothing."""
        if not self.n:
            return 0.0, 1.0
        scale = 1 + _Z**2 / self.n
        centre = (self.rate + _Z**2 / (2 * self.n)) / scale
        spread = self.rate * (1 - self.rate) / self.n + _Z**2 / (4 * self.n**2)
        half = _Z * spread**0.5 / scale
        low, high = max(0.0, centre - half), min(1.0, centre + half)
        return (0.0 if self.hits == 0 else low), (1.0 if self.hits == self.n else high)

    def __str__(self) -> str:
        low, high = self.bounds
        return f"{self.rate:.3f}  [{low:.3f}, {high:.3f}]  {self.hits}/{self.n}"


def _is(tier: Tier) -> Callable[[Example], bool]:
    return lambda example: example.tier is tier


MEASURES: Mapping[str, tuple[Callable[[Example], bool], Callable[[Example, Reading], bool]]] = {
    "red caught": (_is(Tier.RED), lambda _, r: r.tier in _ALARMS),
    "red strict": (_is(Tier.RED), lambda _, r: r.tier is Tier.RED),
    "red missed": (_is(Tier.RED), lambda _, r: r.tier is Tier.NONE),
    "amber caught": (_is(Tier.AMBER), lambda _, r: r.tier is not Tier.NONE),
    "false red": (_is(Tier.NONE), lambda _, r: r.tier is Tier.RED),
    "false alarm": (_is(Tier.NONE), lambda _, r: r.tier in _ALARMS),
    "false amber": (_is(Tier.NONE), lambda _, r: r.tier is Tier.AMBER),
    "trigger": (
        lambda e: e.tier in {Tier.RED, Tier.AMBER},
        lambda e, r: r.trigger == e.trigger,
    ),
    "access request": (
        lambda e: e.label == "access_request",
        lambda _, r: r.label == "access_request",
    ),
    "friction kind": (lambda e: bool(e.kinds), lambda e, r: bool({*e.kinds} & {*r.friction})),
    "friction where none": (
        lambda e: not e.kinds and e.tier is Tier.NONE,
        lambda _, r: r.label == "friction",
    ),
    "label": (lambda _: True, lambda e, r: r.label == e.label),
    "sure label": (lambda _: True, lambda _, r: r.tier is Tier.NONE and r.sure),
    "sure and right": (lambda _: True, lambda e, r: r.sure and r.label == e.label),
}
"""By name: the rows that count, and what is a hit."""


def measure(pairs: Iterable[Pair]) -> dict[str, Rate]:
    """Return each measure over examples and how they were read."""
    rows = list(pairs)
    found = {}
    for name, (counts, hit) in MEASURES.items():
        chosen = [(example, reading) for example, reading in rows if counts(example)]
        found[name] = Rate(sum(hit(*pair) for pair in chosen), len(chosen))
    return found


def by_language(pairs: Iterable[Pair]) -> dict[str, dict[str, Rate]]:
    """Return the measures for each language."""
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair[0].language, []).append(pair)
    return {language: measure(rows) for language, rows in sorted(groups.items())}


def red_by_label(pairs: Sequence[Pair]) -> dict[str, Rate]:
    """Return for each label with red rows how many of them were caught."""
    labels = dict.fromkeys(example.label for example, _ in pairs if example.tier is Tier.RED)
    return {
        label: measure(p for p in pairs if p[0].label == label)["red caught"] for label in labels
    }
