"""After control or violence, what works on two people rests (safety.md, A7)."""

from datetime import UTC, datetime, timedelta

from bot.safety.control import RESTS_FOR, rests

TOLD = datetime(2027, 3, 1, 12, tzinfo=UTC)


def test_it_rests_for_a_week_A7_R7() -> None:
    """To the second, and not at all when nothing was told."""
    assert timedelta(days=7) == RESTS_FOR
    assert rests(TOLD, TOLD)
    assert rests(TOLD, TOLD + RESTS_FOR - timedelta(seconds=1))
    assert not rests(TOLD, TOLD + RESTS_FOR)
    assert not rests(None, TOLD)
