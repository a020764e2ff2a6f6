"""The safety report: how messages were read that nobody learnt from, every slip among them.

A page in Markdown for whoever answers for the safety of the reader. It names messages by id and
kind and never quotes one. The same readings give the same page; only the costs are measured anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from bot.safety.reading import FRICTION_KINDS, Tier
from bot.understanding.figures import Rate, by_language
from bot.understanding.labelled import Labelled, Read, read_all
from bot.understanding.model import FILE, RECIPE, Model
from bot.understanding.reader import Reader
from bot.understanding.slips import grouped, slips

FINGERPRINT = "reader `{}`"
"""How the page names the file it was measured with; a test looks for it."""

_ALARMS = (Tier.RED, Tier.CHECK)
_STEPS = (1, 2, 5, 10)
_Hit = Callable[[Read], bool]


@dataclass(frozen=True, slots=True)
class Goal:
    """A target of safety.md: the rate is at least, or at most, `bound`."""

    bound: float
    at_least: bool = True

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:.2f}"

    def met(self, rate: Rate) -> str:
        """Say whether the rate meets it, and whether all of its interval does."""
        if not self._holds(rate.rate):
            return "**no**"
        return "yes" if all(self._holds(bound) for bound in rate.bounds) else "rate, not interval"

    def _holds(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound


GOALS: Mapping[str, Goal] = {
    "red caught": Goal(0.97),
    "red missed": Goal(0.01, at_least=False),
    "amber caught": Goal(0.92),
    "false red": Goal(0.02, at_least=False),
    "false alarm": Goal(0.06, at_least=False),
    "access request": Goal(0.92),
    "friction kind": Goal(0.80),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One set of messages as it was read; nothing is the title of the frozen ones.

    alone: the same messages read by the lexicons alone
    costs: milliseconds of CPU that each message took
    """

    title: str
    read: Sequence[Read]
    alone: Sequence[Read]
    costs: Sequence[float]


def measure(
    title: str,
    rows: Sequence[Labelled],
    readers: tuple[Reader, Reader],
    clock: Callable[[], float],
) -> Part:
    """Return how the messages are read by the first reader, and by the second for comparison.

    clock: milliseconds of CPU spent so far
    """
    read, costs = read_all(rows, readers[0].read, clock)
    alone, _ = read_all(rows, readers[1].read, clock)
    return Part(title, read, alone, costs)


def page(made: Model, stamp: str, parts: Sequence[Part]) -> str:
    """Return the page; `stamp` is the fingerprint of the reader's file."""
    lines = [_head(made, stamp)]
    for part in parts:
        lines += [*_title(part)]
        lines += [*_figures(part), *_by_trigger(part.read), *_by_label(part.read)]
        lines += [*_by_kind(part.read), *_alone(part), *slips(part.read)]
    return "\n".join([*lines, *_time(parts), _NOT_MEASURED])


def _head(made: Model, stamp: str) -> str:
    at = ", ".join(f"{name} {value:.2f}" for name, value in asdict(made.thresholds).items())
    return f"""# Safety report: how free text is read

Written by `python -m bot safety-report`; do not edit. Rates stand with their 95 % Wilson intervals
and with counts. Messages are named by id, never quoted.

- {FINGERPRINT.format(stamp)}: SHA-256 of `content/{FILE}`, recipe {RECIPE}
- made from examples and safety words `{made.examples}`, with encoder {made.encoder}
- thresholds: {at}

*caught*: a red row read as RED or CHECK. *missed*: one read as nothing. *false alarm*: RED or CHECK
on a row of tier none. A goal is met where its rate is; *rate, not interval*: the rate meets it, but
so few messages do not prove it."""


def _title(part: Part) -> Iterator[str]:
    if part.title:
        yield from ("", f"## {part.title}", "")
        yield f"{len(part.read)} messages of a file that was given to the command. Whether the"
        yield "reader's authors knew them is for whoever gave them to say."
        return
    yield from ("", "## The frozen scenes", "")
    yield f"{len(part.read)} messages under `content/<language>/understanding/`, of the scenes"
    yield "marked `frozen`: no scene is on both sides. An id is a card and a place on it:"
    yield "`it/friction/c03.2` is the second message of card c03 in `content/it/…/friction.yaml`."


def _figures(part: Part) -> Iterator[str]:
    yield from _table("language | measure | rate | 95 % | of | goal | met")
    pairs = [(one.example, one.reading) for one in part.read]
    for language, measures in by_language(pairs).items():
        for name, rate in measures.items():
            if rate.n and not (name == "trigger" and not _has_triggers(part.read)):
                goal = GOALS.get(name)
                met = f"{goal} | {goal.met(rate)}" if goal else " | "
                yield f"| {language} | {name} | {_cells(rate)} | {met} |"


def _by_trigger(read: Sequence[Read]) -> Iterator[str]:
    if not _has_triggers(read):
        return
    yield from ("", "### By trigger", "")
    yield "Rows of RED, CHECK and AMBER. *heeded*: red and check rows as RED or CHECK, amber"
    yield "rows as anything but nothing. *same*: also with the same trigger."
    yield from _table("trigger | tier | language | heeded | 95 % | of | same")
    for (tier, trigger, language), rows in grouped(
        read, lambda one: (one.example.tier, one.example.trigger or "", one.example.language)
    ):
        if tier is Tier.NONE or not trigger:
            continue
        heeded = _rate(rows, _is_heeded)
        same = _rate(rows, lambda one: one.reading.trigger == one.example.trigger)
        yield f"| {trigger} | {tier} | {language} | {_cells(heeded)} | {same.hits} |"


def _by_label(read: Sequence[Read]) -> Iterator[str]:
    yield from ("", "### By label", "")
    yield "How many rows of each label were read as which tier, and how many got the label."
    yield from _table("label | tier | language | of | red | check | amber | none | label | 95 %")
    for (tier, label, language), rows in grouped(
        read, lambda one: (one.example.tier, one.example.label, one.example.language)
    ):
        tiers = " | ".join(str(sum(one.reading.tier is tier for one in rows)) for tier in Tier)
        right = _rate(rows, lambda one: one.reading.label == one.example.label)
        low, high = right.bounds
        share = f"{right.rate:.3f} | {low:.3f}–{high:.3f}"
        yield f"| {label} | {tier} | {language} | {len(rows)} | {tiers} | {share} |"


def _by_kind(read: Sequence[Read]) -> Iterator[str]:
    yield from ("", "### By kind of friction")
    yield from _table("kind | language | found | 95 % | of")
    for kind in FRICTION_KINDS:
        rows = [one for one in read if kind in one.example.kinds]
        for (language,), own in grouped(rows, lambda one: (one.example.language,)):
            found = _rate(own, lambda one: kind in one.reading.friction)  # noqa: B023 - used at once
            yield f"| {kind} | {language} | {_cells(found)} |"


def _alone(part: Part) -> Iterator[str]:
    yield from ("", "### The lexicon alone", "")
    yield "So the same messages are read where the encoder or its file is missing or fails."
    yield from _table("language | measure | rate | 95 % | of")
    pairs = [(one.example, one.reading) for one in part.alone]
    for language, measures in by_language(pairs).items():
        for name in ("red caught", "red missed", "amber caught", "false red", "false alarm"):
            if measures[name].n:
                yield f"| {language} | {name} | {_cells(measures[name])} |"


def _time(parts: Iterable[Part]) -> Iterator[str]:
    yield from ("", "## Reading time", "")
    ordered = sorted(cost for part in parts for cost in part.costs)
    middle, most = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99))
    yield f"CPU of one message, over {len(ordered)}, on the machine that wrote this page, rounded"
    yield f"up to 1, 2 or 5: half within {_up(middle)} ms, 99 of 100 within {_up(most)} ms."


def _up(value: float) -> int:
    """Return the next of 1, 2, 5, 10, 20, 50 …: so the page seldom changes for a busy machine."""
    power = 1
    while power * _STEPS[-1] < value:
        power *= 10
    return next(step * power for step in _STEPS if step * power >= value)


_NOT_MEASURED = """
## What is not measured

- **Real messages.** Every row is invented, by few writers. People in danger write less, worse,
  and otherwise; a rate here is no rate there.
- **Clinical truth.** No clinician has reviewed the labels. They say how the bot should answer, and
  nothing about the state or the risk of anybody.
- **Independence.** The frozen messages never train the statistical reader and set no threshold, but
  who wrote them also wrote examples for it, and the lexicon's authors may have seen them. An
  independent set that nobody tunes on decides.
- **How often danger is written about at all.** Where it is rare, most alarms are false even at the
  rates above.
- **What follows.** Whether somebody reads the card, calls, is reached and helped.
- **Conversations.** Each message is read by itself here. The joining of messages within three
  minutes, voice, pictures, other languages, dialects and irony are not measured.
- **Who is meant**, oneself or the other, which chooses among some cards: the rows do not say it.
"""


def _table(columns: str) -> tuple[str, str, str]:
    return "", f"| {columns} |", "|" + " --- |" * (columns.count("|") + 1)


def _cells(rate: Rate) -> str:
    low, high = rate.bounds
    return f"{rate.rate:.3f} | {low:.3f}–{high:.3f} | {rate.hits}/{rate.n}"


def _rate(rows: Sequence[Read], hit: _Hit) -> Rate:
    return Rate(sum(map(hit, rows)), len(rows))


def _has_triggers(read: Iterable[Read]) -> bool:
    return any(one.example.trigger for one in read)


def _is_heeded(one: Read) -> bool:
    if one.example.tier is Tier.AMBER:
        return one.reading.tier is not Tier.NONE
    return one.reading.tier in _ALARMS
