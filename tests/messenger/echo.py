"""A small bot in memory, for the messenger to serve: it repeats what it hears.

It keeps the promises the real services keep: an update id is turned once, a press counts once,
replies are rows until they are marked. And it can be in trouble on demand.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.services.heard import Answer, Heard, Outgoing, Parcel, ShownButton

SOS = ShownButton("SOS", "sos")
CARD = "Call 112 now."
ASIDE = "Something went wrong here."
Rows = tuple[tuple[ShownButton, ...], ...]


class Outage(Exception):
    """The database is away."""


@dataclass
class Row:
    """One stored message and what became of it."""

    parcel: Parcel
    person: str
    state: str = "unsent"
    message_id: int | None = None


@dataclass
class Chat:
    """What the bot knows of one chat: what it heard, in order, and which card is current."""

    heard: list[Heard] = field(default_factory=list)
    revision: int = 0


class Echo:
    """All of it under one lock, as one database is."""

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.rows: dict[int, Row] = {}
        self.turned: set[int] = set()
        self.kept: list[str] = []
        self.kinds: list[str] = []
        self.caught_up: list[int] = []
        self.read_for_help: list[str] = []
        self.trouble: Callable[[Heard], None] = lambda _heard: None
        self.marking: Callable[[], None] = lambda: None
        self._lock = threading.RLock()

    # What the reception asks

    def answer(self, heard: Heard) -> Answer:
        """Turn one update."""
        with self._lock:
            if heard.update_id in self.turned:
                return Answer(_person(heard.account), turned=False)
            self.trouble(heard)
            self.turned.add(heard.update_id or 0)
            chat = self.chats.setdefault(heard.account, Chat())
            return Answer(_person(heard.account), self._reply(chat, heard))

    def catch_up(self, waiting: Sequence[Heard], *, told: bool) -> Answer:
        """Answer a backlog once; a cry for help in it gets the card."""
        with self._lock:
            for heard in waiting:
                self.trouble(heard)
            account = waiting[0].account
            self.caught_up.append(len(waiting))
            self.turned.update(heard.update_id or 0 for heard in waiting)
            self.chats.setdefault(account, Chat()).heard.extend(waiting)
            if any("pills" in heard.text for heard in waiting):
                self.put(account, Outgoing("send", CARD))
            if not told:
                self.put(account, Outgoing("send", "I was offline."))
            return Answer(_person(account))

    def set_aside(self, update: str, heard: Heard | None, kind: str) -> Answer | None:
        """Keep what cannot be turned."""
        with self._lock:
            self.marking()
            self.kept.append(update)
            self.kinds.append(kind)
            if heard is None:
                return None
            self.put(heard.account, Outgoing("send", ASIDE))
            return Answer(_person(heard.account))

    def fallback(self, heard: Heard) -> Outgoing | None:
        """The card for a cry for help; needs nothing."""
        self.read_for_help.append(heard.text)
        if "pills" in heard.text or heard.name == "sos":
            return Outgoing("send", CARD, rows=((SOS,),), tier="red")
        return None

    def is_outage(self, error: Exception) -> bool:
        """An absent database passes."""
        return isinstance(error, Outage)

    # What the drain asks

    def held(self, person: str) -> Sequence[Parcel]:
        """The rows in order."""
        with self._lock:
            return [
                row.parcel
                for row in self.rows.values()
                if (row.person, row.state) == (person, "unsent")
            ]

    def keep(self, person: str) -> bool:
        """The chat is always this bot's: there is no other."""
        return bool(person)

    def release(self, person: str) -> None:
        """Let the chat go: nobody waits for it."""

    def sent(self, parcel: Parcel, message_id: int | None) -> None:
        """It arrived."""
        self._mark(parcel, "sent", message_id)

    def refused(self, parcel: Parcel) -> None:
        """It never will."""
        self._mark(parcel, "refused")

    def blocked(self, person: str) -> None:
        """Nothing reaches this person."""
        with self._lock:
            for row in self.rows.values():
                if row.person == person and row.state == "unsent":
                    row.state = "dropped"

    # What tests ask

    def put(self, account: int, message: Outgoing) -> Parcel:
        """Store one message for somebody."""
        with self._lock:
            parcel = Parcel(len(self.rows) + 1, account, message)
            self.rows[parcel.id] = Row(parcel, _person(account))
            return parcel

    def states(self) -> list[str]:
        """What became of every row, in order."""
        return [row.state for row in self.rows.values()]

    def heard(self, account: int) -> list[str]:
        """What a chat heard, in order, as short words."""
        chat = self.chats.get(account, Chat())
        return [one.text or one.name or one.kind for one in chat.heard]

    def _mark(self, parcel: Parcel, state: str, message_id: int | None = None) -> None:
        with self._lock:
            self.marking()
            row = self.rows[parcel.id]
            row.state, row.message_id = state, message_id

    def _reply(self, chat: Chat, heard: Heard) -> str:
        """Say what was heard with a fresh card; return a toast for a late press."""
        if heard.kind in {"blocked", "unblocked"}:
            chat.heard.append(heard)
            return ""
        is_late = heard.kind == "button" and heard.revision not in {None, chat.revision}
        if is_late or (heard.kind == "button" and not heard.name):
            self.put(heard.account, Outgoing("send", "Once more?", rows=buttons(chat.revision)))
            return "That button is old."
        chat.heard.append(heard)
        if heard.edited:
            return ""
        chat.revision += 1
        said = f"{heard.kind}: {heard.name or heard.text}"
        card = heard.card
        if card:
            closed = Outgoing("close", f"You chose {card.label}", message_id=card.message_id)
            self.put(heard.account, closed)
        self.put(heard.account, Outgoing("send", said, rows=buttons(chat.revision)))
        return ""


def buttons(revision: int) -> Rows:
    """Two buttons that grow old, and one that does not."""
    return (
        (
            ShownButton("Yes", "yes", revision=revision),
            ShownButton("No", "no", "value", revision),
        ),
        (SOS,),
    )


def slow(seconds: float, word: str) -> Callable[[Heard], None]:
    """Trouble: turning a text with this word takes long."""

    def wait(heard: Heard) -> None:
        if word in heard.text:
            time.sleep(seconds)

    return wait


def failing(error: Exception, word: str, times: int = 1_000_000) -> Callable[[Heard], None]:
    """Trouble: turning a text with this word fails so many times."""
    left = [times]

    def fail(heard: Heard) -> None:
        if word in heard.text and left[0] > 0:
            left[0] -= 1
            raise error

    return fail


def _person(account: int) -> str:
    return f"person-{account}"
