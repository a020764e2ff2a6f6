from datetime import UTC, datetime, timedelta

import pytest

from bot.services import deliver, remind
from bot.services.heard import Heard
from bot.store.dues import State
from bot.terminal.stage import ACCOUNTS
from tests.performance import Seen
from tests.services.evening import (
    OWN_GOAL,
    PARTNER,
    PATIENT,
    THERAPIST,
    WORKER,
    Evening,
)

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


def rome(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of March 2027 by the clocks of Rome, before summer time."""
    return datetime(2027, 3, day, hour - 1, minute, tzinfo=UTC)


def asks(seen: tuple[Seen, ...]) -> int:
    """How many reminders there are among messages: they alone can be put off or answered."""
    return sum("Fatto" in [label for row in one.rows for label in row] for one in seen)


def test_P6_a_reminder_comes_once_at_its_hour_and_the_next_day_is_planned(
    evening: Evening,
) -> None:
    """Nothing a minute before; afterwards only tomorrow's waits."""
    evening.takes_goal("18:30")
    assert asks(evening.waits(rome(1, 18, 29))) == 0
    assert asks(evening.waits(rome(1, 23))) == 1
    assert evening.due() == [("03-01", "sent"), ("03-02", "waiting")]


@pytest.mark.parametrize(
    ("late", "is_said"), [(2 * HOUR, True), (2 * HOUR + MINUTE, False), (30 * HOUR, False)]
)
def test_P6_a_late_reminder_is_skipped_and_the_next_one_planned(
    evening: Evening, late: timedelta, *, is_said: bool
) -> None:
    """Two hours are the window; what lies beyond is recorded, not sent, and the rhythm goes on."""
    evening.takes_goal("18:30")
    at = rome(1, 18, 30) + late
    (row,) = evening.claimed(at)
    assert evening.fires(row, at) is is_said
    (today, state), (following, waiting) = evening.due()
    assert (today, state) == ("03-01", "sending" if is_said else "skipped")
    assert (following, waiting) == ("03-03" if late > DAY else "03-02", "waiting")


def test_P6_one_reminder_a_date_however_often_the_hour_is_changed(evening: Evening) -> None:
    """Whoever had today's reminder and moves the hour to later today is asked again tomorrow."""
    evening.takes_goal("18:30")
    hours = ("/goals", "press open", "press hour")
    evening.does(PARTNER, *hours, "20:00", *hours, "17:45")
    assert evening.due() == [("03-01", "waiting")]
    assert asks(evening.waits(rome(1, 18))) == 1
    evening.does(PARTNER, *hours, "20:15", *hours, "21:00")
    assert asks(evening.waits(rome(2, 20, 59))) == 0
    assert asks(evening.waits(rome(2, 23))) == 1
    assert evening.due()[:2] == [("03-01", "sent"), ("03-02", "sent")]


def test_P6_a_zone_further_west_brings_no_second_reminder_of_the_date(evening: Evening) -> None:
    """In New York it is noon when Rome had its reminder at half past six: the date is the same."""
    evening.takes_goal("18:30")
    assert asks(evening.waits(rome(1, 18, 30))) == 1
    evening.does(PARTNER, "/settings", "press place", "press zone", "New York")
    assert evening.chat().preferences.zone == "America/New_York"
    assert asks(evening.waits(rome(2, 12))) == 0
    assert asks(evening.waits(rome(3, 1))) == 1


def test_P6_it_can_be_put_off_for_an_hour_once(evening: Evening) -> None:
    """The one that comes later has no such button, and a second press plans nothing."""
    evening.takes_goal("18:30")
    evening.waits(rome(1, 18, 30))
    evening.does(PARTNER, "press goal_snooze")
    assert evening.due(kind="snooze") == [("03-01", "waiting")]
    (later,) = evening.waits(rome(1, 19, 31))
    assert "Fatto" in later.rows[0]
    assert "Più tardi" not in [label for row in later.rows for label in row]
    assert evening.due(kind="snooze") == [("03-01", "sent")]
    assert asks(evening.waits(rome(1, 23))) == 0


def test_P6_a_reminder_that_is_put_off_never_comes_in_quiet_hours(evening: Evening) -> None:
    """An hour after nine in the evening is quiet; nothing comes, and tomorrow is as usual."""
    evening.takes_goal("21:00")
    evening.waits(rome(1, 21))
    evening.does(PARTNER, "press goal_snooze")
    assert evening.due(kind="snooze") == []
    assert asks(evening.waits(rome(2, 20))) == 0
    assert asks(evening.waits(rome(2, 21))) == 1


def test_P6_quiet_hours_that_were_set_later_are_kept(evening: Evening) -> None:
    """The hour was fine when it was chosen; at the moment of sending it is not."""
    evening.takes_goal("18:30")
    evening.does(PARTNER, "/settings", "press pushes", "press quiet", "dalle 18 alle 20")
    assert asks(evening.waits(rome(1, 23))) == 0
    assert evening.due() == [("03-01", "skipped"), ("03-02", "waiting")]


@pytest.mark.parametrize("claimed", [False, True], ids=["planned", "claimed"])
def test_P8_consent_revoked_before_the_moment_of_sending(
    evening: Evening, *, claimed: bool
) -> None:
    """A goal of both is sealed: its reminder is not sent, even if a worker holds the row."""
    evening.takes_goal("18:30")
    rows = evening.claimed(rome(1, 18, 30)) if claimed else ()
    evening.does(PATIENT, "/revoke")
    for row in rows:
        assert not evening.fires(row, rome(1, 18, 30))
    assert asks(evening.waits(rome(2, 23))) == 0


def test_P6_reminders_come_again_when_what_was_sealed_opens_again(evening: Evening) -> None:
    """Consent given anew within thirty days: the goal is back, and so is its evening."""
    evening.takes_goal("18:30")
    evening.does(PATIENT, "/revoke")
    evening.does(PARTNER, "/settings", "press pushes", "press hour", "19:00")
    assert asks(evening.waits(rome(3, 12))) == 0
    evening.does(PATIENT, "press change", *["press yes"] * 5, "press confirm")
    assert asks(evening.waits(rome(3, 19))) == 1


def test_P6_a_case_that_is_closed_ends_the_rhythm(evening: Evening) -> None:
    """What can never open again leaves no row behind, evening after evening."""
    evening.takes_goal("18:30")
    evening.does(THERAPIST, "/menu", "press cases", "press case", "press manage")
    evening.does(THERAPIST, "press close", "press ended", "press close 1")
    evening.waits(rome(4, 23))
    assert evening.due() == [("03-01", "skipped")]


def test_P8_the_partners_own_goal_goes_on_after_a_revocation(evening: Evening) -> None:
    """It is the partner's own care, and nobody else's consent."""
    evening.takes_goal("18:30", OWN_GOAL)
    evening.does(PATIENT, "/revoke")
    assert asks(evening.waits(rome(1, 23))) == 1


@pytest.mark.parametrize("claimed", [False, True], ids=["planned", "claimed"])
def test_red_between_planning_and_sending(evening: Evening, *, claimed: bool) -> None:
    """In an emergency nobody is asked about a walk; afterwards goals rest until turned on."""
    evening.takes_goal("18:30", OWN_GOAL)
    rows = evening.claimed(rome(1, 18, 30)) if claimed else ()
    (card,) = evening.does(PARTNER, "dice che vuole morire")
    assert card.text.startswith("Pericolo ora: chiama 112.")
    for row in rows:
        assert not evening.fires(row, rome(1, 18, 30))
    assert asks(evening.waits(rome(2, 23))) == 0
    evening.does(PARTNER, "press safe_now", "press go_on", "press safe")
    assert asks(evening.waits(rome(3, 23))) == 0
    evening.does(PARTNER, "/menu", "press goals_on")
    assert asks(evening.waits(rome(4, 23))) == 1


def test_a_pending_question_quiets_reminders_for_a_day(evening: Evening) -> None:
    """CHECK unanswered: nothing is pushed for 24 hours, then reminders come again."""
    evening.takes_goal("18:30", OWN_GOAL)
    evening.does(PARTNER, "dice che è un peso")
    assert asks(evening.waits(rome(1, 23))) == 0
    assert asks(evening.waits(rome(2, 23))) == 1


def test_whoever_says_stop_while_a_worker_holds_the_row_gets_nothing(evening: Evening) -> None:
    """`/stop` takes the row away from the worker."""
    evening.takes_goal("18:30")
    (row,) = evening.claimed(rome(1, 18, 30))
    evening.does(PARTNER, "/stop")
    assert not evening.fires(row, rome(1, 18, 30))
    assert evening.due() == []


def test_blocked_nothing_is_sent_and_after_unblocking_the_next_one_comes(evening: Evening) -> None:
    """The rhythm goes on in silence, so that whoever comes back is asked on the next evening."""
    evening.takes_goal("18:30")
    evening.hears(Heard(ACCOUNTS[PARTNER], "blocked"))
    assert asks(evening.waits(rome(2, 23))) == 0
    assert evening.due() == [("03-01", "skipped"), ("03-02", "skipped"), ("03-03", "waiting")]
    evening.hears(Heard(ACCOUNTS[PARTNER], "unblocked"))
    assert asks(evening.waits(rome(3, 23))) == 1


def test_a_send_that_finds_the_bot_blocked_ends_all_pushes(evening: Evening) -> None:
    """Telegram says 403 once; what was on its way is dropped, not kept for later."""
    evening.takes_goal("18:30")
    (row,) = evening.claimed(rome(1, 18, 30))
    assert evening.fires(row, rome(1, 18, 30))
    deliver.blocked(evening.parts, row.person, rome(1, 18, 30))
    remind.settle(evening.parts, row, State.SKIPPED, rome(1, 18, 30), WORKER, timedelta(seconds=30))
    assert deliver.unsent(evening.parts, row.person, row.id) == ()
    evening.hears(Heard(ACCOUNTS[PARTNER], "unblocked"))
    assert deliver.unsent(evening.parts, row.person) == ()
    assert evening.due() == [("03-01", "skipped"), ("03-02", "waiting")]


def test_an_erased_person_is_asked_nothing_any_more(evening: Evening) -> None:
    """Their rows are gone, and a worker that still holds one finds nothing to do."""
    evening.takes_goal("18:30")
    (row,) = evening.claimed(rome(1, 18, 30))
    evening.does(PARTNER, "/delete", "press yes")
    assert not evening.fires(row, rome(1, 18, 30))
    assert evening.waits(rome(3, 23)) == ()


def test_P3_a_reminder_with_an_unclear_end_is_never_sent_again(evening: Evening) -> None:
    """It stays visible as `unknown`; the next day's comes as usual."""
    evening.takes_goal("18:30")
    at = rome(1, 18, 30)
    (row,) = evening.claimed(at)
    assert evening.fires(row, at)
    assert evening.claimed(at + remind.LEASE) == ()
    assert evening.due() == [("03-01", "unknown"), ("03-02", "waiting")]
    assert deliver.unsent(evening.parts, row.person, row.id) == ()


def test_P3_a_contact_request_with_an_unclear_end_is_told_again(evening: Evening) -> None:
    """At least once: whoever leads the therapy must learn of it."""
    evening.does(PARTNER, "/menu", "press contact", "press topic", "press request")
    evening.hears_press(ACCOUNTS[PARTNER], "send")
    at = evening.now
    for _ in range(2):
        (row,) = evening.claimed(at)
        assert (row.kind, evening.fires(row, at)) == ("notice", True)
        assert len(deliver.unsent(evening.parts, row.person, row.id)) == 1
        at += remind.LEASE
    assert evening.due(THERAPIST, "notice") == [("03-01", "sending")]
