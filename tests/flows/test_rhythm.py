from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.chat import Chat, Rhythm
from bot.engine.effects import SaveGoal, Say
from bot.engine.events import ButtonPressed, MediaReceived, ReminderDue
from bot.flows import away, rhythm
from bot.flows.house import dialogue
from bot.flows.notices import reminder
from bot.flows.reminder_hour import set_hour
from tests.starts import EVENING, MODULES, OFFER, STARTS
from tests.telling import text_id

PARTNER = STARTS["partner_goal"]
DAY = timedelta(days=1)
HOUSE = dialogue(OFFER, MODULES)


def _evening(chat: Chat, day: int) -> tuple[Chat, list[str]]:
    """Let the reminder of a day come; return the chat and what was said."""
    at = EVENING + day * DAY
    chat, effects = reminder(chat, ReminderDue(at=at, day=at.date()))
    return chat, [text_id(effect.text) for effect in effects if isinstance(effect, Say)]


def test_P6_three_silent_days_one_question_four_silent_weeks_one_last_word() -> None:
    """Whether a row comes every day or not, nothing more than this is said."""
    said, chat = [], PARTNER
    for day in (0, 1, 2, 3, *range(10, 60, 7)):
        chat, texts = _evening(chat, day)
        said.append(texts[0].partition("_")[0] if texts else "")
        said[-1] += chat.preferences.rhythm[0]
    assert said[:4] == ["reminder.goald"] * 3 + ["fade.tow"]
    assert said[4:] == ["reminder.goalw"] * 4 + ["fade.tos"] + ["s"] * 3


def test_silence_is_never_a_miss() -> None:
    """However long it lasts, no goal grows smaller, and none is put to rest."""
    chat = PARTNER
    for day in range(30):
        chat, _ = _evening(chat, day)
    assert [(goal.misses, goal.active, goal.smaller) for goal in chat.goals] == [(0, True, False)]
    assert not chat.goals_off


@given(st.integers(0, 5))
def test_whatever_a_person_does_is_no_silence(asked: int) -> None:
    """Even a photo that nobody reads: somebody is there."""
    chat = replace(PARTNER, unheard=asked)
    heard = HOUSE.turn(chat, MediaReceived(at=EVENING, kind="photo")).chat
    assert heard.unheard == 0
    assert heard.preferences.rhythm is chat.preferences.rhythm


@pytest.mark.parametrize("faded", [Rhythm.WEEKLY, Rhythm.SILENT])
def test_an_act_does_not_bring_the_old_rhythm_back(faded: Rhythm) -> None:
    """Only a choice does."""
    chat = replace(PARTNER, preferences=replace(PARTNER.preferences, rhythm=faded))
    heard = HOUSE.turn(chat, MediaReceived(at=EVENING, kind="voice")).chat
    assert heard.preferences.rhythm is faded
    press = ButtonPressed(at=EVENING, move="rhythm", value="daily")
    assert HOUSE.turn(heard, press).chat.preferences.rhythm is Rhythm.DAILY


def test_a_reminder_that_was_put_off_counts_once() -> None:
    """Its day's own has been counted, and the person has just answered it."""
    chat, _ = _evening(PARTNER, 0)
    at = EVENING + timedelta(hours=1)
    again = ReminderDue(at=at, day=at.date(), goal="goalmine")
    assert reminder(chat, again)[0].unheard == chat.unheard == 1


@given(st.lists(st.sampled_from(["silent", "acts", "daily", "weekly", "silence"]), max_size=90))
def test_P6_never_more_than_one_push_a_local_date(evenings: list[str]) -> None:
    """Whatever the person does or leaves undone, and only while a rhythm wants it."""
    chat, dates = PARTNER, []
    for day, deed in enumerate(evenings):
        was = chat.preferences.rhythm
        chat, texts = _evening(chat, day)
        dates += [EVENING.date() + day * DAY] * len(texts)
        assert not (texts and was is Rhythm.SILENT)
        chat = _after(chat, deed, day)
    assert len(set(dates)) == len(dates)


def _after(chat: Chat, deed: str, day: int) -> Chat:
    at = EVENING + day * DAY + timedelta(hours=1)
    if deed == "silent":
        return chat
    if deed == "acts":
        return HOUSE.turn(chat, MediaReceived(at=at, kind="photo")).chat
    value = "silent" if deed == "silence" else deed
    return HOUSE.turn(chat, ButtonPressed(at=at, move="rhythm", value=value)).chat


@given(st.integers(0, 40), st.integers(1, 20), st.integers(0, 60))
def test_P6_nothing_is_pushed_on_holiday_and_the_return_is_said_once(
    starts: int, length: int, until: int
) -> None:
    """From the first to the last day, both included; afterwards without what was left out."""
    first = EVENING.date() + starts * DAY
    wishes = replace(PARTNER.preferences, holiday_from=first, holiday_to=first + (length - 1) * DAY)
    chat = replace(PARTNER, preferences=wishes)
    said: dict[date, list[str]] = {}
    for day in range(until):
        chat, said[EVENING.date() + day * DAY] = _evening(replace(chat, unheard=0), day)
    quiet = {first + day * DAY for day in range(length)}
    assert all(bool(texts) == (day not in quiet) for day, texts in said.items())
    back = [day for day, texts in said.items() if texts == ["pushes.back"]]
    assert back == [day for day in said if day == first + length * DAY]


def test_P8_a_pause_that_is_set_after_the_row_was_claimed_holds() -> None:
    """What is looked at is the moment of sending; nothing of the goal changes."""
    press = ButtonPressed(at=EVENING, move="days", value="1")
    paused, _ = away.pause_for(PARTNER, press)
    again, effects = reminder(paused, ReminderDue(at=EVENING, day=EVENING.date()))
    assert again == paused
    assert not [effect for effect in effects if isinstance(effect, Say | SaveGoal)]


@given(st.integers(0, 23), st.integers(1, 7))
def test_a_pause_skips_as_many_reminders_as_it_has_days(hour: int, days: int) -> None:
    """Whether today's has been or is still to come."""
    now = EVENING.replace(hour=hour)
    chat, _ = away.pause_for(PARTNER, ButtonPressed(at=now, move="days", value=str(days)))
    until = chat.preferences.pause_until
    assert until is not None
    local = away.local(PARTNER, now)
    todays_is_over = local.time() >= PARTNER.preferences.reminder_at
    assert until - local.date() == (days + todays_is_over) * DAY


def test_a_goal_with_a_new_hour_ends_a_chosen_silence() -> None:
    """Whoever names an hour wants to hear; a weekly rhythm stays weekly."""
    for before, after in ((Rhythm.SILENT, Rhythm.DAILY), (Rhythm.WEEKLY, Rhythm.WEEKLY)):
        chat = replace(PARTNER, preferences=replace(PARTNER.preferences, rhythm=before))
        heard = ButtonPressed(at=EVENING, move="hour", value="13:00")
        assert set_hour(chat, heard)[0].preferences.rhythm is after


def test_every_rhythm_can_be_reached_from_every_other() -> None:
    """By the buttons of the settings."""
    for now in Rhythm:
        chat = replace(PARTNER, preferences=replace(PARTNER.preferences, rhythm=now))
        offered = {b.value for b in rhythm.choices(chat, MediaReceived(at=EVENING, kind="photo"))}
        assert offered == set(Rhythm) - {now}
