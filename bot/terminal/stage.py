"""Three people around one bot: whose turn it is to speak, what each sees, what time it is.

The stage does what Telegram does: it carries messages, keeps them on a screen, edits them,
takes their buttons away, and lets time pass.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.engine.chat import Role
from bot.flows.house import ALIASES
from bot.services import converse, deliver, pinning, rehearsal, remind
from bot.services.heard import Card, Heard, Outgoing, ShownButton
from bot.services.parts import Parts
from bot.store.dues import State

ACCOUNTS = {Role.PARTNER: 1001, Role.THERAPIST: 1002, Role.PATIENT: 1003}
WORKER = "stage"
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stands on somebody's screen."""

    role: Role
    message_id: int
    message: Outgoing

    @property
    def buttons(self) -> tuple[ShownButton, ...]:
        """Its buttons in reading order."""
        return tuple(button for row in self.message.rows for button in row)


Listener = Callable[[Shown], None]


@dataclass(slots=True)
class Stage:
    """The bot with its three people. `now` only moves when somebody speaks or lets time pass."""

    parts: Parts
    now: datetime
    seed: Callable[[], bytes]
    listen: Listener
    lang: str = "it"
    speaker: Role = Role.PARTNER
    _screens: dict[Role, list[Shown]] = field(default_factory=dict)
    _numbers: int = 0

    def has_spoken(self, role: Role) -> bool:
        """Whether anything stands on the screen of this role."""
        return bool(self._screens.get(role))

    def shown(self) -> tuple[Shown, ...]:
        """The speaker's messages that still have buttons, oldest first."""
        return tuple(s for s in self._screens.get(self.speaker, []) if s.buttons)

    def zone(self) -> ZoneInfo:
        """The speaker's time zone, or the default one before they have spoken."""
        return rehearsal.zone_of(self.parts, ACCOUNTS[self.speaker])

    def says(self, text: str) -> None:
        """The speaker types something; a slash makes it a command."""
        if text.startswith("/") and len(text) > 1:
            name, _, value = text[1:].partition(" ")
            name = name.lower()
            self._hear("command", name=ALIASES.get(name, name), value=value.strip())
        else:
            self._hear("text", text=text)

    def presses(self, shown: Shown, button: ShownButton) -> None:
        """The speaker presses a button of a message."""
        card = Card(shown.message_id, shown.message.text, shown.message.entities, button.label)
        self._hear(
            "button", name=button.move, value=button.value, revision=button.revision, card=card
        )

    def sends(self, kind: str) -> None:
        """The speaker sends something that is not read: a voice message, a photo."""
        self._hear("media", name=kind)

    def wait_until(self, moment: datetime) -> None:
        """Let time pass; whatever is due on the way arrives at its own time."""
        while True:
            due_at = remind.next_due_at(self.parts)
            if due_at is None or due_at > moment:
                break
            self.now = max(self.now, due_at)
            if not self._work():
                break
        self.now = max(self.now, moment)

    def _hear(self, kind: str, **about: object) -> None:
        self.now += _SECOND
        heard = Heard(ACCOUNTS[self.speaker], kind, lang=self.lang, **about)  # type: ignore[arg-type]
        reading = converse.read(self.parts, heard, self.now)
        answer = converse.answer(self.parts, heard, reading, self.now, self.seed())
        if answer.toast:
            self._show(self.speaker, Outgoing("send", answer.toast, step="toast"))
        self._deliver(answer.person, self.speaker)
        self._work()

    def _work(self) -> bool:
        """Do what is due at this moment; return whether there was anything."""
        claimed = remind.claim(self.parts, self.now, WORKER)
        for due in claimed:
            if remind.fire(self.parts, due, self.now, WORKER, self.seed()):
                self._deliver(due.person, None, due.id)
                remind.settle(self.parts, due, State.SENT, self.now, WORKER, timedelta())
        return bool(claimed)

    def _deliver(self, person: str, to: Role | None, due: int | None = None) -> None:
        for parcel in deliver.unsent(self.parts, person, due):
            role = to or next(r for r, account in ACCOUNTS.items() if account == parcel.account)
            number = self._show(role, parcel.message)
            deliver.sent(self.parts, parcel.id, number, self.now)
            if parcel.message.pins:
                pinning.note(self.parts, parcel.person, number)

    def _show(self, role: Role, message: Outgoing) -> int | None:
        screen = self._screens.setdefault(role, [])
        if message.op in {"clear", "unpin"}:
            screen[:] = [s for s in screen if s.message_id not in message.messages]
            return None
        if message.op != "send":
            place = next(i for i, s in enumerate(screen) if s.message_id == message.message_id)
            old = screen[place]
            if message.op == "close":
                screen[place] = replace(old, message=replace(old.message, rows=()))
                return old.message_id
            screen.append(replace(screen.pop(place), message=message))
        else:
            self._numbers += 1
            screen.append(Shown(role, self._numbers, message))
        self.listen(screen[-1])
        return screen[-1].message_id
