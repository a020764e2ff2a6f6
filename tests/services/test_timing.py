from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.timing import moment, next_due

DAY = timedelta(days=1)
ZONES = sorted(zone for zone in available_timezones() if "/" in zone)

zones = st.sampled_from(ZONES).map(ZoneInfo)
dates = st.dates(date(2007, 1, 1), date(2047, 12, 31))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
moments = st.builds(datetime.combine, dates, times, st.just(UTC))


def is_skipped(day: date, at: time, zone: ZoneInfo) -> bool:
    """Whether the clocks of a zone never show this time on this date."""
    there = datetime.combine(day, at, zone)
    back = there.astimezone(UTC).astimezone(zone)
    return back.replace(tzinfo=None) != there.replace(tzinfo=None)


@given(zones, dates, times)
def test_P6_a_moment_shows_the_time_asked_for_unless_there_is_none(
    zone: ZoneInfo, day: date, at: time
) -> None:
    """A time inside a gap moves forward by the gap's length; every other is kept to the minute."""
    local = moment(day, at, zone).astimezone(zone).replace(tzinfo=None)
    if is_skipped(day, at, zone):
        before = datetime.combine(day, at, zone).utcoffset()
        after = moment(day, at, zone).astimezone(zone).utcoffset()
        assert before is not None
        assert after is not None
        assert local == datetime.combine(day, at) + (after - before)
        assert after > before
    else:
        assert local == datetime.combine(day, at)


@given(zones, dates, times)
def test_P6_of_two_equal_times_the_first_counts(zone: ZoneInfo, day: date, at: time) -> None:
    """When the clocks go back an hour comes twice; nobody is asked twice."""
    both = [datetime.combine(day, at, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    if not is_skipped(day, at, zone):
        assert moment(day, at, zone) == min(both)


@given(zones, moments, times)
def test_P6_the_next_one_lies_ahead_and_is_the_first_that_does(
    zone: ZoneInfo, after: datetime, at: time
) -> None:
    """Strictly later, at most a day and a change of the clocks away, none in between."""
    day, due_at = next_due(after, at, zone)
    assert after < due_at == moment(day, at, zone)
    assert moment(day - DAY, at, zone) <= after
    assert due_at - after <= timedelta(hours=50)


@given(zones, dates, times, st.timedeltas(timedelta(), timedelta(hours=2)))
def test_P6_day_after_day_every_date_comes_once(
    zone: ZoneInfo, begins: date, at: time, delay: timedelta
) -> None:
    """Two weeks, each planned from when the one before was worked: no date twice, none left out."""
    after = moment(begins, at, zone) - timedelta(minutes=1)
    assert_each_once(after, at, zone, days=14, delay=delay)


@pytest.mark.soak
@pytest.mark.parametrize("year", range(2024, 2044))
def test_P6_every_zone_and_every_change_of_a_year(year: int) -> None:
    """Swept, not drawn: all zones, all dates around a change, every half hour of the day."""
    hours = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
    for zone in map(ZoneInfo, ZONES):
        for change in changes(year, zone):
            for at in hours:
                begins = moment(change - 2 * DAY, at, zone) - timedelta(minutes=1)
                assert_each_once(begins, at, zone, days=5, delay=timedelta(minutes=5))


def test_P6_a_date_that_a_zone_skips_brings_nothing_of_its_own() -> None:
    """Samoa had no 30 December 2011: from the 29th to the 31st is one step."""
    apia, at = ZoneInfo("Pacific/Apia"), time(18, 30)
    begins = moment(date(2011, 12, 28), at, apia)
    days = [day for day, _ in assert_each_once(begins, at, apia, days=4, delay=timedelta())]
    assert [day.day for day in days] == [29, 30, 1, 2]
    assert moment(date(2011, 12, 30), at, apia) == moment(date(2011, 12, 31), at, apia)


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        (date(2027, 3, 27), datetime(2027, 3, 27, 1, 30, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # shown as half past three
        (date(2027, 10, 31), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # the first of two
        (date(2027, 11, 1), datetime(2027, 11, 1, 1, 30, tzinfo=UTC)),
    ],
)
def test_P6_half_past_two_in_rome(day: date, utc: datetime) -> None:
    """The nights everybody asks about, written out."""
    assert moment(day, time(2, 30), ZoneInfo("Europe/Rome")) == utc


def assert_each_once(
    after: datetime, at: time, zone: ZoneInfo, *, days: int, delay: timedelta
) -> list[tuple[date, datetime]]:
    """Plan day after day, each from when the one before was worked; return the plan.

    A date that a zone skips as a whole shares its moment with its neighbour; the two are one.
    """
    planned: list[tuple[date, datetime]] = []
    for _ in range(days):
        day, due_at = next_due(after, at, zone)
        planned.append((day, due_at))
        after = due_at + delay
    for (one, due_at), (other, _) in pairwise(planned):
        between = [one + n * DAY for n in range(1, (other - one).days)]
        assert one < other, f"{zone} {at}: {one} twice"
        assert {moment(day, at, zone) for day in between} <= {due_at}, f"{zone} {at} after {one}"
    return planned


def changes(year: int, zone: ZoneInfo) -> list[date]:
    """Return the dates of a year on which the clocks of a zone are changed."""
    noons = [datetime(year, 1, 1, 12, tzinfo=zone) + n * DAY for n in range(-1, 366)]
    return [other.date() for one, other in pairwise(noons) if one.utcoffset() != other.utcoffset()]
