"""Scripts performed over HTTP: people at their telephones, the bot in a process of its own."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.engine.chat import Role
from bot.messenger.fake import Shown, ThreadedFakeTelegram, User
from bot.messenger.fake.shown import Button
from bot.services.parts import Parts
from tests.performance import Performance, Seen
from tests.run.observed import next_due, open_work, said
from tests.run.process import Bot
from tests.run.team import Team
from tests.script import Script
from tests.theatre import seat

_SIGNATURE = 12  # version and HMAC stand before what a button says


class Telephones(Performance):
    """One script, played by three accounts of its own."""

    def __init__(
        self,
        script: Script,
        number: int,
        server: ThreadedFakeTelegram,
        bot: Bot | Team,
        parts: Parts,
    ) -> None:
        """Seat the people; `number` tells this performance from the others of one bot.

        parts: over the bot's own database, for what the operator does.
        """
        secret = f"from-the-operator-{number}"
        super().__init__(script, secret)
        self._server, self._bot, self._parts = server, bot, parts
        seats = {role: 1000 * number + n for n, role in enumerate(_ROLES, 1)}
        self._roles = {account: role for role, account in seats.items()}
        server.set_clock(script.begins)
        self._people: Mapping[Role, User] = {
            role: server.user(account, "Somebody", script.lang, has_started=script.with_case)
            for role, account in seats.items()
        }
        self._heard = len(server.ledger)
        self._toasts = dict.fromkeys(_ROLES, 0)
        seat(parts, script, seats, secret, f"case{number}")

    @property
    def accounts(self) -> tuple[int, ...]:
        """The numbers of the three."""
        return tuple(self._roles)

    def now(self) -> datetime:
        """Return the moment on the server's clock."""
        return self._server.now()

    def says(self, role: Role, words: str) -> None:
        """Let somebody write."""
        self._server.advance(1)
        self._people[role].says(words)

    def presses(self, role: Role, move: str, value: str) -> str:
        """Let somebody press the newest button of a move, found by what it sends."""
        user = self._people[role]
        for shown in reversed(user.sees()):
            for button in (b for row in shown.buttons for b in row):
                if _names(button, move, value):
                    self._server.advance(1)
                    user.presses(button.label, message_id=shown.message_id)
                    return button.label
        raise AssertionError(f"{role} sees no button {move} {value}")

    def sends(self, role: Role, kind: str) -> None:
        """Let somebody send what is not read."""
        self._server.advance(1)
        self._people[role].sends(kind)

    def waits(self, until: datetime) -> None:
        """Let time pass, from one thing that is due to the next."""
        while (due := next_due(self._parts, self._roles)) and due <= until:
            if due > self.now():
                self._server.set_clock(due)
            self._bot.wait_until(self._at_rest)
        self._server.set_clock(until)

    def settled(self) -> tuple[Seen, ...]:
        """Wait until nothing is left to do, then read the ledger."""
        self._bot.wait_until(self._at_rest)
        return self.news()

    def news(self) -> tuple[Seen, ...]:
        """Read the ledger from where it was read last."""
        seen = (*self._new_toasts(), *self._new_messages())
        self._heard = len(self._server.ledger)
        return seen

    def buttons_left(self, role: Role) -> list[tuple[str, ...]]:
        """Return the labels on each message of a chat that still has buttons."""
        return [_labels(shown) for shown in self._people[role].sees() if shown.buttons]

    def _at_rest(self) -> bool:
        return not self._server.pending() and not open_work(self._parts, self.now())

    def _new_messages(self) -> Iterator[Seen]:
        for entry in said(self._server, self._heard, self._roles):
            rows = entry.payload.get("reply_markup", {}).get("inline_keyboard", [])
            yield Seen(
                self._roles[entry.chat_id or 0],
                entry.payload["text"],
                tuple(tuple(button["text"] for button in row) for row in rows),
                changed=entry.method == "editMessageText",
                silent=str(entry.payload.get("disable_notification", "")).lower() == "true",
            )

    def _new_toasts(self) -> Iterator[Seen]:
        for role, user in self._people.items():
            toasts = user.toasts()
            for text in toasts[self._toasts[role] :]:
                yield Seen(role, text, toast=True)
            self._toasts[role] = len(toasts)


_ROLES = (Role.PARTNER, Role.THERAPIST, Role.PATIENT)


def _names(button: Button, move: str, value: str) -> bool:
    its_move, _, its_value = (button.data or "")[_SIGNATURE:].split("|", 2)
    return its_move == move and value in {"", its_value}


def _labels(shown: Shown) -> tuple[str, ...]:
    return tuple(button.label for row in shown.buttons for button in row)
