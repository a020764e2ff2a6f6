"""The alarm of one chat: green, a question pending, red, or on the way out of red.

It is a value kept beside the place in the dialogue, because it must outlive every flow:
a restart, `/start`, another language, a cleared chat. Source of every rule: safety.md.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.safety.reading import About, Reading, Tier

RED_RESTS_AFTER = timedelta(hours=72)
CHECK_QUIETS_REMINDERS_FOR = timedelta(hours=24)


class Level(StrEnum):
    """Where a chat stands between a calm evening and an emergency."""

    GREEN = "green"
    CHECK = "check"
    RED = "red"
    FOLLOWUP = "followup"


class Question(StrEnum):
    """The direct questions of CHECK."""

    DEATH = "death"
    DANGER = "danger"


class Card(StrEnum):
    """The emergency cards; each has its text in content under `card.<name>`."""

    DANGER = "danger"
    NOW = "now"
    OTHER = "other"
    SELF = "self"
    MISSING = "missing"
    PSYCHOSIS = "psychosis"
    BIRTH = "birth"
    VIOLENCE = "violence"
    VIOLENCE_UNCLEAR = "violence_unclear"
    CHILD = "child"
    MEDICAL = "medical"


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is remembered of an alarm: level, trigger, card and two times (UTC). Never a text.

    While a question is pending, `trigger` chooses the question; a card that another kind of danger
    has says that the other question follows (docs/decisions/007).
    """

    level: Level = Level.GREEN
    trigger: str | None = None
    card: Card | None = None
    since: datetime | None = None
    heard_at: datetime | None = None

    @property
    def closed(self) -> bool:
        """Whether modules, goals and reminders rest."""
        return self.level in {Level.RED, Level.FOLLOWUP}


GREEN = Alarm()

_CARDS = {
    "R1": Card.NOW,
    "R4": Card.MISSING,
    "R5": Card.PSYCHOSIS,
    "R6": Card.BIRTH,
    "R8": Card.CHILD,
    "R9": Card.MEDICAL,
}
_QUIET_TRIGGERS = {"R7", "R8"}
_ASK_OF_DANGER = {
    Card.PSYCHOSIS: "R5",
    Card.BIRTH: "R6",
    Card.VIOLENCE: "R7",
    Card.VIOLENCE_UNCLEAR: "R7",
    Card.CHILD: "R8",
    Card.MEDICAL: "R9",
}
"""The cards that answer a danger which is no thought of dying, with their trigger."""


def card_for(trigger: str | None, about: About) -> Card:
    """Return the card that answers a trigger; who is meant chooses among the variants."""
    if trigger == "R7":
        return Card.VIOLENCE if about is About.OTHER else Card.VIOLENCE_UNCLEAR
    if trigger in _CARDS:
        return _CARDS[trigger]
    return Card.OTHER if about is About.OTHER else Card.SELF


def raise_red(alarm: Alarm, trigger: str, about: About, at: datetime) -> Alarm:
    """Return the alarm in RED with the card of `trigger`; the first moment is kept.

    So is a trigger after which nothing may be pushed, whatever else is heard later.
    """
    since = alarm.since if alarm.closed and alarm.since else at
    before = _ASK_OF_DANGER.get(alarm.card) if alarm.card else None
    # A doubt that was pending counts as well: the hands that must not see a push are the same.
    hushed = _QUIET_TRIGGERS & {alarm.trigger, before, trigger}
    kept = min(hushed) if hushed else trigger
    return Alarm(Level.RED, kept, card_for(trigger, about), since, at)


def hear(alarm: Alarm, reading: Reading, at: datetime) -> Alarm:
    """Return the alarm after one text was read.

    RED always raises. CHECK raises only from green: inside RED the card is already there.
    """
    if reading.tier is Tier.RED:
        return raise_red(alarm, reading.trigger or "R3", reading.about, at)
    if reading.tier is Tier.CHECK and alarm.level in {Level.GREEN, Level.CHECK}:
        card = card_for(reading.trigger, reading.about)
        asked = Alarm(Level.CHECK, reading.trigger, card, at, at)
        return _both(alarm, asked) if alarm.level is Level.CHECK else asked
    return alarm if alarm.level is Level.GREEN else replace(alarm, heard_at=at)


def question_of(alarm: Alarm) -> Question:
    """Return which question a pending alarm asks first."""
    return Question.DANGER if alarm.trigger in _ASK_OF_DANGER.values() else Question.DEATH


def next_question(alarm: Alarm) -> Alarm | None:
    """Return the alarm that asks of danger after a no to thoughts of dying, if one is to follow."""
    follows = _ASK_OF_DANGER.get(alarm.card) if alarm.card else None
    if follows is None or question_of(alarm) is Question.DANGER:
        return None
    return replace(alarm, trigger=follows)


def _both(pending: Alarm, heard: Alarm) -> Alarm:
    """Return one alarm for two doubts: no text that comes later takes a question back."""
    if next_question(pending):
        return replace(pending, since=heard.since, heard_at=heard.heard_at)
    if question_of(pending) is question_of(heard):
        return heard
    of_death, of_danger = sorted((pending, heard), key=question_of, reverse=True)
    return replace(heard, trigger=of_death.trigger, card=of_danger.card)


def rest(alarm: Alarm, at: datetime) -> Alarm:
    """Return green when a closed alarm has not heard the person for 72 hours."""
    if alarm.closed and alarm.heard_at and at - alarm.heard_at >= RED_RESTS_AFTER:
        return GREEN
    return alarm


def silences_reminders(alarm: Alarm, at: datetime) -> bool:
    """Whether a reminder must not be sent now: in RED always, after a CHECK for 24 hours."""
    if alarm.level is Level.CHECK:
        return alarm.since is None or at - alarm.since < CHECK_QUIETS_REMINDERS_FOR
    return rest(alarm, at).closed


def may_write_first(alarm: Alarm) -> bool:
    """Whether a follow-up may be pushed at all: never where a push may reach the wrong hands."""
    return alarm.level in {Level.RED, Level.FOLLOWUP} and alarm.trigger not in _QUIET_TRIGGERS
