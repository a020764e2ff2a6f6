"""Plays conversations on the pure dialogue, and looks every turn over for what must always hold."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from bot.engine.chat import Chat
from bot.engine.dialogue import Dialogue
from bot.engine.effects import Say
from bot.engine.events import (
    ButtonPressed,
    CheckDue,
    CommandGiven,
    Event,
    FollowUpDue,
    Invitation,
    MediaReceived,
    NoticeDue,
    Outage,
    ReminderDue,
    TextReceived,
)
from bot.flows.goals import local_day
from tests.conversation import (
    Away,
    Command,
    Conversation,
    Due,
    Input,
    Meanwhile,
    Media,
    Outcome,
    Press,
    Typed,
    Wait,
)
from tests.promises import faults
from tests.starts import EVENING, INVITATIONS, STARTS
from tests.stored import changed, stored
from tests.telling import said, told

_A_MINUTE = timedelta(minutes=1)


class NotShown(AssertionError):
    """A conversation presses a button that nobody could see."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A button as a person sees it, with what it will send."""

    move: str
    value: str
    revision: int | None

    @property
    def name(self) -> str:
        """How conversations name it."""
        return f"{self.move} {self.value}".strip()


@dataclass(slots=True)
class Player:
    """One person's chat, played turn by turn; every input takes a minute.

    `faults` gathers what must not happen in any turn of any conversation.
    """

    dialogue: Dialogue
    chat: Chat
    now: datetime = EVENING
    shown: list[tuple[Shown, ...]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    turns: int = 0

    def take(self, given: Input) -> Outcome:
        """Play one input and return what came of it."""
        match given:
            case Wait():
                self.now += given.time
                return {}
            case Meanwhile():
                self.chat = changed(self.chat, given, self.now)
                return {}
            case Away():
                self.now += given.time
        self.turns += 1
        self.now += _A_MINUTE
        return self._turned(self._event(given))

    def _turned(self, event: Event) -> Outcome:
        before = self.chat
        turn = self.dialogue.turn(before, event)
        at = f"turn {self.turns} at {turn.chat.place.flow}.{turn.chat.place.step}"
        self.faults += [f"{at}: {fault}" for fault in faults(self.dialogue, event, turn)]
        self.shown += [_seen(turn.chat, say) for say in said(turn) if say.rows]
        self.chat = stored(turn.chat, turn.effects, self.now)
        return told(before, turn)

    def _event(self, given: Press | Typed | Command | Media | Due | Away) -> Event:
        at, seed = self.now, self.turns.to_bytes(16)
        match given:
            case Press():
                shown = self._button(given)
                return ButtonPressed(
                    at=at, seed=seed, move=shown.move, value=shown.value, revision=shown.revision
                )
            case Typed():
                return TextReceived(
                    at=at,
                    seed=seed,
                    text=given.text,
                    reading=given.reading,
                    edited=given.edited,
                    invitation=self._presented(given.invitation),
                )
            case Command():
                return CommandGiven(
                    at=at,
                    seed=seed,
                    name=given.name,
                    value=given.value,
                    reading=given.reading,
                    invitation=self._presented(given.invitation),
                )
            case Media():
                return MediaReceived(at=at, seed=seed, kind=given.kind, reading=given.reading)
            case Away():
                return Outage(at=at, seed=seed)
            case Due():
                return self._due(given, at, seed)
        assert_never(given)

    def _due(self, given: Due, at: datetime, seed: bytes) -> Event:
        day = local_day(self.chat, Outage(at=at))
        match given.kind:
            case "reminder":
                return ReminderDue(at=at, seed=seed, day=day)
            case "snoozed":
                return ReminderDue(at=at, seed=seed, day=day, goal=given.about)
            case "check":
                return CheckDue(at=at, seed=seed, day=day)
            case "follow_up":
                return FollowUpDue(at=at, seed=seed)
        return NoticeDue(at=at, seed=seed, kind=given.kind, about=given.about, role=given.to)

    def _presented(self, name: str) -> Invitation | None:
        """Return what a code or link stands for; one's own case is recognised."""
        if not name:
            return None
        found = INVITATIONS[name]
        known = found.case in {case.id for case in self.chat.cases}
        return Invitation(refused="same_case") if known else found

    def _button(self, press: Press) -> Shown:
        """Return the button meant: one of the latest message unless it says otherwise."""
        name = f"{press.move} {press.value}".strip()
        if press.which == "unseen":
            if any(b.name == name for b in self.latest):
                raise NotShown(f"{name!r} is on show, so it is no unseen press")
            return Shown(press.move, press.value, self.chat.revision)
        latest = [b for b in self.latest if b.name == name]
        older = [b for message in reversed(self.shown[:-1]) for b in message if b.name == name]
        found = (
            older if press.which == "old" else [*latest, *(b for b in older if b.revision is None)]
        )
        if not found:
            on_show = ", ".join(b.name for b in self.latest)
            raise NotShown(f"no button {name!r}; the last message has: {on_show or 'none'}")
        return found[0]

    @property
    def latest(self) -> tuple[Shown, ...]:
        """The buttons of the last message that has any."""
        return self.shown[-1] if self.shown else ()


def play(dialogue: Dialogue, conversation: Conversation) -> tuple[list[Outcome], list[str]]:
    """Play a conversation; return the outcome of each turn, and the promises that were broken."""
    player = Player(dialogue, STARTS[conversation.start])
    outcomes = [player.take(turn.input) for turn in conversation.turns]
    return outcomes, player.faults


def played(dialogue: Dialogue, conversation: Conversation) -> Iterator[Outcome]:
    """Yield the outcome of each turn, and at last what went wrong if it cannot be played on."""
    player = Player(dialogue, STARTS[conversation.start])
    try:
        for turn in conversation.turns:
            yield player.take(turn.input)
    except (NotShown, LookupError) as problem:
        yield {"broken": str(problem)}


def _seen(chat: Chat, say: Say) -> tuple[Shown, ...]:
    return tuple(
        Shown(b.move, b.value, None if b.lasting else chat.revision)
        for row in say.rows
        for b in row
    )
