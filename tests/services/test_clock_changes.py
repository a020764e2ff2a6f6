from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.bootstrap import chance
from bot.services import remind
from bot.services.heard import Heard
from bot.store.dues import State
from bot.terminal.stage import ACCOUNTS
from tests.services.evening import OWN_GOAL, PARTNER, WORKER, Evening

ROME = ZoneInfo("Europe/Rome")
DAY = timedelta(days=1)


@pytest.mark.parametrize("change", [date(2027, 3, 28), date(2027, 10, 31)], ids=str)
def test_P6_half_past_two_on_the_nights_the_clocks_change(evening: Evening, change: date) -> None:
    """Exactly one reminder a date, ten minutes at a time through nine nights around the change.

    On 28 March 2027 there is no half past two in Rome, on 31 October it comes twice.
    """
    evening.does(PARTNER, "/settings", "press pushes", "press quiet", "press off")
    begins = datetime.combine(change - 4 * DAY, datetime.min.time(), ROME).astimezone(UTC)
    evening.theatre.stage.now = begins
    evening.does(PARTNER, *OWN_GOAL, "02:30")
    sent = list(reminders(evening, begins, begins + 9 * DAY))
    local = [moment.astimezone(ROME) for moment in sent]
    assert [moment.date() for moment in local] == [change + n * DAY for n in range(-4, 5)]
    shown = [f"{moment:%H:%M}" for moment in local]
    assert shown == ["03:30" if change.month == 3 and n == 4 else "02:30" for n in range(9)]
    with_summer = local[4].utcoffset()
    assert with_summer == timedelta(hours=2), "of two half past twos the first, before the change"


def reminders(evening: Evening, begins: datetime, ends: datetime) -> Iterator[datetime]:
    """Tick every ten minutes; yield the moments at which a reminder was sent.

    Somebody reacts to each of them: reminders that meet silence grow rare.
    """
    at = begins
    while at < ends:
        for due in remind.claim(evening.parts, at, WORKER):
            if remind.fire(evening.parts, due, at, WORKER, chance()):
                remind.settle(evening.parts, due, State.SENT, at, WORKER, timedelta())
                evening.hears(Heard(ACCOUNTS[PARTNER], "media", name="photo"))
                yield at
        at += timedelta(minutes=10)
