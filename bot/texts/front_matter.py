"""The head of a module file: YAML between two lines of `---`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from bot.flows.never_topics import TOPICS
from bot.texts.lined import Fields, read_yaml
from bot.texts.problems import Report

# Non-specific factors and components of the working alliance (product.md M18, M24).
SERVES = (
    "relief",
    "alliance",
    "new_behaviours",
    "hope",
    "commitment",
    "a_reason",
    "goals",
    "tasks",
    "bond",
    "expectations",
    "feedback",
)
STATUSES = ("draft", "reviewed")
LONGEST_NAME = 24  # characters: the name of a step or move travels in 64 bytes of callback data
NAME = re.compile(r"[a-z0-9_]+")

_METHOD = re.compile(r"M(0[1-9]|[12]\d|30)")
_KEYS = (
    "id",
    "title",
    "minutes",
    "methods",
    "serves",
    "topics",
    "sources",
    "status",
    "author",
    "clinical_reviewer",
    "reviewed_on",
    "review_due",
    "version",
    "start",
    "ends",
)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What is known about a module before its first step. `lines` gives the line of each key.

    `topics` are those it touches that a patient may want left alone; most modules have none.
    """

    id: str
    title: str
    minutes: int
    methods: tuple[str, ...]
    serves: tuple[str, ...]
    topics: tuple[str, ...]
    sources: tuple[str, ...]
    status: str
    author: str
    clinical_reviewer: str | None
    reviewed_on: date | None
    review_due: date | None
    version: int
    start: str
    ends: tuple[str, ...]
    lines: Mapping[str, int]


def read_front_matter(text: str, report: Report) -> tuple[FrontMatter | None, str]:
    """Return the front matter and the body; the body keeps its line numbers, with blanks above."""
    lines = text.splitlines()
    fence = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if not lines or lines[0].rstrip() != "---" or not fence:
        report.add(1, "a module begins with its front matter between two lines of ---")
        return None, text
    body = "\n" * (fence + 1) + "\n".join(lines[fence + 1 :])
    node = read_yaml("\n".join(lines[1:fence]), report, above=1)
    if node is None:
        return None, body
    return _front_matter(Fields(node, report)), body


def _front_matter(fields: Fields) -> FrontMatter:
    front = FrontMatter(
        id=_name(fields, "id"),
        title=fields.text("title"),
        minutes=fields.whole("minutes", 1, 60),
        methods=fields.texts("methods"),
        serves=fields.texts("serves"),
        topics=fields.texts("topics") if "topics" in fields.names() else (),
        sources=fields.texts("sources"),
        status=fields.choice("status", STATUSES),
        author=fields.text("author"),
        clinical_reviewer=_unless_none(fields.text("clinical_reviewer")),
        reviewed_on=fields.day("reviewed_on", needed=False),
        review_due=fields.day("review_due", needed=False),
        version=fields.whole("version", 1, 9999),
        start=fields.text("start"),
        ends=fields.texts("ends"),
        lines=MappingProxyType({key: fields.line(key) for key in _KEYS}),
    )
    for method in front.methods:
        if not _METHOD.fullmatch(method):
            fields.report.add(fields.line("methods"), f"{method} is not a method: M01 to M30")
    for factor in front.serves:
        if factor not in SERVES:
            known = ", ".join(SERVES)
            fields.report.add(fields.line("serves"), f"{factor} is not one of: {known}")
    for topic in front.topics:
        if topic not in TOPICS:
            known = ", ".join(TOPICS)
            fields.report.add(fields.line("topics"), f"{topic} is not one of: {known}")
    fields.close()
    return front


def _name(fields: Fields, key: str) -> str:
    name = fields.text(key)
    if name and (not NAME.fullmatch(name) or len(name) > LONGEST_NAME):
        limit = f"at most {LONGEST_NAME} characters of a-z, 0-9 and _"
        fields.report.add(fields.line(key), f"{key} has {limit}")
    return name


def _unless_none(value: str) -> str | None:
    return None if value in {"", "none"} else value
