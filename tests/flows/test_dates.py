from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from bot.flows.dates import parse_date, parse_days

TODAY = date(2027, 3, 1)
DAYS = st.dates(date(2027, 3, 1), date(2028, 2, 29))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15/3", date(2027, 3, 15)),
        ("15.3.27", date(2027, 3, 15)),
        ("15-3-2028", date(2028, 3, 15)),
        ("2027-12-24", date(2027, 12, 24)),
        ("1/3", TODAY),
        ("28/2", date(2028, 2, 28)),
        ("29/2", date(2028, 2, 29)),
        ("  Il 15 Marzo ", date(2027, 3, 15)),
        ("l’8 agosto", date(2027, 8, 8)),
        ("1º aprile", date(2027, 4, 1)),
        ("the 3rd of April", date(2027, 4, 3)),
        ("on 3 apr", date(2027, 4, 3)),
        ("April 3rd, 2028", date(2028, 4, 3)),
        ("dec. 24", date(2027, 12, 24)),
    ],
)
def test_a_date_is_read_as_people_write_it(text: str, day: date) -> None:
    """In either language, the day first; without a year the next one."""
    assert parse_date(text, TODAY) == day


@pytest.mark.parametrize(
    "text",
    [
        *("", "presto", "15", "31/4", "29/2/2027", "3/15", "0/1", "2027-13-01", "15 martedì"),
        *("1/2/3/4", "9" * 400, "🙂", "domenica 15 marzo o lunedì"),
    ],
)
def test_what_names_no_date_is_not_guessed(text: str) -> None:
    """The person is asked again."""
    assert parse_date(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("10/8 - 24/8", ((8, 10), (8, 24))),
        ("10/8–24/8", ((8, 10), (8, 24))),
        ("dal 10 al 24 agosto", ((8, 10), (8, 24))),
        ("dall'8 all'11 agosto", ((8, 8), (8, 11))),
        ("from 10 to 24 August", ((8, 10), (8, 24))),
        ("from August 10 until August 24", ((8, 10), (8, 24))),
        ("5/4 - 5/4", ((4, 5), (4, 5))),
    ],
)
def test_two_dates_make_a_span(text: str, days: tuple[tuple[int, int], tuple[int, int]]) -> None:
    """Also where the month is said once."""
    assert parse_days(text, TODAY) == tuple(date(2027, month, day) for month, day in days)


def test_a_span_may_run_over_the_new_year() -> None:
    """The second date is the next one after the first."""
    assert parse_days("28/12 - 6/1", TODAY) == (date(2027, 12, 28), date(2028, 1, 6))


@pytest.mark.parametrize("text", ["", "10/8", "24/8/2027 - 10/8/2027", "31 - 30 giugno", "da a"])
def test_half_a_span_is_none(text: str) -> None:
    """Nor is one that ends before it begins."""
    assert parse_days(text, TODAY) is None


@given(DAYS, st.sampled_from(["it", "en_GB"]), st.sampled_from(["long", "medium", "short"]))
def test_what_the_bot_writes_itself_it_can_read(day: date, locale: str, how: str) -> None:
    """A date that is echoed back may be typed again, word for word."""
    assert parse_date(format_date(day, how, locale=locale), TODAY) == day


@given(DAYS, st.integers(0, 90))
def test_a_span_that_is_written_is_read(first: date, length: int) -> None:
    """Whatever two dates."""
    last = first + timedelta(days=length)
    assert parse_days(f"{first:%d/%m/%Y} - {last:%d/%m/%Y}", TODAY) == (first, last)


@given(st.text(max_size=60))
def test_no_text_is_too_much(text: str) -> None:
    """Whatever is typed is read or refused, never raised at."""
    parse_date(text, TODAY)
    parse_days(text, TODAY)
