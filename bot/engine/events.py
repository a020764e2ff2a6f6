"""What can happen in a chat. Each event carries its time and, if a turn needs them, its chances.

`seed` is 16 random bytes drawn at the edge: every id, secret and varied reply of the turn is
derived from it, so the same event always gives the same turn.
"""

from dataclasses import dataclass
from datetime import date, datetime

from bot.engine.chat import Role
from bot.safety.reading import CALM, Reading


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a code or link that somebody presented stands for; looked up before the turn.

    `refused` names why it cannot be used by this person; the reply is the same for every reason
    except that a person already in the case is told so.
    """

    id: str = ""
    role: Role = Role.VISITOR
    case: str = ""
    practice: str = ""
    number: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at `at` (aware, UTC)."""

    at: datetime
    seed: bytes = bytes(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed(Event):
    """A signed button was pressed; `revision` is None for buttons that never grow old."""

    move: str
    value: str = ""
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReceived(Event):
    """A text, also a caption or an edited one, with the reading made of it before the turn."""

    text: str
    reading: Reading = CALM
    edited: bool = False
    invitation: Invitation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandGiven(Event):
    """A slash command by its canonical name, with what followed it."""

    name: str
    value: str = ""
    reading: Reading = CALM
    invitation: Invitation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaReceived(Event):
    """Something we do not read.

    `kind` is one of voice, photo, sticker, video, file, place, contact, other. What was written
    under it is read for safety and dropped: `reading`.
    """

    kind: str
    reading: Reading = CALM


Worded = TextReceived | CommandGiven | MediaReceived
"""What comes with words that were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDue(Event):
    """The day's reminder is due on the local date `day`; a snoozed one names its `goal`."""

    day: date
    goal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDue(Event):
    """The weekly look at the signs is due on the local date `day`."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDue(Event):
    """Somebody else's act concerns this chat; `kind` names the notice, `about` an id.

    `role` is the one it is said to: somebody may be a partner here and a patient elsewhere.
    """

    kind: str
    about: str = ""
    role: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDue(Event):
    """A day has passed since a red card, and the person had agreed to be written to once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage(Event):
    """Updates waited while the bot was away; they are answered once, with this."""
