"""Labelled messages of a file, and how each was read: what the safety report is made of.

Schema of a file of messages, JSON Lines in UTF-8, one message a line:

    {"id": "…", "lang": "it", "text": "…", "label": "friction", "tier": "none",
     "friction": "guilt", "trigger": "A2"}

`friction` (a kind, or a list of kinds) belongs to rows labelled so, and only there; `trigger` may
be missing; other fields are ignored.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.safety.reading import FRICTION_KINDS, Reading, Tier
from bot.understanding.examples import CALM_TRIGGERS, EVERY_LABEL, Example
from bot.understanding.lexicon import AMBER_TRIGGERS, RED_TRIGGERS

_TRIGGERS = (*RED_TRIGGERS, *AMBER_TRIGGERS, "A10", *CALM_TRIGGERS)


class LabelledError(ValueError):
    """The messages cannot be measured with; the message has the line and what to mend."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled message under its id, which is said where its text is not."""

    id: str
    example: Example


@dataclass(frozen=True, slots=True)
class Read:
    """One labelled message, and how it was read."""

    id: str
    example: Example
    reading: Reading


def frozen(examples: Iterable[Example]) -> list[Labelled]:
    """Return the examples that are never learnt from; each id is its card and its place there."""
    places: Counter[str] = Counter()
    found = []
    for example in examples:
        places[example.card] += 1
        if example.frozen:
            found.append(Labelled(f"{example.card}.{places[example.card]}", example))
    return found


def messages(lines: Iterable[str]) -> list[Labelled]:
    """Return the messages of a file, which the caller has opened.

    Raises LabelledError at the first line that is not as the schema says.
    """
    found: dict[str, Labelled] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            one = _labelled(row)
        except ValueError as error:
            raise LabelledError(f"line {number}: {error}") from None
        if one.id in found:
            raise LabelledError(f"line {number}: the id {one.id} stands twice; give it another")
        found[one.id] = one
    if not found:
        raise LabelledError("line 1: there is no message; add some")
    return list(found.values())


def _labelled(row: object) -> Labelled:
    if not isinstance(row, dict):
        # One error for every line that cannot be used, whatever is wrong with it.
        raise ValueError('is no object; write {"id": …}')  # noqa: TRY004 - see above
    for field in ("id", "lang", "text", "label", "tier"):
        if not isinstance(row.get(field), str) or not row[field]:
            raise ValueError(f"{field} is no text; write one")
    label, tier, trigger = str(row["label"]), str(row["tier"]), row.get("trigger")
    if label not in EVERY_LABEL:
        raise ValueError(f"the label {label} is unknown; use one of {', '.join(EVERY_LABEL)}")
    if tier not in {*Tier}:
        raise ValueError(f"the tier {tier} is unknown; use one of {', '.join(Tier)}")
    if trigger is not None and trigger not in _TRIGGERS:
        raise ValueError(f"the trigger {trigger} is unknown; use one of {', '.join(_TRIGGERS)}")
    given = row.get("friction") or []
    kinds = tuple(map(str, given)) if isinstance(given, list) else (str(given),)
    if bool(kinds) != (label == "friction") or not {*kinds} <= {*FRICTION_KINDS}:
        known = ", ".join(FRICTION_KINDS)
        raise ValueError(f"friction belongs to rows labelled so, as some of {known}; mend it")
    example = Example(
        language=str(row["lang"]),
        card="",
        text=str(row["text"]),
        label=label,
        tier=Tier(tier),
        trigger=str(trigger) if trigger else None,
        kinds=kinds,
        frozen=True,
    )
    return Labelled(str(row["id"]), example)


def read_all(
    rows: Sequence[Labelled], read: Callable[[str], Reading], clock: Callable[[], float]
) -> tuple[list[Read], list[float]]:
    """Return how each message is read, and how long each took in the unit of the clock."""
    found, costs = [], []
    for row in rows:
        since = clock()
        reading = read(row.example.text)
        costs.append(clock() - since)
        found.append(Read(row.id, row.example, reading))
    return found, costs
