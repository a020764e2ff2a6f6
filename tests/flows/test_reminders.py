from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.chat import Chat, Goal
from bot.engine.effects import PlanReminder, Say
from bot.engine.events import ReminderDue
from bot.flows.hours import in_quiet_hours
from bot.flows.notices import reminder
from bot.flows.onboarding import ZONES
from bot.safety.alarm import Alarm, Card, Level
from tests.promises import MOST_BUTTONS
from tests.starts import EVENING, STARTS

PARTNER = STARTS["partner_goal"]
THREE = STARTS["partner_three"]
TODAY = EVENING.date()


def _due(at: datetime = EVENING, goal: str = "") -> ReminderDue:
    return ReminderDue(at=at, day=at.date(), goal=goal)


def _said(chat: Chat, event: ReminderDue) -> list[Say]:
    return [effect for effect in reminder(chat, event)[1] if isinstance(effect, Say)]


@given(
    st.timedeltas(timedelta(0), timedelta(days=400)),
    st.sampled_from(sorted(set(ZONES.values()))),
    st.times(),
    st.times(),
)
def test_no_reminder_is_ever_said_in_quiet_hours(
    later: timedelta, zone: str, start: time, end: time
) -> None:
    """P6: wherever one lives, whatever was set; otherwise it is said, once."""
    at = EVENING + later
    wishes = replace(PARTNER.preferences, zone=zone, quiet_from=start, quiet_to=end)
    quiet = in_quiet_hours(at.astimezone(ZoneInfo(zone)).time(), start, end)
    assert len(_said(replace(PARTNER, preferences=wishes), _due(at))) == (not quiet)


@pytest.mark.parametrize(
    "resting",
    [
        replace(PARTNER, goals_off=True),
        replace(PARTNER, preferences=replace(PARTNER.preferences, pushes=False)),
        replace(PARTNER, goals=()),
        replace(PARTNER, goals=(replace(PARTNER.goals[0], active=False),)),
        replace(PARTNER, goals=(replace(PARTNER.goals[0], answered_on=TODAY),)),
        *(
            replace(PARTNER, alarm=Alarm(level, "R3", Card.SELF, EVENING, EVENING))
            for level in (Level.RED, Level.FOLLOWUP, Level.CHECK)
        ),
    ],
    ids=["off", "stopped", "no goal", "let go", "answered", "red", "followup", "check"],
)
def test_everything_is_looked_at_again_when_the_reminder_is_due(resting: Chat) -> None:
    """Nothing is said, and tomorrow's is planned (P8)."""
    assert reminder(resting, _due()) == (resting, (PlanReminder(EVENING),))
    assert reminder(resting, _due(goal="goalmine")) == (resting, ())


def test_the_goal_asked_longest_ago_comes_first() -> None:
    """One a day; one never asked about comes before all the others."""
    asked = []
    chat = THREE
    for day in range(4):
        chat, _ = reminder(replace(chat, unheard=0), _due(EVENING + timedelta(days=day)))
        asked.append(max(chat.goals, key=lambda goal: goal.asked_on or date.min).id)
    assert asked == ["goalword", "goalboth", "goalmine", "goalword"]


def test_a_reminder_asks_with_buttons_that_never_grow_old() -> None:
    """Done, partly, not today, later; the second time without a later."""
    for event, moves in (
        (_due(), ["done", "partly", "not_today", "snooze"]),
        (_due(goal="goalmine"), ["done", "partly", "not_today"]),
    ):
        say = _said(PARTNER, event)[0]
        buttons = [button for row in say.rows[:-1] for button in row]
        assert [button.move for button in buttons] == [f"goal_{move}" for move in moves]
        assert {(b.value, b.lasting) for b in buttons} == {("goalmine.270301", True)}
        assert say.push
        assert len(buttons) <= MOST_BUTTONS


def test_only_the_next_one_is_planned() -> None:
    """A snoozed reminder plans none: the day's own has done so."""
    assert PlanReminder(EVENING) in reminder(PARTNER, _due())[1]
    assert PlanReminder(EVENING) not in reminder(PARTNER, _due(goal="goalmine"))[1]


def test_a_snoozed_reminder_asks_about_its_own_goal() -> None:
    """Even if another was asked about longer ago."""
    chat, _ = reminder(THREE, _due(goal="goalboth"))
    asked: dict[str, Goal] = {goal.id: goal for goal in chat.goals}
    assert asked["goalboth"].asked_on == TODAY
    assert asked["goalword"].asked_on is None
