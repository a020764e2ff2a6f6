"""Seeded random walks: whatever people do, in whatever order, what must hold holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

import pytest

from bot.engine.chat import Chat, Role, Scope
from bot.engine.dialogue import Dialogue
from bot.flows.house import ALIASES, SHORTCUTS, dialogue
from bot.flows.understood import ABOUT
from bot.flows.wishes import WISHES
from bot.safety.alarm import RED_RESTS_AFTER, Level
from bot.safety.reading import FRICTION_KINDS, About, Reading, Tier
from tests.conversation import (
    Away,
    Command,
    Due,
    Input,
    Meanwhile,
    Media,
    Outcome,
    Press,
    Typed,
    Wait,
)
from tests.player import Player
from tests.starts import INVITATIONS, MODULES, OFFER, STARTS

STEPS = 120
TEXTS = (
    "ciao",
    "7",
    "20 e 15",
    "22:30",
    "dalle 22 alle 7",
    "Roma",
    "x",
    "",
    "una passeggiata",
    "🙂",
)
TRIGGERS: Mapping[Tier, Sequence[str | None]] = {
    Tier.RED: [*(f"R{n}" for n in range(1, 10)), None],
    Tier.CHECK: ["R2", "R3", None],
    Tier.AMBER: [*(f"A{n}" for n in range(1, 13)), None],
    Tier.NONE: [None],
}
LABELS = (*ABOUT, "smalltalk_or_offtopic", "negated_risk", "hard_negative")
NOTICES = (
    "module_assigned low_friction",
    "module_assigned gone",
    "case_confirmed",
    "consent_narrowed",
    "contact_answered call",
    "partner_joined",
    "consent_revoked",
    "contact_requested",
    "consent_ends_soon casealfa",
    "consent_ended casealfa",
    "paper_ended casetre",
    "call_asked",
    "case_closed ended_1",
    "case_closed unheard_of",
    "partner_left",
    "reminder",
    "snoozed goalmine",
    "follow_up",
)
ACTS = ("confirmed", "consented", "revoked", "closed", "seen", "requested", "partner_joined")
MEDIA = ("voice", "photo", "sticker", "video", "file", "place", "contact", "other")
# What is not done for anybody while an alarm is closed.
RESTS_IN_RED = ("SaveProgress", "SaveGoal", "RecordAnswer", "SnoozeReminder", "RequestContact")


@pytest.fixture(scope="module")
def whole() -> Dialogue:
    """The dialogue with every flow of the house."""
    return dialogue(OFFER, MODULES)


@dataclass(slots=True)
class Walker:
    """Somebody who does anything at all, the same for the same seed."""

    chance: Random
    player: Player
    done: list[Input] = field(default_factory=list)

    def walk(self, steps: int) -> None:
        """Take some steps; raise AssertionError when one breaks a promise."""
        for _ in range(steps):
            given = self._anything()
            self.done.append(given)
            before = self.player.chat
            outcome = self.player.take(given)
            trouble = [*self.player.faults, *broken(before, self.player, outcome)]
            assert not trouble, f"{trouble} after {self.done[-8:]}"

    def _anything(self) -> Input:
        if self.chance.random() < 0.55 and self.player.shown:
            return self._press()
        make = self.chance.choice(
            (self._typed, self._typed, self._command, self._command, self._due, self._other)
        )
        return make()

    def _press(self) -> Input:
        """Mostly a button of the last message; an older one; one whose value is out of date."""
        kind = self.chance.random()
        recent = self.player.shown[-1 if kind < 0.8 else 0 :]
        button = self.chance.choice([b for message in recent for b in message])
        if button in self.player.latest or button.revision is None:
            return Press(button.move, button.value)
        outdated = button.value and button.name not in {b.name for b in self.player.latest}
        return Press(button.move, button.value, "unseen" if kind > 0.95 and outdated else "old")

    def _reading(self) -> Reading:
        weights = (2, 2, 2, 20)
        tier = self.chance.choices(tuple(TRIGGERS), weights)[0]
        trigger = self.chance.choice(TRIGGERS[tier])
        reading = Reading(tier, trigger, about=self.chance.choice(tuple(About)))
        return self._meaning(reading) if tier is Tier.NONE else reading

    def _meaning(self, reading: Reading) -> Reading:
        """Whatever a calm text may be read as, surely or not."""
        labels = self.chance.sample(LABELS, 3)
        return replace(
            reading,
            label=self.chance.choice((None, labels[0])),
            friction=tuple(self.chance.sample(FRICTION_KINDS, self.chance.randrange(3))),
            also=tuple(labels[1:]),
            sure=self.chance.random() < 0.7,
            ruled_out=self.chance.random() < 0.1,
            wish=self.chance.choice(("", *WISHES)),
        )

    def _typed(self) -> Input:
        invitation = self.chance.choice([*INVITATIONS, *[""] * 30])
        edited = self.chance.random() < 0.1
        return Typed(self.chance.choice(TEXTS), self._reading(), edited, invitation)

    def _command(self) -> Input:
        invitation = self.chance.choice([*INVITATIONS, *[""] * 10])
        name = self.chance.choice([*SHORTCUTS, *ALIASES, "nonsense", "start"])
        return Command(name, reading=self._reading(), invitation=invitation)

    def _due(self) -> Input:
        kind, _, about = self.chance.choice(NOTICES).partition(" ")
        return Due(kind, about)

    def _other(self) -> Input:
        hours = timedelta(hours=self.chance.choice((1, 5, 12, 24, 80)))
        others: list[Input] = [Wait(hours), Away(hours), Media(self.chance.choice(MEDIA))]
        if any(case.open for case in self.player.chat.roster):
            others += [Meanwhile(act) for act in ACTS]
        return self.chance.choice(others)


def broken(before: Chat, player: Player, outcome: Outcome) -> Iterator[str]:
    """Yield what must not have happened between two turns."""
    after, asks = player.chat, " ".join(outcome.get("asks", ()))
    heard = before.alarm.heard_at
    rested = heard and player.now - heard >= RED_RESTS_AFTER
    left = outcome.get("says", [""])[0] == "followup.safe"
    if before.alarm.closed and not (after.alarm.closed or rested or left):
        yield "RED was lost"
    answered = "check.no" in outcome.get("says", ()) or "ErasePerson" in asks
    if (before.alarm.level, after.alarm.level) == (Level.CHECK, Level.GREEN) and not answered:
        yield "the question was lost"
    if before.alarm.closed and after.alarm.closed and not rested:
        yield from (f"{act} in RED" for act in RESTS_IN_RED if act in asks)
    keys = replace(before, role=Role.PARTNER).scopes
    if "RequestContact" in asks and Scope.CONTACT not in keys:
        yield "a request without the key for it (P8)"
    if "for both" in asks and Scope.GOALS not in keys:
        yield "a goal for both without the key for it (P8)"


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_people_do_breaks_a_promise(start: str, seed: int, whole: Dialogue) -> None:
    """No error, always a button, the chat can be saved, RED is not lost (R1-R9), keys are kept."""
    Walker(Random(f"{start} {seed}"), Player(whole, STARTS[start])).walk(STEPS)


@pytest.mark.soak
@pytest.mark.parametrize("start", STARTS)
def test_nothing_that_people_do_for_long_breaks_a_promise(start: str, whole: Dialogue) -> None:
    """The same, for as long as people will use it."""
    for seed in range(40):
        Walker(Random(f"long {start} {seed}"), Player(whole, STARTS[start])).walk(4 * STEPS)
