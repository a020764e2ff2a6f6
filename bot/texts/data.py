"""The data files of one language: help lines, micro-goals, signs, phrases and safety words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.flows.own_words import KINDS, Gate
from bot.flows.wishes import WISHES, Wishes
from bot.texts.front_matter import NAME
from bot.texts.helplines import Helplines, compare_helplines, read_helplines
from bot.texts.lined import Fields, Node, read_yaml
from bot.texts.markup import Runs, holes, message
from bot.texts.phrasebook import PhraseBookEntry, PhraseFile, read_phrases
from bot.texts.phrasebook import figures as figures_of_phrases
from bot.texts.problems import Report

AREAS = ("walk", "meal", "sleep", "self_care", "contact", "pleasure", "own_care", "practice")
SIGN_AREAS = ("body", "people", "thoughts", "days")
SIGN_AMBERS = ("A1", "A2", "A3", "A4", "A5", "A6", "A9", "A10")

NEEDED = ("contacts.yaml", "goals.yaml", "signs.yaml")
OPTIONAL = ("phrases.yaml", "safety.yaml", "own_words.yaml", "wishes.yaml")


@dataclass(frozen=True, slots=True)
class GoalEntry:
    """A micro-goal of the catalogue; `texts` has text, button and smaller."""

    slug: str
    area: str
    effort: int
    own: bool
    texts: Mapping[str, Runs]
    line: int


@dataclass(frozen=True, slots=True)
class SignEntry:
    """A sign that can be observed; `texts` has text and button.

    `amber` is the code of the prompt that fits when it is seen.
    """

    slug: str
    area: str
    amber: str
    texts: Mapping[str, Runs]
    line: int


@dataclass(frozen=True, slots=True)
class Data:
    """What the data files of one language hold.

    `safety` is the tree of safety.yaml, for the check: what it means is read elsewhere.
    """

    contacts: Helplines
    goals: Mapping[str, GoalEntry]
    signs: Mapping[str, SignEntry]
    phrases: PhraseFile
    safety: Node | None
    gate: Gate = field(default_factory=Gate)
    wishes: Wishes = field(default_factory=Wishes)


def read_data(files: Mapping[str, str], folder: str, report: Report) -> Data:
    """Read the data files of one language from their texts by name; `folder` begins their paths."""
    trees: dict[str, Node] = {}
    for name in (*NEEDED, *OPTIONAL):
        here = report.on(f"{folder}/{name}")
        if name not in files:
            if name in NEEDED:
                here.add(1, "the file is missing")
            continue
        tree = read_yaml(files[name], here)
        if tree is not None:
            trees[name] = tree
    nothing = Node(1, MappingProxyType({}))
    contacts = trees.get("contacts.yaml")
    return Data(
        contacts=(
            read_helplines(contacts, report.on(f"{folder}/contacts.yaml"))
            if contacts
            else MappingProxyType({})
        ),
        goals=_goals(trees.get("goals.yaml", nothing), report.on(f"{folder}/goals.yaml")),
        signs=_signs(trees.get("signs.yaml", nothing), report.on(f"{folder}/signs.yaml")),
        phrases=read_phrases(trees.get("phrases.yaml"), report.on(f"{folder}/phrases.yaml")),
        safety=trees.get("safety.yaml"),
        gate=Gate(
            _patterns(trees.get("own_words.yaml"), KINDS, report.on(f"{folder}/own_words.yaml"))
        ),
        wishes=Wishes(
            _patterns(trees.get("wishes.yaml"), WISHES, report.on(f"{folder}/wishes.yaml"))
        ),
    )


def _goals(root: Node, report: Report) -> Mapping[str, GoalEntry]:
    goals: dict[str, GoalEntry] = {}
    for slug, fields in _entries(root, report):
        texts = {name: _words(fields, slug, name) for name in ("text", "button", "smaller")}
        goals[slug] = GoalEntry(
            slug=slug,
            area=fields.choice("area", AREAS),
            effort=fields.whole("effort", 1, 3),
            own=fields.flag("own"),
            texts=MappingProxyType(texts),
            line=fields.at,
        )
        fields.close()
    return MappingProxyType(goals)


def _signs(root: Node, report: Report) -> Mapping[str, SignEntry]:
    signs: dict[str, SignEntry] = {}
    for slug, fields in _entries(root, report):
        texts = {name: _words(fields, slug, name) for name in ("text", "button")}
        signs[slug] = SignEntry(
            slug=slug,
            area=fields.choice("area", SIGN_AREAS),
            amber=fields.choice("amber", SIGN_AMBERS),
            texts=MappingProxyType(texts),
            line=fields.at,
        )
        fields.close()
    return MappingProxyType(signs)


def _patterns(
    root: Node | None, names: tuple[str, ...], report: Report
) -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    """Read the patterns of each kind; in a language without the file nothing is found."""
    if root is None:
        return ()
    fields = Fields(root, report)
    kinds = []
    for kind in names:
        patterns = []
        for item in fields.items(kind):
            try:
                patterns.append(re.compile(str(item.value)))
            except re.error as error:
                report.add(item.line, f"{kind}: no regular expression: {error}")
        kinds.append((kind, tuple(patterns)))
    fields.close()
    return tuple(kinds)


def _entries(root: Node, report: Report) -> Iterable[tuple[str, Fields]]:
    top = Fields(root, report)
    for slug in top.names():
        node = top.node(slug)
        if node is None:
            continue
        if not NAME.fullmatch(slug):
            report.add(node.line, f"{slug} is not a name of a-z, 0-9 and _")
        yield slug, Fields(node, report)


def _words(fields: Fields, slug: str, name: str) -> Runs:
    return _parsed(fields.text(name), fields.line(name), f"{slug}.{name}", fields.report)


def _parsed(text: str, line: int, name: str, report: Report) -> Runs:
    runs = message(text, line, report, name)
    if holes(runs):
        report.add(line, f"{name}: placeholders belong in the message catalogue, not here")
    return runs


def compare_data(first: Data, other: Data, folders: tuple[str, str], report: Report) -> None:
    """Report what the data files of two languages, in these two folders, do not share."""
    mine, theirs = (report.on(f"{folder}/contacts.yaml") for folder in reversed(folders))
    compare_helplines(first.contacts, other.contacts, mine, theirs)
    pairs: tuple[tuple[str, Mapping[str, DataEntry], Mapping[str, DataEntry]], ...] = (
        ("goals", first.goals, other.goals),
        ("signs", first.signs, other.signs),
        ("phrases", first.phrases.entries, other.phrases.entries),
    )
    for name, one, two in pairs:
        there, here = (report.on(f"{folder}/{name}.yaml") for folder in folders)
        _compare(one, two, there, here)


DataEntry = GoalEntry | SignEntry | PhraseBookEntry


def _compare(
    first: Mapping[str, DataEntry], other: Mapping[str, DataEntry], there: Report, here: Report
) -> None:
    for slug in first.keys() - other.keys():
        there.add(first[slug].line, f"{slug} is missing in {here.path}")
    for slug in other.keys() - first.keys():
        here.add(other[slug].line, f"{slug} is missing in {there.path}")
    if first.keys() == other.keys() and list(first) != list(other):
        here.add(1, f"the entries are in another order than in {there.path}")
    for slug in first.keys() & other.keys():
        if _graph(first[slug]) != _graph(other[slug]):
            place = f"{there.path}:{first[slug].line}"
            here.add(other[slug].line, f"{slug} has not the same fields or figures as in {place}")


def _graph(entry: DataEntry) -> tuple[object, ...]:
    """What of an entry is the same in every language: all but the words."""
    figures: tuple[object, ...] = ()
    if isinstance(entry, GoalEntry):
        figures = (entry.area, entry.effort, entry.own)
    elif isinstance(entry, SignEntry):
        figures = (entry.area, entry.amber)
    else:
        figures = figures_of_phrases(entry)
    return (*figures, *entry.texts)
