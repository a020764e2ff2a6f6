import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.engine.chat import Rhythm
from tests.performance import Seen
from tests.services.evening import OWN_GOAL, PARTNER, PATIENT, THERAPIST, Evening

DAY = timedelta(days=1)
NIGHT = datetime(2027, 3, 1, 22, 0, tzinfo=UTC)  # 23:00 in Rome


def _nights(evening: Evening, number: int, first: int = 0) -> list[tuple[Seen, ...]]:
    """Let so many evenings pass; return what came on each."""
    return [evening.waits(NIGHT + (first + day) * DAY) for day in range(number)]


def _kinds(nights: list[tuple[Seen, ...]]) -> str:
    """Tell each evening in a letter: a goal asked for, a question, a last word, or nothing."""
    told = ""
    for seen in nights:
        assert len(seen) <= 1, "P6: never more than one push a local date"
        labels = [label for one in seen for row in one.rows for label in row]
        if not seen:
            told += "."
        elif "Fatto" in labels:
            told += "g"
        else:
            told += "q" if "In silenzio" in labels else "w"
    return told


def test_P6_silence_fades_to_a_week_and_then_to_nothing(evening: Evening) -> None:
    """Three evenings, a question, four weeks, a last word; no row is left waiting."""
    evening.takes_goal("18:30", OWN_GOAL)
    weeks = ("......" + "g") * 4
    assert _kinds(_nights(evening, 55)) == "gggq" + weeks + "......w" + "." * 16
    assert evening.chat().preferences.rhythm is Rhythm.SILENT
    assert "waiting" not in {state for _, state in evening.due()}
    assert [goal.misses for goal in evening.chat().goals] == [0]


def test_P6_the_door_stays_open(evening: Evening) -> None:
    """Whoever writes again hears nothing more than an answer; one tap brings the rhythm back."""
    evening.takes_goal("18:30", OWN_GOAL)
    _nights(evening, 45)
    evening.does(PARTNER, "/menu")
    assert _kinds(_nights(evening, 3, 45)) == "..."
    evening.does(PARTNER, "press rhythm daily")
    assert _kinds(_nights(evening, 2, 48)) == "gg"


def test_P6_an_answer_on_the_third_day_is_no_silence(evening: Evening) -> None:
    """The count begins anew with whatever the person does."""
    evening.takes_goal("18:30", OWN_GOAL)
    assert _kinds(_nights(evening, 3)) == "ggg"
    evening.does(PARTNER, "press goal_partly")
    assert _kinds(_nights(evening, 4, 3)) == "gggq"


def test_P6_a_week_is_a_week_from_the_last_one(evening: Evening) -> None:
    """Chosen in the settings after today's: the next one comes in seven days, at its hour."""
    evening.takes_goal("18:30", OWN_GOAL)
    assert _kinds(_nights(evening, 1)) == "g"
    evening.does(PARTNER, "/settings", "press pushes", "press rhythm", "press rhythm weekly")
    assert evening.due() == [("03-01", "sent"), ("03-08", "waiting")]
    assert _kinds(_nights(evening, 7, 1)) == "......g"


def test_P6_another_zone_replans_a_weekly_reminder(evening: Evening) -> None:
    """By the clock of the new place, and not before its week is over."""
    evening.takes_goal("18:30", OWN_GOAL)
    _nights(evening, 1)
    evening.does(PARTNER, "/settings", "press pushes", "press rhythm", "press rhythm weekly")
    evening.does(PARTNER, "/settings", "press place", "press country", "press more")
    evening.does(PARTNER, "press country US")
    assert evening.chat().preferences.zone == "America/New_York"
    assert evening.due()[-1] == ("03-08", "waiting")
    assert _kinds([evening.waits(datetime(2027, 3, 8, 23, 29, tzinfo=UTC))]) == "."
    assert _kinds([evening.waits(datetime(2027, 3, 8, 23, 31, tzinfo=UTC))]) == "g"


@pytest.mark.parametrize("seed", range(4))
def test_P6_never_more_than_one_push_a_local_date_whatever_is_chosen(
    evening: Evening, seed: int
) -> None:
    """Pauses, holidays, rhythms, hours and zones, tried at random over a month."""
    chance = random.Random(seed)
    evening.takes_goal("18:30", OWN_GOAL)
    deeds = (
        ("/menu",),
        ("/pause", "press days"),
        ("/holiday", "3/3 - 5/3/2028"),
        ("/pause", "20 marzo"),
        ("/settings", "press pushes", "press hour", "20:00"),
        ("/settings", "press pushes", "press hour", "13:00"),
        ("/settings", "press place", "press zone", "New York"),
        ("/settings", "press place", "press zone", "Roma"),
        ("/settings", "press pushes", "press rhythm", "press rhythm"),
        ("/stop", "press undo"),
    )
    pushed: list[str] = []
    for day in range(30):
        for at in (8, 15, 22):
            evening.waits(NIGHT.replace(hour=at) + day * DAY)
            if chance.random() < 0.2:
                deed = chance.choice(deeds)
                if deed[1:] == ("press days",) and _is_away(evening):
                    continue
                evening.does(PARTNER, *deed)
    pushed = [date for date, state in evening.due() if state == "sent"]
    assert len(set(pushed)) == len(pushed)
    assert len(pushed) >= 2


def _is_away(evening: Evening) -> bool:
    until = evening.chat().preferences.pause_until
    return until is not None and until > evening.now.date()


def test_P8_a_pause_between_claiming_and_sending(evening: Evening) -> None:
    """The worker that holds the row finds the pause, and the rhythm goes on behind it."""
    evening.takes_goal("18:30", OWN_GOAL)
    at = datetime(2027, 3, 1, 17, 30, tzinfo=UTC)
    (row,) = evening.claimed(at)
    evening.does(PARTNER, "/pause", "press days 1")
    assert not evening.fires(row, at)
    assert _kinds(_nights(evening, 2)) == ".g"


def test_a_pause_ends_by_itself_and_nothing_is_made_up_for(evening: Evening) -> None:
    """Notices of the pause are not said afterwards; the first reminder says hello once."""
    evening.takes_goal("18:30")
    evening.does(PARTNER, "/pause", "press days 3")
    evening.does(THERAPIST, "/menu")
    assert evening.does(PATIENT, "/revoke")
    assert _kinds(_nights(evening, 3)) == "..."
    evening.does(PATIENT, "press change", *["press yes"] * 5, "press confirm")
    (back,) = evening.waits(NIGHT + 3 * DAY)
    assert back.text.startswith("Ciao, rieccomi, come d'accordo.")
    assert _kinds(_nights(evening, 1, 4)) == "g"


def test_the_follow_up_after_a_red_card_is_never_paused(evening: Evening) -> None:
    """Whoever agreed to it gets it, pause or no pause."""
    with evening.parts.database.unit() as unit:
        unit.connection.exec_driver_sql("UPDATE person SET follow_up = 1")
    evening.does(PARTNER, "/pause", "press days 7")
    evening.does(PARTNER, "dice che vuole morire")
    (said,) = evening.waits(evening.now + timedelta(hours=25))
    assert said.text.startswith("Ciao, un saluto.")
