"""Wall-clock times as people type them: `20 e 15`, `8pm`, `18:30`, «alle 7 di sera»."""

import re
from datetime import time

NOON, HOURS_A_DAY, MINUTES_AN_HOUR = 12, 24, 60
_MARKS = {"mezzogiorno": time(12), "noon": time(12), "midday": time(12)}
_FORM = re.compile(
    r"(?:alle|all'|ore|h|at|le)?\s*(\d{1,2})"
    r"(?:\s*(?:[:.,h]|e|and)\s*(mezza|mezzo|un quarto|\d{2}))?"
    r"\s*(am|pm|di mattina|del mattino|di sera|di pomeriggio|del pomeriggio)?\s*(?:o'clock)?"
)
_MINUTES = {"mezza": 30, "mezzo": 30, "un quarto": 15}
_AFTERNOON = {"pm", "di sera", "di pomeriggio", "del pomeriggio"}
_MORNING = {"am", "di mattina", "del mattino"}


def parse_hour(text: str) -> time | None:
    """Return the time of day a text names, or None when it names none or more than one."""
    text = " ".join(
        text.lower().replace("’", "'").replace("a.m.", "am").replace("p.m.", "pm").split()
    )
    if text in _MARKS:
        return _MARKS[text]
    found = _FORM.fullmatch(text)
    if not found:
        return None
    hour = int(found[1])
    minute = _MINUTES.get(found[2], 0) if found[2] in _MINUTES else int(found[2] or 0)
    if found[3] in _AFTERNOON and hour < NOON:
        hour += 12
    if found[3] in _MORNING and hour == NOON:
        hour = 0
    if (found[3] in _MORNING and hour > NOON) or hour >= HOURS_A_DAY or minute >= MINUTES_AN_HOUR:
        return None
    return time(hour, minute)


_TOLD = re.compile(
    r"(?P<mark>\b(?:alle|all'|ore|at|delle|dopo le|verso le|per le|h)\s*)?"
    r"(?<![\d:.,])\b\d{1,2}(?P<rest>(?:\s*(?:[:.,h]|e|and)\s*(?:mezza|mezzo|un quarto|\d{2}))?"
    r"(?:\s*(?:am|pm|di mattina|del mattino|di sera|di pomeriggio|del pomeriggio))?)\b(?!\s*%)"
)


def hour_in(text: str) -> time | None:
    """Return the one time of day that is told somewhere in a text; None for none, or for two.

    A bare number may count anything: it needs «alle», minutes, or a part of the day.
    """
    plain = text.lower().replace("’", "'").replace("a.m.", "am").replace("p.m.", "pm")
    found = {
        parse_hour(f"{'alle ' if told['mark'] else ''}{told[0].removeprefix(told['mark'] or '')}")
        for told in _TOLD.finditer(plain)
        if told["mark"] or told["rest"]
    }
    return found.pop() if len(found) == 1 else None


_SPAN = re.compile(
    r"(?:dalle|dall'|from|between)?\s*(.+?)\s*(?:-|–|alle|all'|to|till|until|and)\s*(.+)"
)


def parse_span(text: str) -> tuple[time, time] | None:
    """Return the two times of day of a span: `22-7`, «dalle 21:30 alle 8», `10pm to 7am`."""
    found = _SPAN.fullmatch(" ".join(text.lower().split()))
    if not found:
        return None
    start, end = parse_hour(found[1]), parse_hour(found[2])
    return (start, end) if start and end else None


def in_quiet_hours(at: time, quiet_from: time, quiet_to: time) -> bool:
    """Whether a time falls in the quiet hours, which may run over midnight; equal ends: none."""
    if quiet_from == quiet_to:
        return False
    if quiet_from < quiet_to:
        return quiet_from <= at < quiet_to
    return at >= quiet_from or at < quiet_to
