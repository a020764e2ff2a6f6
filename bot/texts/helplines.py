"""Help lines as `contacts.yaml` gives them. The head of that file documents every field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.texts.lined import Fields, Node
from bot.texts.problems import Report

ELSEWHERE = "XX"
REST_OF_UNION = "EU"
KINDS = ("emergency", "medical", "line", "violence", "child", "doctor", "other")
CHANNELS = ("call", "text", "chat", "web", "whatsapp", "app")
WRITTEN = ("text", "chat", "web", "whatsapp", "app")

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_NEEDS = {
    "call": "number",
    "text": "text_to",
    "whatsapp": "text_to",
    "chat": "url",
    "web": "url",
    "app": "app",
}


@dataclass(frozen=True, slots=True)
class Span:
    """Opening hours on some weekdays (0 is Monday); `to` not after `start` is on the next day."""

    days: frozenset[int]
    start: time
    to: time


Hours = Literal["always", "unknown"] | tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Helpline:
    """One way to reach one service. `kind` is what it is for, hours are wall-clock in `zone`."""

    id: str
    name: str
    number: str
    text_to: str
    text_word: str
    url: str
    app: str
    channels: tuple[str, ...]
    kind: str
    hours: Hours
    zone: str
    note: str
    source: str
    seen_on: date
    verified_on: date | None
    grade: str
    statutory: bool
    line: int


Helplines = Mapping[str, tuple[Helpline, ...]]

# What is the same in every language: all but the words.
_SAME = (
    "number",
    "text_to",
    "text_word",
    "url",
    "app",
    "channels",
    "kind",
    "hours",
    "zone",
    "seen_on",
    "verified_on",
    "grade",
    "statutory",
)


def read_helplines(root: Node, report: Report) -> Helplines:
    """Return the help lines by country code."""
    countries = Fields(root, report)
    lines: dict[str, tuple[Helpline, ...]] = {}
    seen: dict[str, int] = {}
    for country in countries.names():
        if not re.fullmatch("[A-Z]{2}", country):
            report.add(countries.line(country), f"{country} is not a country code of two capitals")
        items = countries.items(country)
        found = [_helpline(Fields(item, report)) for item in items]
        lines[country] = tuple(helpline for helpline in found if helpline)
        for helpline in lines[country]:
            if helpline.id in seen:
                report.add(
                    helpline.line, f"{helpline.id} stands already in line {seen[helpline.id]}"
                )
            seen.setdefault(helpline.id, helpline.line)
        if not any(line.kind == "emergency" and line.number for line in lines[country]):
            report.add(countries.line(country), f"{country} has no emergency number")
    if not any(line.kind == "line" for line in lines.get(ELSEWHERE, ())):
        report.add(root.line, f"{ELSEWHERE} stands in for every other country: it needs a line")
    return MappingProxyType(lines)


def _helpline(fields: Fields) -> Helpline | None:
    seen_on = fields.day("seen_on")
    line = Helpline(
        id=fields.text("id"),
        name=fields.text("name"),
        number=fields.text("number", needed=False),
        text_to=fields.text("text_to", needed=False),
        text_word=fields.text("text_word", needed=False),
        url=fields.text("url", needed=False),
        app=fields.text("app", needed=False),
        channels=fields.texts("channels"),
        kind=fields.choice("for", KINDS),
        hours=_hours(fields),
        zone=_zone(fields),
        note=fields.text("note", needed=False),
        source=fields.text("source"),
        seen_on=seen_on or date.min,
        verified_on=fields.day("verified_on", needed=False),
        grade=fields.text("grade"),
        statutory=fields.flag("statutory"),
        line=fields.at,
    )
    fields.close()
    if line.grade and line.grade not in {"A", "B"}:
        fields.report.add(fields.line("grade"), "only grades A and B are published")
    for channel in line.channels:
        if channel not in CHANNELS:
            known = ", ".join(CHANNELS)
            fields.report.add(fields.line("channels"), f"{channel} is not one of: {known}")
        elif not getattr(line, _NEEDS[channel]):
            need = _NEEDS[channel]
            fields.report.add(fields.line("channels"), f"the channel {channel} needs {need}")
    usable = seen_on and line.channels and line.kind and line.name
    return line if usable else None


def _zone(fields: Fields) -> str:
    zone = fields.text("zone")
    try:
        ZoneInfo(zone or "UTC")
    except (ValueError, OSError, ZoneInfoNotFoundError):
        fields.report.add(fields.line("zone"), f"{zone} is not a zone such as Europe/Rome")
        return "UTC"
    return zone or "UTC"


def _hours(fields: Fields) -> Hours:
    node = fields.node("hours")
    if node is None:
        return "unknown"
    if node.value == "always":
        return "always"
    if node.value == "unknown":
        return "unknown"
    if isinstance(node.value, tuple) and node.value:
        return tuple(_span(Fields(item, fields.report)) for item in node.value)
    fields.report.add(node.line, "hours is always, unknown or a list of {days, from, to}")
    return "unknown"


def _span(fields: Fields) -> Span:
    days = fields.text("days")
    span = Span(_days(days), _time(fields, "from"), _time(fields, "to"))
    if days and not span.days:
        fields.report.add(fields.line("days"), f"{days} is not a day or days: mon, mon-fri")
    fields.close()
    return span


def _days(text: str) -> frozenset[int]:
    """Read `mon`, `mon-fri`, `sat-mon` or several of them with commas."""
    days: set[int] = set()
    for piece in text.replace(" ", "").split(","):
        first, _, last = piece.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            return frozenset()
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        days |= {day % 7 for day in range(start, (end if end >= start else end + 7) + 1)}
    return frozenset(days)


def _time(fields: Fields, name: str) -> time:
    text = fields.text(name)
    if _HOUR.fullmatch(text):
        return time(int(text[:2]) % 24, int(text[3:]))
    if text:
        fields.report.add(fields.line(name), f'{name} is an hour in quotes, such as "18:00"')
    return time(0)


def compare_helplines(first: Helplines, other: Helplines, here: Report, there: Report) -> None:
    """Report where two languages do not have the same lines; `here` is the file of `other`."""
    for country in first.keys() | other.keys():
        mine = {line.id: line for line in other.get(country, ())}
        theirs = {line.id: line for line in first.get(country, ())}
        for id_ in theirs.keys() - mine.keys():
            there.add(theirs[id_].line, f"{id_} is missing in {here.path}")
        for id_ in mine.keys() - theirs.keys():
            here.add(mine[id_].line, f"{id_} is missing in {there.path}")
        if mine.keys() == theirs.keys() and list(mine) != list(theirs):
            start = next(iter(mine.values())).line
            here.add(start, f"the lines of {country} are in another order than in {there.path}")
        for id_ in mine.keys() & theirs.keys():
            for field in _SAME:
                if getattr(mine[id_], field) != getattr(theirs[id_], field):
                    place = f"{there.path}:{theirs[id_].line}"
                    here.add(mine[id_].line, f"{id_}: {field} is not the same as in {place}")
