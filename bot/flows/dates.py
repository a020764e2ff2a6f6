"""Dates as people type them: `15/3`, «15 marzo», `15 March 2027`, `2027-03-15`; and spans of them.

The day comes before the month in both languages. A date without a year is the next such date.
"""

import re
from datetime import date, timedelta

_MONTHS = (
    ("gennaio", "january"),
    ("febbraio", "february"),
    ("marzo", "march"),
    ("aprile", "april"),
    ("maggio", "may"),
    ("giugno", "june"),
    ("luglio", "july"),
    ("agosto", "august"),
    ("settembre", "september"),
    ("ottobre", "october"),
    ("novembre", "november"),
    ("dicembre", "december"),
)
_SHORT = 3  # letters of a month that are enough
_NUMBER_OF = {
    form: number
    for number, names in enumerate(_MONTHS, start=1)
    for name in names
    for form in (name[:letters] for letters in range(_SHORT, len(name) + 1))
}
_WORD = "|".join(sorted(_NUMBER_OF, key=len, reverse=True))
_ARTICLE = r"(?:il |l'|the |on )?"
_ORDINAL = r"(?:st|nd|rd|th|º|°)?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        rf"{_ARTICLE}(?P<day>\d{{1,2}})[/.-](?P<month>\d{{1,2}})(?:[/.-]{_YEAR})?",
        rf"{_ARTICLE}(?P<day>\d{{1,2}}){_ORDINAL} (?:of )?(?P<name>{_WORD})\.?(?:,? {_YEAR})?",
        rf"(?P<name>{_WORD})\.? (?P<day>\d{{1,2}}){_ORDINAL}(?:,? {_YEAR})?",
    )
)
_SPAN = re.compile(
    r"(?:dal |dall'|from |between )?(.+?)"
    r"(?: ?– ?| - | al | all'| to | till | until | and )(.+)"
)
_DAY_ONLY = re.compile(r"(\d{1,2})" + _ORDINAL)
_CENTURY = 2000
_LEAP_YEARS = 8  # a date without a year exists again within so many


def parse_date(text: str, today: date) -> date | None:
    """Return the date a text names, or None when it names none.

    Without a year it is the first such date on or after `today`.
    """
    text = _plain(text)
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    name = parts.get("name")
    month = _NUMBER_OF[name] if name else int(parts["month"])
    day = int(parts["day"])
    if parts["year"]:
        year = int(parts["year"])
        return _date(year if year > 99 else _CENTURY + year, month, day)  # noqa: PLR2004 - two digits
    years = range(today.year, today.year + _LEAP_YEARS + 1)
    candidates = (_date(year, month, day) for year in years)
    return next((one for one in candidates if one and one >= today), None)


def parse_days(text: str, today: date) -> tuple[date, date] | None:
    """Return the two dates of a span: `10/8 - 24/8`, «dal 10 al 24 agosto», `from 10 to 24 Aug`.

    The second is never before the first.
    """
    found = _SPAN.fullmatch(_plain(text))
    if found is None:
        return None
    first, second = found[1], found[2]
    if only := _DAY_ONLY.fullmatch(first):
        end = parse_date(second, today)
        start = end and _date(end.year, end.month, int(only[1]))
    else:
        start = parse_date(first, today)
        end = start and parse_date(second, start)
    return (start, end) if start and end and start <= end else None


def within(day: date, today: date, most: int) -> bool:
    """Whether a date lies after today and at most so many days away."""
    return timedelta(0) < day - today <= timedelta(days=most)


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
