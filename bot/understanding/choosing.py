"""Choosing the thresholds by rule, from how the training examples were judged unseen.

Targets of safety.md: red rows caught ≥ 0.97; false red ≤ 0.02 and red or check ≤ 0.06 on harmless
rows; amber caught ≥ 0.92. The examples are harder than what people write: a third of the harmless
ones are near misses, half of the red ones say nothing plainly. So the budgets of false alarms on
them are wider than the targets; docs/safety/report.md says what they come to on each set of
messages.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from bot.safety.reading import Tier
from bot.understanding.deciding import decide, tier_of
from bot.understanding.examples import Example
from bot.understanding.model import Thresholds
from bot.understanding.statistical import Judgement
from bot.understanding.weighing import Evidence

MOST_FALSE_RED = 0.03
MOST_FALSE_ALARMS = 0.12
MOST_FALSE_AMBER = 0.1
LEAST_RIGHT_WHEN_SURE = 0.85
DOUBT = 0.5
"""An open expression is let go only below this share of what raises a text without one."""

_STEPS = tuple(round(0.01 * n, 2) for n in range(2, 99))
_ALARMS = (Tier.RED, Tier.CHECK)


@dataclass(frozen=True, slots=True)
class Case:
    """One training example: what the lexicons found, and how it was judged unseen."""

    example: Example
    evidence: Evidence
    judgement: Judgement


def choose(cases: Sequence[Case]) -> Thresholds:
    """Return the thresholds: those that catch most within the budgets, in every language."""
    at = Thresholds(2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0)
    at = _pair(cases, at, ("confirm", "raise_red"), (Tier.RED,), MOST_FALSE_RED, 1.0)
    at = _pair(cases, at, ("let_go", "raise_check"), _ALARMS, MOST_FALSE_ALARMS, DOUBT)
    at = replace(at, heed=_heed(cases, at))
    at = replace(at, kind=_kind(cases))
    return replace(at, sure=_sure(cases, at))


def _pair(
    cases: Sequence[Case],
    at: Thresholds,
    names: tuple[str, str],
    tiers: tuple[Tier, ...],
    most_false: float,
    share: float,
) -> Thresholds:
    """Return `at` with two thresholds set: one where an open expression stands, one elsewhere.

    The first is at most `share` of the second: what was found never makes a text less alarming.
    Of all pairs within the budget in every language, the one that reads most red rows as `tiers`
    in the language where it reads fewest; of equals, the one with fewer false ones. Where the
    lexicon alone is over budget, the pair that adds nothing false.
    """
    languages = sorted({case.example.language for case in cases})
    tables = {}
    for language, (proposed, name) in product(languages, zip((True, False), names, strict=True)):
        here = [
            case
            for case in cases
            if case.example.language == language and bool(case.evidence.proposed) is proposed
        ]
        steps = {step: replace(at, **{name: step}) for step in _STEPS}
        tables[language, proposed] = _counts(here, steps, tiers)
    best: tuple[tuple[bool, float, float], tuple[float, float]] | None = None
    for first, second in product(_STEPS, _STEPS):
        if first > share * second:
            continue
        caught, false = [], []
        for language in languages:
            some, rest = tables[language, True][first], tables[language, False][second]
            if red := some[1] + rest[1]:
                caught.append((some[0] + rest[0]) / red)
            false.append((some[2] + rest[2]) / max(1, some[3] + rest[3]))
        within = max(false) <= most_false
        worth = (within, min(caught, default=0.0) if within else -max(false), -sum(false))
        if best is None or worth > best[0]:
            best = worth, (first, second)
    assert best is not None  # noqa: S101 - there are always steps
    return replace(at, **dict(zip(names, best[1], strict=True)))


def _counts(
    cases: Sequence[Case], steps: Mapping[float, Thresholds], tiers: tuple[Tier, ...]
) -> dict[float, tuple[int, int, int, int]]:
    """Return for each step: red rows read as `tiers`, red rows, calm rows so read, calm rows."""
    found = {}
    for step, thresholds in steps.items():
        read, rows = Counter[Tier](), Counter[Tier]()
        for case in cases:
            rows[case.example.tier] += 1
            read[case.example.tier] += tier_of(case.evidence, case.judgement, thresholds) in tiers
        found[step] = (read[Tier.RED], rows[Tier.RED], read[Tier.NONE], rows[Tier.NONE])
    return found


def _heed(cases: Sequence[Case], at: Thresholds) -> float:
    """Return the lowest step at which few enough calm rows are read as amber in every language."""
    languages = sorted({case.example.language for case in cases})
    for step in _STEPS:
        thresholds = replace(at, heed=step)
        false = []
        for language in languages:
            rows = [
                tier_of(case.evidence, case.judgement, thresholds) is Tier.AMBER
                for case in cases
                if case.example.language == language and case.example.tier is Tier.NONE
            ]
            false.append(sum(rows) / max(1, len(rows)))
        if max(false) <= MOST_FALSE_AMBER:
            return step
    return _STEPS[-1]


def _kind(cases: Sequence[Case]) -> float:
    """Return the step with the best balance of kinds found and kinds rightly found (F1)."""
    rows = [case for case in cases if case.example.tier is Tier.NONE]

    def balance(step: float) -> float:
        right = found = wanted = 0
        for case in rows:
            likely = {kind for kind, chance in case.judgement.kinds.items() if chance >= step}
            right += len(likely & {*case.example.kinds})
            found += len(likely)
            wanted += len(case.example.kinds)
        return 2 * right / max(1, found + wanted)

    return max(_STEPS, key=balance)


def _sure(cases: Sequence[Case], at: Thresholds) -> float:
    """Return the lowest step at which a label that is called sure is right often enough."""
    read = [(case, decide(case.evidence, case.judgement, replace(at, sure=0.0))) for case in cases]
    calm = [(case, reading) for case, reading in read if reading.tier is Tier.NONE]
    for step in _STEPS:
        thresholds = replace(at, sure=step)
        right = [
            case.example.label == reading.label
            for case, reading in calm
            if decide(case.evidence, case.judgement, thresholds).sure
        ]
        if right and sum(right) / len(right) >= LEAST_RIGHT_WHEN_SURE:
            return step
    return _STEPS[-1]
