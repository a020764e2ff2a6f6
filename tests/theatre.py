"""Scripts performed in this process: the services, a database, a clock; no messenger."""

import hashlib
from datetime import datetime, timedelta
from itertools import count

from bot.engine.chat import Role
from bot.engine.effects import Words
from bot.services import rehearsal
from bot.services.parts import Parts
from bot.terminal.stage import ACCOUNTS, Shown, Stage
from bot.texts.render import Context, label
from tests.performance import Performance, Seen
from tests.script import COUNTRIES, ZONES, Script

OPERATOR = "an-invitation-from-the-operator"


class Theatre(Performance):
    """One script on the stage of the terminal. Ids and chances are the same in every run."""

    def __init__(self, parts: Parts, script: Script) -> None:
        """Seat the people."""
        super().__init__(script, OPERATOR)
        self._new: list[Seen] = []
        numbers = count(1)
        self.stage = Stage(
            parts,
            script.begins,
            seed=lambda: hashlib.blake2b(f"{next(numbers)}".encode(), digest_size=16).digest(),
            listen=lambda shown: self._new.append(seen(shown)),
            lang=script.lang,
        )
        seat(parts, script, ACCOUNTS, OPERATOR)

    def now(self) -> datetime:
        """Return the moment on the stage."""
        return self.stage.now

    def says(self, role: Role, words: str) -> None:
        """Let somebody write."""
        self.stage.speaker = role
        self.stage.says(words)

    def presses(self, role: Role, move: str, value: str) -> str:
        """Let somebody press the newest button of a move."""
        self.stage.speaker = role
        for shown in reversed(self.stage.shown()):
            for button in shown.buttons:
                if button.move == move and value in {"", button.value}:
                    self.stage.presses(shown, button)
                    return button.label
        on_show = [f"{b.move} {b.value}" for shown in self.stage.shown() for b in shown.buttons]
        raise AssertionError(f"{role} sees no button {move} {value}; there are {on_show}")

    def sends(self, role: Role, kind: str) -> None:
        """Let somebody send what is not read."""
        self.stage.speaker = role
        self.stage.sends(kind)

    def waits(self, until: datetime) -> None:
        """Let time pass; what is due on the way comes at its own time."""
        self.stage.wait_until(until)

    def buttons_left(self, role: Role) -> list[tuple[str, ...]]:
        """Return the labels on each message of a chat that still has buttons."""
        self.stage.speaker = role
        return [tuple(button.label for button in shown.buttons) for shown in self.stage.shown()]

    def settled(self) -> tuple[Seen, ...]:
        """Return what came since the last time: on the stage nobody has to wait."""
        new, self._new = tuple(self._new), []
        return new


def seen(shown: Shown) -> Seen:
    """Return what stands on a screen of the stage."""
    message = shown.message
    return Seen(
        shown.role,
        message.text,
        tuple(tuple(button.label for button in row) for row in message.rows),
        changed=message.op == "edit",
        silent=message.quiet,
        toast=message.step == "toast",
        tier=message.tier,
    )


def seat(
    parts: Parts,
    script: Script,
    accounts: dict[Role, int],
    secret: str,
    case: str = rehearsal.CASE,
) -> None:
    """Make the case a script begins with, or let the operator invite a therapist."""
    if not script.with_case:
        rehearsal.invite_therapist(parts, rehearsal.PRACTICE, secret, script.begins)
        return
    lang, country = script.lang, COUNTRIES[script.lang]
    words = Context(lang, ZONES[lang].key, script.begins, country)
    rehearsal.seed(
        parts,
        rehearsal.Scene(
            accounts,
            script.begins - timedelta(seconds=1),
            lang,
            country,
            label=label(parts.bundle, Words("demo.case_label"), words),
            details=label(parts.bundle, Words("demo.contact_details"), words),
            case=case,
            link=f"{case}-link",
            code=f"{case}-code",
        ),
    )
