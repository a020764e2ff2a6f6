"""Days of the week as people type them: «lun-ven», «lunedì e giovedì», `Mon, Wed and Fri`."""

import re

_NAMES = (
    ("lunedi", "lun", "monday", "mon"),
    ("martedi", "mar", "tuesday", "tues", "tue"),
    ("mercoledi", "mer", "wednesday", "wed"),
    ("giovedi", "gio", "thursday", "thurs", "thu"),
    ("venerdi", "ven", "friday", "fri"),
    ("sabato", "sab", "saturday", "sat"),
    ("domenica", "dom", "sunday", "sun"),
)
_NUMBER_OF = {
    form: day
    for day, names in enumerate(_NAMES, start=1)
    for name in names
    for form in (name, f"{name}s")
}
_LAST = len(_NAMES)
_TO = re.compile(r"\s*(?:-|–|\bto\b|\bal?\b|\btill\b|\buntil\b)\s*")
_AND = re.compile(r"\s*(?:,|;|/|\be\b|\band\b|\s)\s*")
_LEADING = re.compile(r"^(?:dal|da|il|from|on)\s+")


def parse_weekdays(text: str) -> tuple[int, ...]:
    """Return the ISO weekdays a text names, in order; none when any word of it is no day."""
    text = " ".join(text.lower().replace("ì", "i").replace("i'", "i").replace(".", " ").split())
    text = _LEADING.sub("", text)
    found: set[int] = set()
    for part in _AND.split(_TO.sub("-", text)):
        ends = [_NUMBER_OF.get(name) for name in part.split("-")]
        if None in ends or len(ends) > 2:  # noqa: PLR2004 - a first and a last day
            return ()
        first, last = ends[0] or 0, ends[-1] or 0
        # From Saturday to Monday goes over the end of the week.
        span = range(first, last + (0 if first <= last else _LAST) + 1)
        found |= {(day - 1) % _LAST + 1 for day in span}
    return tuple(sorted(found))
