from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flows.hours import in_quiet_hours, parse_hour, parse_span

TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("18:30", time(18, 30)),
        ("18.30", time(18, 30)),
        ("18,30", time(18, 30)),
        ("18h30", time(18, 30)),
        ("8", time(8)),
        ("08", time(8)),
        ("0", time(0)),
        ("00:05", time(0, 5)),
        ("23:59", time(23, 59)),
        ("  20 e 15 ", time(20, 15)),
        ("alle 20 e 15", time(20, 15)),
        ("alle otto", None),
        ("le 7 e mezza", time(7, 30)),
        ("7 e mezzo", time(7, 30)),
        ("alle 7 e un quarto", time(7, 15)),
        ("ore 13", time(13)),
        ("alle 7 di sera", time(19)),
        ("alle 7 e mezza di sera", time(19, 30)),
        ("3 del pomeriggio", time(15)),
        ("9 di mattina", time(9)),
        ("12 di mattina", time(0)),
        ("alle 13 di mattina", None),
        ("mezzogiorno", time(12)),
        ("All’1", time(1)),
        ("all'1 e 20", time(1, 20)),
        ("ALLE 20", time(20)),
        ("alle 20 o alle 21", None),
        ("dopo cena", None),
    ],
)
def test_hours_are_read_as_people_write_them_in_italian(typed: str, meant: time | None) -> None:
    """One hour or none: what could be two is asked again."""
    assert parse_hour(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("8pm", time(20)),
        ("8 pm", time(20)),
        ("8 p.m.", time(20)),
        ("8am", time(8)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("12:15 am", time(0, 15)),
        ("7:45pm", time(19, 45)),
        ("at 8", time(8)),
        ("at 8 o'clock", time(8)),
        ("8 o’clock", time(8)),
        ("noon", time(12)),
        ("Midday", time(12)),
        ("13pm", time(13)),
        ("13am", None),
        ("20 and 15", time(20, 15)),
        ("half past seven", None),
        ("after dinner", None),
    ],
)
def test_hours_are_read_as_people_write_them_in_english(typed: str, meant: time | None) -> None:
    """One hour or none."""
    assert parse_hour(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", " ", "24", "24:00", "25", "18:60", "1830", "18 30", "-3", "3:5", "8️⃣", "1e9"]
)
def test_what_is_no_hour_is_none(typed: str) -> None:
    """Nothing is guessed, and nothing raises."""
    assert parse_hour(typed) is None


@given(TIMES)
def test_every_minute_of_the_day_can_be_typed(at: time) -> None:
    """In the form the bot itself shows."""
    assert parse_hour(f"{at:%H:%M}") == at


@given(st.text(max_size=40))
def test_no_text_makes_the_reading_of_hours_fail(typed: str) -> None:
    """People type anything."""
    assert parse_hour(typed) is None or parse_hour(typed) == parse_hour(typed.strip())
    parse_span(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("22-7", (time(22), time(7))),
        ("22 - 7", (time(22), time(7))),
        ("22:00–07:00", (time(22), time(7))),
        ("dalle 21:30 alle 8", (time(21, 30), time(8))),
        ("Dalle 10 di sera alle 7 e mezza", (time(22), time(7, 30))),
        ("dall'una alle 8", None),
        ("dalle 22 all'1", (time(22), time(1))),
        ("10pm to 7am", (time(22), time(7))),
        ("from 10 pm until 7", (time(22), time(7))),
        ("between 23 and 6:30", (time(23), time(6, 30))),
        ("from 9:30pm till noon", (time(21, 30), time(12))),
        ("22", None),
        ("dalle 22", None),
        ("la notte", None),
        ("0-0", (time(0), time(0))),
    ],
)
def test_a_span_is_read_in_both_languages(typed: str, meant: tuple[time, time] | None) -> None:
    """Two hours, or nothing."""
    assert parse_span(typed) == meant


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        (time(21, 29), False),
        (time(21, 30), True),
        (time(23, 59), True),
        (time(0), True),
        (time(7, 59), True),
        (time(8), False),
        (time(18, 30), False),
    ],
)
def test_quiet_hours_run_over_midnight(at: time, *, quiet: bool) -> None:
    """The usual ones: 21:30 to 08:00, the end not included (P6)."""
    assert in_quiet_hours(at, time(21, 30), time(8)) is quiet


def test_quiet_hours_may_lie_within_a_day() -> None:
    """Somebody works at night."""
    assert in_quiet_hours(time(12), time(9), time(17))
    assert not in_quiet_hours(time(20), time(9), time(17))


@given(TIMES, TIMES, TIMES)
def test_a_time_is_quiet_or_not_never_both(at: time, start: time, end: time) -> None:
    """The hours from one end to the other and back make the whole day; equal ends make none."""
    if start == end:
        assert not in_quiet_hours(at, start, end)
    else:
        assert in_quiet_hours(at, start, end) is not in_quiet_hours(at, end, start)
