"""The labelled messages that the statistical reader learns from, checked strictly.

Every message was invented for this; none is anybody's. Schema of
`content/<language>/understanding/<label>.yaml`:

    label: suicide_other            the name of the file
    cards:                          scenes: each message belongs to one
      c01: {who: …, where: …, part: train}
    examples:                       messages; the tier and trigger are those of the label
    - {card: c01, text: "…"}
    - {card: c01, text: "…", trigger: A2}
    - {card: c01, text: "…", label: hard_negative}      a near miss that belongs elsewhere
    - {card: c01, text: "…", kinds: [pressure, guilt]}  friction, and only there

A card is `part: train` or `part: frozen`. Frozen messages never train: they measure. Because the
part belongs to the card, no scene is on both sides.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import yaml

from bot.safety.reading import FRICTION_KINDS, Tier
from bot.understanding.lexicon import AMBER_TRIGGERS, RED_TRIGGERS

MOST_CHARACTERS = 4_096
"""What Telegram lets a message hold."""

_TRIGGER_OF: Mapping[str, str | None] = {
    "suicide_other": "R3",
    "suicide_self": "R3",
    "violence": "R7",
    "child_danger": "R8",
    "psychosis_mania": "R5",
    "medical_emergency": "R9",
    "worsening": "A1",
    "partner_exhausted": "A6",
    "risk_question": "A12",
    "access_request": "A8",
    "hard_negative": None,
    "negated_risk": None,
    "friction": None,
    "low_friction": None,
    "lazy_or_ill": None,
    "reminder_control": None,
    "done_report": None,
    "vent": None,
    "smalltalk_or_offtopic": None,
}
EVERY_LABEL = tuple(_TRIGGER_OF)
CALM_TRIGGERS = ("A8", "A11")
_TIER_OF = {
    **dict.fromkeys(RED_TRIGGERS, Tier.RED),
    **dict.fromkeys((*AMBER_TRIGGERS, "A10"), Tier.AMBER),
    **dict.fromkeys(CALM_TRIGGERS, Tier.NONE),
}
_ROW = {"card", "text", "label", "trigger", "tier", "kinds"}
_PARTS = ("train", "frozen")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled message. `card` is unique over all files; `kinds` are those of friction."""

    language: str
    card: str
    text: str
    label: str
    tier: Tier
    trigger: str | None
    kinds: tuple[str, ...]
    frozen: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file of examples, where, and how to mend it."""

    path: str
    line: int
    told: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.told}"


class ExamplesError(ValueError):
    """The examples cannot be learnt from; the message has one line for each thing to mend."""


def fingerprint(files: Mapping[str, str]) -> str:
    """Return what is the same for the same files, and for nothing else.

    files: the text of each file by its path below the content folder
    """
    digest = hashlib.sha256()
    for path, text in sorted(files.items()):
        lines = "\n".join(text.splitlines())
        digest.update(f"{path}\0{len(lines)}\0{lines}\0".encode())
    return digest.hexdigest()[:16]


def read_examples(files: Mapping[str, str]) -> tuple[tuple[Example, ...], tuple[Fault, ...]]:
    """Return the examples of all files as far as they can be read, and what is wrong.

    files: the text of each file by its path, which ends in `<language>/understanding/<label>.yaml`
    """
    examples: list[Example] = []
    faults: list[Fault] = []
    for path, text in sorted(files.items()):
        file = _File(path, text)
        examples += file.examples
        faults += file.faults
        faults += file.repeated(examples[: len(examples) - len(file.examples)])
    return tuple(examples), tuple(faults)


def examples_of(files: Mapping[str, str]) -> tuple[Example, ...]:
    """Return the examples of all files.

    Raises ExamplesError with the faults of all files at once.
    """
    examples, faults = read_examples(files)
    if faults:
        raise ExamplesError("\n".join(str(fault) for fault in faults))
    return examples


class _File:
    """One reading of one file; faults are gathered, not thrown one by one."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._stem = PurePosixPath(path).stem
        self._language = PurePosixPath(path).parts[-3]
        self._lines: dict[str, int] = {}
        self.faults: list[Fault] = []
        self.examples: list[Example] = []
        root = self._composed(text)
        if root is not None:
            self._read(root)

    def repeated(self, earlier: Iterable[Example]) -> Iterator[Fault]:
        """Yield a fault for each message that stands twice, here or in an earlier file."""
        known = {_bare(e.text): e.card for e in earlier if e.language == self._language}
        for example in self.examples:
            bare = _bare(example.text)
            if bare in known:
                told = f"«{example.text[:40]}» stands under {known[bare]} too; write another"
                yield Fault(self._path, self._lines[example.text], told)
            known[bare] = example.card

    def _composed(self, text: str) -> yaml.MappingNode | None:
        try:
            # The C parser, where PyYAML has it: there are thousands of lines.
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            root = yaml.compose(text, Loader=loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or str(error)
            self._blame(mark.line + 1 if mark else 1, f"not valid YAML: {problem}")
            return None
        if not isinstance(root, yaml.MappingNode):
            self._blame(1, "holds no fields; write label, cards and examples")
            return None
        return root

    def _blame(self, line: int, told: str) -> None:
        self.faults.append(Fault(self._path, line, told))

    def _read(self, root: yaml.MappingNode) -> None:
        fields = self._fields(root)
        for name in fields.keys() - {"label", "cards", "examples"}:
            self._blame(_line(fields[name]), f"{name} is no field here; take it out")
        label = _scalar(fields.get("label"))
        if label != self._stem or label not in EVERY_LABEL:
            known = ", ".join(EVERY_LABEL)
            self._blame(1, f"label: {label!r} must be the name of the file and one of {known}")
            return
        parts = self._cards(fields.get("cards"))
        rows = fields.get("examples")
        if not isinstance(rows, yaml.SequenceNode):
            self._blame(1, "examples is no list; add messages")
            return
        for row in rows.value:
            self._row(label, parts, row)

    def _fields(self, node: yaml.Node | None) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._blame(_line(node), "is no mapping; write `name: value` pairs")
            return {}
        return {str(key.value): value for key, value in node.value}

    def _cards(self, node: yaml.Node | None) -> dict[str, str]:
        parts = {}
        for name, card in self._fields(node).items():
            part = _scalar(self._fields(card).get("part"))
            if part not in _PARTS:
                self._blame(_line(card), f"card {name}: part is {part!r}; write train or frozen")
            else:
                parts[name] = part
        return parts

    def _row(self, label: str, parts: Mapping[str, str], node: yaml.Node) -> None:
        line, fields = _line(node), self._fields(node)
        for name in fields.keys() - _ROW:
            self._blame(line, f"{name} is no field of an example; take it out")
        card, text = _scalar(fields.get("card")) or "", _scalar(fields.get("text"))
        if card not in parts:
            self._blame(line, f"card {card!r} is not among the cards of this file; add it")
            return
        if not text or not text.strip() or len(text) > MOST_CHARACTERS:
            self._blame(line, f"text is empty or over {MOST_CHARACTERS} characters; mend it")
            return
        label = _scalar(fields.get("label")) or label
        if label not in EVERY_LABEL:
            self._blame(line, f"label: {label!r} is unknown; use one of {', '.join(EVERY_LABEL)}")
            return
        found = self._tier(line, label, fields)
        kinds = self._kinds(line, label, fields.get("kinds"))
        if found is None or kinds is None:
            return
        self._lines[text] = line
        where = f"{self._language}/{self._stem}/{card}"
        frozen = parts[card] == "frozen"
        example = Example(self._language, where, text, label, *found, kinds, frozen)
        self.examples.append(example)

    def _tier(
        self, line: int, label: str, fields: Mapping[str, yaml.Node]
    ) -> tuple[Tier, str | None] | None:
        trigger = _scalar(fields.get("trigger")) or _TRIGGER_OF[label]
        if trigger is not None and trigger not in _TIER_OF:
            self._blame(line, f"trigger: {trigger!r} is unknown; use one of {', '.join(_TIER_OF)}")
            return None
        tier = _TIER_OF[trigger] if trigger else Tier.NONE
        said = _scalar(fields.get("tier")) or tier.value
        if said not in {*Tier}:
            self._blame(line, f"tier: {said!r} is unknown; use one of {', '.join(Tier)}")
            return None
        return Tier(said), trigger

    def _kinds(self, line: int, label: str, node: yaml.Node | None) -> tuple[str, ...] | None:
        items = node.value if isinstance(node, yaml.SequenceNode) else []
        kinds = tuple(str(_scalar(item)) for item in items)
        if unknown := [kind for kind in kinds if kind not in FRICTION_KINDS]:
            known = ", ".join(FRICTION_KINDS)
            self._blame(line, f"kinds: {', '.join(unknown)} is unknown; use some of {known}")
            return None
        if bool(kinds) != (label == "friction"):
            self._blame(line, "kinds belong to friction: there at least one, elsewhere none")
            return None
        return kinds


def _scalar(node: yaml.Node | None) -> str | None:
    value = node.value if isinstance(node, yaml.ScalarNode) else None
    # YAML's "nothing" counts as nothing; a text that reads so stands in quotes.
    return None if node is None or node.tag == "tag:yaml.org,2002:null" else value


def _line(node: yaml.Node | None) -> int:
    return node.start_mark.line + 1 if node else 1


def _bare(text: str) -> str:
    bare = " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
    return bare or text  # of emoji, no two are the same
