"""Which help line a card names, and in which words: by country, purpose and hour.

Everything here is a value the renderer puts into words; the words are the catalogue's `line.*`,
`way.*` and `emergency.elsewhere`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time

from bot.engine.effects import Value, Words
from bot.texts.helplines import (
    ELSEWHERE,
    REST_OF_UNION,
    WRITTEN,
    Helpline,
    Helplines,
    Span,
)

# The European Union in 2026; a member without lines of its own uses those of EU.
_UNION = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
UNION = frozenset(_UNION.split())
GOES_STALE_AFTER = timedelta(days=90)  # content.md A11

_SPOKEN_ALONE = {"emergency", "medical"}
_NEVER_A_DIRECTORY = {"emergency", "medical", "child"}
# A list read in fear has names and numbers only; this number does not answer everywhere.
_NOTED = {"doctor"}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: the help line in words, its note, and where an old one was seen."""

    line: Value
    note: str = ""
    seen: Value = ""


def number(lines: Helplines, country: str | None, kind: str, at: datetime, locale: Locale) -> Value:
    """Return the number or line of a card for one purpose.

    Args:
        lines: the help lines by country.
        country: an ISO 3166 code, or None when it is not known.
        kind: emergency, medical, line, violence or child.
        at: the moment (aware), for the hours.
        locale: in which an hour and a weekday are written.

    A purpose the country has no line for falls back to the emergency number (medical, child) or
    to the directory of lines of the rest of the world.
    """
    place = place_of(lines, country)
    found = _chosen(lines, place, kind, at)
    if found.kind in _SPOKEN_ALONE:
        if place == ELSEWHERE:
            return Words("emergency.elsewhere", {"number": found.number})
        return found.number
    if found.channels[0] == "web":
        return found.url
    return _in_words(found, found.channels[0], at, locale)


def others(lines: Helplines, country: str | None, at: datetime, locale: Locale) -> tuple[Row, ...]:
    """Return the other numbers of a country to call, then the old ones with their date.

    The emergency number stands above the list, so it is not in it; the directory of lines closes
    it wherever the person is.
    """
    place = place_of(lines, country)
    first = _chosen(lines, place, "emergency", at)
    here = [line for line in lines[place] if line is not first]
    called = [line for line in here if is_current(line, at) and line.channels[0] == "call"]
    rows = [*called, *(line for line in here if not is_current(line, at))]
    directory = _directory(lines)
    if all(line.url != directory.url for line in rows):
        rows.append(directory)
    return tuple(_row(line, line.channels[0], at, locale) for line in rows)


def ways(lines: Helplines, country: str | None, at: datetime, locale: Locale) -> tuple[Row, ...]:
    """Return the ways to ask for help without a voice: text, chat, app, site."""
    here = lines[place_of(lines, country)]
    rows = [
        (line, channel)
        for line in here
        if is_current(line, at)
        for channel in line.channels
        if channel in WRITTEN
    ]
    directory = _directory(lines)
    if all(line.url != directory.url for line, _ in rows):
        rows.append((directory, directory.channels[0]))
    return tuple(_row(line, channel, at, locale) for line, channel in rows)


def place_of(lines: Helplines, country: str | None) -> str:
    """Return the country whose lines hold: its own, the rest of the Union's or the world's."""
    code = (country or ELSEWHERE).upper()
    if code in lines:
        return code
    return REST_OF_UNION if code in UNION and REST_OF_UNION in lines else ELSEWHERE


def is_current(line: Helpline, at: datetime) -> bool:
    """Whether a line may stand on a card: emergency, statutory, or read in the last 90 days."""
    today = at.astimezone(ZoneInfo(line.zone)).date()
    lasting = line.statutory or line.kind == "emergency"
    return lasting or today - line.seen_on <= GOES_STALE_AFTER


def _chosen(lines: Helplines, place: str, kind: str, at: datetime) -> Helpline:
    wanted = [kind, "emergency"] if kind in _NEVER_A_DIRECTORY else [kind]
    for purpose in wanted:
        for line in lines[place]:
            # An emergency is called: the app that can be silent stands among the ways.
            if purpose in _SPOKEN_ALONE and not line.number:
                continue
            if line.kind == purpose and is_current(line, at):
                return line
    return _directory(lines)


def _directory(lines: Helplines) -> Helpline:
    return next(line for line in lines[ELSEWHERE] if line.kind == "line")


def _row(line: Helpline, channel: str, at: datetime, locale: Locale) -> Row:
    seen: Value = ""
    if not is_current(line, at):
        seen = Words("line.seen", {"source": line.source, "date": line.seen_on})
    note = line.note if line.kind in _NOTED else ""
    return Row(_in_words(line, channel, at, locale), note, seen)


def _in_words(line: Helpline, channel: str, at: datetime, locale: Locale) -> Value:
    named: dict[str, Value] = {"name": line.name, "number": _reached(line, channel)}
    if channel in {"web", "app"}:
        return Words("line.plain", named)
    if line.hours == "always":
        return Words("line.always", named)
    if line.hours == "unknown":
        return Words("line.hours_unknown", named)
    now = at.astimezone(ZoneInfo(line.zone)).replace(tzinfo=None)
    closes = closing(line.hours, now)
    if closes is not None:
        return Words("line.open_until", {**named, "hour": closes})
    return Words("line.closed", {**named, "hour": _hour(opening(line.hours, now), now, locale)})


def _reached(line: Helpline, channel: str) -> Value:
    if channel == "call":
        return line.number
    if channel == "text" and line.text_word:
        return Words("way.text_word", {"word": line.text_word, "number": line.text_to})
    if channel in {"text", "whatsapp"}:
        return Words(f"way.{channel}", {"number": line.text_to})
    if channel == "app":
        return Words("way.app", {"app": line.app})
    return Words(f"way.{channel}", {"url": line.url})


def _hour(opens: datetime, now: datetime, locale: Locale) -> str:
    hour = format_time(opens.time(), "HH:mm", locale=locale)
    if opens.date() == now.date():
        return hour
    return f"{hour}, {format_date(opens.date(), 'EEEE', locale=locale)}"


def closing(spans: Iterable[Span], now: datetime) -> time | None:
    """Return when the line closes, None when it is closed; `now` is wall-clock time there."""
    until = [end for start, end in _periods(spans, now.date()) if start <= now < end]
    return max(until).time() if until else None


def opening(spans: Iterable[Span], now: datetime) -> datetime:
    """Return the next opening after `now`, both in wall-clock time there."""
    return min(start for start, _ in _periods(spans, now.date()) if start > now)


def _periods(spans: Iterable[Span], today: date) -> Iterable[tuple[datetime, datetime]]:
    """The opening periods from yesterday's, which may last until today, to a week from now."""
    for ahead in range(-1, 8):
        day = today + timedelta(days=ahead)
        for span in spans:
            if day.weekday() in span.days:
                later = timedelta(days=0 if span.to > span.start else 1)
                yield (
                    datetime.combine(day, span.start),
                    datetime.combine(day + later, span.to),
                )
