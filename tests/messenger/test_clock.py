from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.messenger.clock import ControlClock
from bot.messenger.fake import FakeTelegram, Settings
from tests.messenger.conftest import MORNING


def test_the_clock_is_that_of_the_fake_server() -> None:
    """It is read anew each time, so a test moves both with one call."""
    with FakeTelegram.in_thread(Settings(now=MORNING)) as server, ControlClock(server.url) as clock:
        assert clock.now() == MORNING
        server.advance(86_400)
        assert clock.now() == MORNING + timedelta(days=1)
        server.set_clock(datetime(2027, 10, 31, 0, 30, tzinfo=UTC))
        assert clock.now().isoformat() == "2027-10-31T00:30:00+00:00"


def test_a_clock_that_does_not_answer_says_so() -> None:
    """Better no time than a wrong one."""
    with ControlClock("http://127.0.0.1:9") as clock, pytest.raises(httpx.HTTPError):
        clock.now()
