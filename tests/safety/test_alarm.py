from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.safety.alarm import (
    GREEN,
    Alarm,
    Card,
    Level,
    Question,
    card_for,
    hear,
    may_write_first,
    next_question,
    question_of,
    raise_red,
    rest,
    silences_reminders,
)
from bot.safety.reading import CALM, About, Reading, Tier

NOW = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
MOMENT = timedelta(seconds=1)
OTHER, SELF, UNCLEAR = About.OTHER, About.SELF, About.UNCLEAR
TRIGGERS = [f"R{n}" for n in range(1, 10)]


def red(trigger: str, about: About = OTHER) -> Reading:
    """A text read as red."""
    return Reading(Tier.RED, trigger, about=about)


@pytest.mark.parametrize(
    ("trigger", "about", "card"),
    [
        *[("R1", about, Card.NOW) for about in About],
        ("R2", OTHER, Card.OTHER),
        ("R2", SELF, Card.SELF),
        ("R2", UNCLEAR, Card.SELF),
        ("R3", OTHER, Card.OTHER),
        ("R3", SELF, Card.SELF),
        ("R3", UNCLEAR, Card.SELF),
        *[("R4", about, Card.MISSING) for about in About],
        *[("R5", about, Card.PSYCHOSIS) for about in About],
        *[("R6", about, Card.BIRTH) for about in About],
        ("R7", OTHER, Card.VIOLENCE),
        ("R7", SELF, Card.VIOLENCE_UNCLEAR),
        ("R7", UNCLEAR, Card.VIOLENCE_UNCLEAR),
        *[("R8", about, Card.CHILD) for about in About],
        *[("R9", about, Card.MEDICAL) for about in About],
        (None, OTHER, Card.OTHER),
        (None, UNCLEAR, Card.SELF),
    ],
)
def test_every_trigger_has_its_card(trigger: str | None, about: About, card: Card) -> None:
    """R1-R9: who is meant chooses among the variants and never lowers the tier."""
    assert card_for(trigger, about) is card
    assert hear(GREEN, Reading(Tier.RED, trigger, about=about), NOW).level is Level.RED


def test_every_card_answers_some_trigger() -> None:
    """No card stands in content without a way to it; one answers the button under SOS alone."""
    answering = {card_for(trigger, about) for trigger in TRIGGERS for about in About}
    assert answering == set(Card) - {Card.DANGER}


@pytest.mark.parametrize("level", Level)
def test_red_is_raised_from_anywhere(level: Level) -> None:
    """Also while a question is pending, and on the way out."""
    alarm = hear(Alarm(level, since=NOW, heard_at=NOW), red("R1"), LATER)
    assert (alarm.level, alarm.trigger, alarm.card) == (Level.RED, "R1", Card.NOW)
    assert alarm.heard_at == LATER


def test_the_first_moment_of_red_is_kept() -> None:
    """A second alarm changes the card and not the beginning; a pending question is no beginning."""
    first = hear(GREEN, red("R3"), NOW)
    assert hear(first, red("R1"), LATER).since == NOW
    assert hear(replace(first, level=Level.FOLLOWUP), red("R1"), LATER).since == NOW
    assert hear(Alarm(Level.CHECK, since=NOW), red("R1"), LATER).since == LATER


def test_a_red_text_without_a_trigger_counts_as_r3() -> None:
    """The reader may be sure of the tier and not of the kind."""
    assert hear(GREEN, Reading(Tier.RED), NOW).trigger == "R3"


def test_a_doubtful_text_asks_only_while_there_is_no_alarm() -> None:
    """CHECK raises from green, and begins anew while it is pending; in RED the card is there."""
    doubtful = Reading(Tier.CHECK, "R3")
    asked = hear(GREEN, doubtful, NOW)
    assert (asked.level, asked.since) == (Level.CHECK, NOW)
    assert hear(asked, doubtful, LATER).since == LATER
    for level in (Level.RED, Level.FOLLOWUP):
        alarm = Alarm(level, "R1", Card.NOW, NOW, NOW)
        assert hear(alarm, doubtful, LATER) == replace(alarm, heard_at=LATER)


@pytest.mark.parametrize("tier", [Tier.AMBER, Tier.NONE])
def test_other_texts_raise_nothing_and_are_heard(tier: Tier) -> None:
    """Whoever writes is there: the 72 hours begin anew."""
    assert hear(GREEN, Reading(tier), NOW) == GREEN
    alarm = Alarm(Level.RED, "R3", Card.SELF, NOW, NOW)
    assert hear(alarm, Reading(tier), LATER) == replace(alarm, heard_at=LATER)


@pytest.mark.parametrize("level", [Level.RED, Level.FOLLOWUP])
def test_an_alarm_rests_after_72_hours_of_silence(level: Level) -> None:
    """Not a second earlier, and each message begins them anew."""
    alarm = Alarm(level, "R3", Card.SELF, NOW, NOW)
    end = NOW + timedelta(hours=72)
    assert rest(alarm, end - MOMENT) == alarm
    assert rest(alarm, end) == GREEN
    assert rest(hear(alarm, CALM, LATER), end) != GREEN


def test_a_question_never_rests() -> None:
    """Unanswered, it meets whatever the person does next, however late."""
    asked = hear(GREEN, Reading(Tier.CHECK), NOW)
    assert rest(asked, NOW + timedelta(days=30)) == asked


def test_reminders_are_silent_in_red() -> None:
    """On the way out, too; until the alarm rests."""
    for level in (Level.RED, Level.FOLLOWUP):
        alarm = Alarm(level, "R3", Card.SELF, NOW, NOW)
        assert silences_reminders(alarm, NOW)
        assert silences_reminders(alarm, NOW + timedelta(hours=71))
        assert not silences_reminders(alarm, NOW + timedelta(hours=72))
    assert not silences_reminders(GREEN, NOW)


def test_reminders_rest_for_a_day_after_a_question() -> None:
    """The question stays, the reminders come back."""
    asked = hear(GREEN, Reading(Tier.CHECK), NOW)
    day = timedelta(hours=24)
    assert silences_reminders(asked, NOW + day - MOMENT)
    assert not silences_reminders(asked, NOW + day)
    assert silences_reminders(Alarm(Level.CHECK), NOW)


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_nothing_is_written_first_after_violence_or_for_a_child(trigger: str) -> None:
    """R7 and R8: a push may reach the wrong hands. The others: once, if it was agreed to."""
    alarm = hear(GREEN, red(trigger), NOW)
    assert may_write_first(alarm) is (trigger not in {"R7", "R8"})
    assert may_write_first(replace(alarm, level=Level.FOLLOWUP)) is may_write_first(alarm)


@pytest.mark.parametrize("quiet", ["R7", "R8"])
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_what_forbids_writing_first_is_not_forgotten(quiet: str, trigger: str) -> None:
    """R7, then R3: the person who must not see a push is still there."""
    alarm = hear(hear(GREEN, red(quiet), NOW), red(trigger), LATER)
    assert not may_write_first(alarm)
    assert alarm.card is card_for(trigger, OTHER)


@pytest.mark.parametrize("quiet", ["R7", "R8"])
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_doubt_forbids_writing_first_as_the_thing_itself_does(quiet: str, trigger: str) -> None:
    """Somebody who may be hit is not written to because a second text was about something else."""
    doubt = hear(GREEN, Reading(Tier.CHECK, quiet, about=OTHER), NOW)
    both = hear(doubt, Reading(Tier.CHECK, "R3"), NOW)
    for pending in (doubt, both):
        assert not may_write_first(raise_red(pending, trigger, OTHER, LATER))


def test_nothing_is_written_first_without_an_alarm() -> None:
    """A question is no card, and green is no alarm."""
    assert not may_write_first(GREEN)
    assert not may_write_first(hear(GREEN, Reading(Tier.CHECK), NOW))


@pytest.mark.parametrize(
    ("triggers", "question"),
    [
        ((None, "R1", "R2", "R3", "R4"), Question.DEATH),
        (("R5", "R6", "R7", "R8", "R9"), Question.DANGER),
    ],
)
def test_each_doubt_has_its_question(triggers: tuple[str, ...], question: Question) -> None:
    """R1-R4 are about dying; voices, a birth, violence, a child and the body about danger now."""
    for trigger in triggers:
        asked = hear(GREEN, Reading(Tier.CHECK, trigger), NOW)
        assert question_of(asked) is question
        assert next_question(asked) is None


@pytest.mark.parametrize("of_death", ["R1", "R2", "R3", "R4"])
@pytest.mark.parametrize("of_danger", ["R5", "R6", "R7", "R8", "R9"])
@pytest.mark.parametrize("death_first", [True, False])
def test_no_later_doubt_takes_a_question_back(
    of_death: str, of_danger: str, *, death_first: bool
) -> None:
    """Both are asked, death first, in whatever order they were written, and however often."""
    written = [of_death, of_danger] if death_first else [of_danger, of_death]
    alarm = GREEN
    for trigger in (*written, *written):
        alarm = hear(alarm, Reading(Tier.CHECK, trigger, about=OTHER), NOW)
    assert (alarm.level, question_of(alarm), alarm.trigger) == (
        Level.CHECK,
        Question.DEATH,
        of_death,
    )
    then = next_question(alarm)
    assert then
    assert (then.trigger, then.card) == (of_danger, card_for(of_danger, OTHER))
    assert question_of(then) is Question.DANGER
    assert next_question(then) is None


def test_modules_and_goals_rest_only_in_red() -> None:
    """While the question is pending the chat is not closed, it is only met by it."""
    assert [level for level in Level if Alarm(level).closed] == [Level.RED, Level.FOLLOWUP]


def test_an_alarm_never_holds_a_text() -> None:
    """What is kept of an emergency: level, trigger, card and two times."""
    alarm = raise_red(GREEN, "R2", SELF, NOW)
    assert alarm == Alarm(Level.RED, "R2", Card.SELF, NOW, NOW)
