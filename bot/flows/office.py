"""When a therapist usually answers, and who can be turned to while they are away.

It is shown to a partner who may ask for contact, so that "not yet read" says what to expect.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.engine.chat import Chat, Office
from bot.engine.effects import Value, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, Act, Exit, Flow, Move, Step, flow, option
from bot.flows.caseload import Done, given
from bot.flows.dates import parse_days, within
from bot.flows.goals import local_day
from bot.flows.hours import parse_span
from bot.flows.weekdays import parse_weekdays

WORKING_DAYS = (1, 2, 3, 4, 5)
LONGEST_COVER = 120
_FURTHEST = 366  # days ahead that can be known
_BEGUN = timedelta(days=30)


def _changed(chat: Chat, **new: object) -> Chat:
    return replace(chat, office=replace(chat.office, **new))  # type: ignore[arg-type]


def days_known(_chat: Chat, event: Event) -> bool:
    """The text names days of the week."""
    return bool(parse_weekdays(given(event)))


def set_days(chat: Chat, event: Event) -> Done:
    """Take the days that were typed."""
    return _changed(chat, days=parse_weekdays(given(event))), ()


def working_days(chat: Chat, _event: Event) -> Done:
    """Take Monday to Friday."""
    return _changed(chat, days=WORKING_DAYS), ()


def no_days(chat: Chat, _event: Event) -> Done:
    """Say nothing of days and hours."""
    return _changed(chat, days=()), ()


def hours_known(_chat: Chat, event: Event) -> bool:
    """The text names two hours, the first before the second."""
    span = parse_span(given(event))
    return span is not None and span[0] < span[1]


def set_hours(chat: Chat, event: Event) -> Done:
    """Take the hours that were typed."""
    span = parse_span(given(event))
    return (_changed(chat, start=span[0], end=span[1]) if span else chat), ()


def absence_known(chat: Chat, event: Event) -> bool:
    """The text names days to come, the first before the last."""
    span, today = _absence(chat, event), local_day(chat, event)
    return span is not None and within(span[1], today, _FURTHEST)


def _absence(chat: Chat, event: Event) -> tuple[date, date] | None:
    """The days that were typed; who writes it down late has been away for up to a month."""
    return parse_days(given(event), local_day(chat, event) - _BEGUN)


def set_absence(chat: Chat, event: Event) -> Done:
    """Take the days of an absence; who covers is asked next."""
    span = _absence(chat, event)
    return (_changed(chat, away_from=span[0], away_to=span[1], cover="") if span else chat), ()


def no_absence(chat: Chat, _event: Event) -> Done:
    """Be there again."""
    return _changed(chat, away_from=None, away_to=None, cover=""), ()


def cover_fits(_chat: Chat, event: Event) -> bool:
    """The words on who covers are neither empty nor too long."""
    return 1 <= len(given(event)) <= LONGEST_COVER


def set_cover(chat: Chat, event: Event) -> Done:
    """Take who can be turned to meanwhile."""
    return _changed(chat, cover=given(event)), ()


def weekdays(days: tuple[int, ...]) -> Value:
    """Days in words: a run of three or more as from-to, others one by one."""
    names: tuple[Value, ...] = tuple(Words(f"weekday.{day}") for day in days)
    if len(days) > 2 and days == tuple(range(days[0], days[-1] + 1)):  # noqa: PLR2004 - a run
        return Words("office.from_to", {"first": names[0], "last": names[-1]})
    return names


def told(office: Office, today: date) -> tuple[Words, ...]:
    """Return what may be said of a therapist's hours today: hours, absence, who covers."""
    hours = Words(
        "office.hours", {"days": weekdays(office.days), "start": office.start, "end": office.end}
    )
    said = [hours] if office.days else []
    if office.away_from and office.away_to and today <= office.away_to:
        dates: dict[str, Value] = {"first": office.away_from, "last": office.away_to}
        gone = office.away_from <= today
        said.append(Words("office.away" if gone else "office.away_soon", dates))
        if office.cover:
            said.append(Words("office.cover", {"cover": office.cover}))
    return tuple(said)


def _values(chat: Chat, event: Event) -> Mapping[str, Value]:
    lines = told(chat.office, local_day(chat, event))
    return {
        "details": chat.own_contact,
        "office": joined(lines) if lines else Words("office.nothing"),
        "longest": LONGEST_COVER,
    }


def joined(lines: tuple[Words, ...]) -> Words:
    """Return one to three lines as one text, each on a line of its own."""
    named: dict[str, Value] = {f"line{n}": line for n, line in enumerate(lines, start=1)}
    return Words(f"office.lines_{len(lines)}", named)


def _saved(move: str, source: str, act: Act, dest: str = "list", **more: object) -> Move:
    said = (Words("office.saved"),) if dest == "list" else ()
    return Move(move, source, dest, does=act, says=said, **more)  # type: ignore[arg-type]


FLOW: Flow = flow(
    "office",
    (
        Step(
            "list",
            (Words("office.list"),),
            (
                option("button.my_details", "details"),
                option("button.office_hours", "days"),
                option("button.absence", "away"),
                option("button.to_menu", "home"),
            ),
            values=_values,
            edits=True,
        ),
        Step(
            "days",
            (Words("office.days"),),
            (
                option("button.working_days", "working"),
                option("button.no_hours", "none"),
                option("button.back", "back"),
            ),
            reads="typed",
            retry=Words("office.days_form"),
        ),
        Step(
            "hours",
            (Words("office.hours_ask"),),
            (option("button.back", "back"),),
            reads="typed",
            retry=Words("office.hours_form"),
        ),
        Step(
            "away",
            (Words("office.away_ask"),),
            (option("button.not_away", "none"), option("button.back", "back")),
            reads="typed",
            retry=Words("office.away_form"),
        ),
        Step(
            "cover",
            (Words("office.cover_ask"),),
            (option("button.no_cover", "none"),),
            values=_values,
            reads="typed",
            own_words=True,
            retry=Words("office.cover_form"),
        ),
    ),
    (
        Move("details", "list", Exit("therapist", "details")),
        Move("days", "list", "days"),
        Move("away", "list", "away"),
        Move("home", "list", Exit(HOME)),
        Move("typed", "days", "hours", when=days_known, does=set_days),
        Move("working", "days", "hours", does=working_days),
        _saved("none", "days", no_days),
        Move("back", "days", "list"),
        _saved("typed", "hours", set_hours, when=hours_known),
        Move("back", "hours", "list"),
        Move("typed", "away", "cover", when=absence_known, does=set_absence),
        _saved("none", "away", no_absence),
        Move("back", "away", "list"),
        _saved("typed", "cover", set_cover, when=cover_fits),
        Move("none", "cover", "list", says=(Words("office.saved"),)),
    ),
)
