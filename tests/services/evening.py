"""What tests of the services do and look at, on the stage of the terminal."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select

from bot.engine.chat import Chat, Role
from bot.services import converse, rehearsal, remind
from bot.services.heard import Answer, Heard
from bot.services.parts import Parts
from bot.store.dues import Due
from bot.store.tables import DUE
from bot.terminal.stage import ACCOUNTS
from bot.texts.bundle import Bundle
from bot.texts.catalogue import Phrase
from tests.performance import Seen
from tests.theatre import Theatre

PARTNER, PATIENT, THERAPIST = Role.PARTNER, Role.PATIENT, Role.THERAPIST
WORKER = "a worker"
SEED = bytes(16)

OWN_GOAL = ("/goals", "press new", "press own", "due passi", "press mine", "press scale 9")
SHARED_GOAL = (
    "/goals",
    "press new",
    "press catalogue",
    "press area",
    "press goal",
    "press take",
    "press yes",
    "press scale 9",
)


@dataclass(slots=True)
class Evening:
    """The stage and everything behind it."""

    theatre: Theatre

    @property
    def parts(self) -> Parts:
        """What the services work with."""
        return self.theatre.stage.parts

    @property
    def now(self) -> datetime:
        """The moment on the stage."""
        return self.theatre.now()

    def does(self, role: Role, *deeds: str) -> tuple[Seen, ...]:
        """Let somebody press or type, one after the other; return what came of it."""
        for deed in deeds:
            verb, _, rest = deed.partition(" ")
            if verb == "press":
                move, _, value = rest.partition(" ")
                self.theatre.presses(role, move, value)
            else:
                self.theatre.says(role, deed)
        return self.theatre.settled()

    def waits(self, until: datetime) -> tuple[Seen, ...]:
        """Let time pass; return what came meanwhile."""
        self.theatre.waits(until)
        return self.theatre.settled()

    def hears(self, heard: Heard) -> Answer:
        """Answer one update, of whatever account; nobody works what is due then."""
        reading = converse.read(self.parts, heard, self.now)
        return converse.answer(self.parts, heard, reading, self.now, SEED)

    def hears_press(self, account: int, move: str, value: str = "") -> Answer:
        """Answer a press on the card an account has before it."""
        revision = self.chat_of(account).revision
        return self.hears(Heard(account, "button", name=move, value=value, revision=revision))

    def takes_goal(self, hour: str = "18:30", how: tuple[str, ...] = SHARED_GOAL) -> None:
        """Let the partner take a goal with a reminder at an hour."""
        self.does(PARTNER, *how, f"press hour {hour}", "press home")

    def chat(self, role: Role = PARTNER) -> Chat:
        """What is known about somebody."""
        return self.chat_of(ACCOUNTS[role])

    def chat_of(self, account: int) -> Chat:
        """What is known about an account."""
        chat = rehearsal.chat_of(self.parts, account)
        assert chat
        return chat

    def person(self, role: Role = PARTNER) -> str:
        """Somebody's id."""
        return self.chat(role).person

    def due(self, role: Role = PARTNER, kind: str = "reminder") -> list[tuple[str, str]]:
        """The rows of one kind for somebody: local date and state, in order."""
        with self.parts.database.reading() as unit:
            rows = unit.connection.execute(
                select(DUE.c.local_date, DUE.c.state)
                .where(DUE.c.person_id == self.person(role), DUE.c.kind == kind)
                .order_by(DUE.c.local_date, DUE.c.id)
            )
            return [(f"{row.local_date:%m-%d}", row.state) for row in rows]

    def claimed(self, at: datetime) -> tuple[Due, ...]:
        """Claim what is due, as a worker does, and stop there."""
        return remind.claim(self.parts, at, WORKER)

    def fires(self, due: Due, at: datetime) -> bool:
        """Do what a claimed row asks for; return whether anything is to be sent."""
        return remind.fire(self.parts, due, at, WORKER, SEED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A shelf that holds one bundle, sound or not."""

    bundle: Bundle


def _but(phrases: Mapping[str, Phrase], name: str) -> Mapping[str, Phrase]:
    return MappingProxyType({key: one for key, one in phrases.items() if key != name})


@contextmanager
def without(parts: Parts, name: str) -> Iterator[None]:
    """Take an entry out of the catalogues: nothing that needs it can be said meanwhile."""
    shelf, whole = parts.shelf, parts.bundle
    catalogues = {
        lang: replace(one, phrases=_but(one.phrases, name))
        for lang, one in whole.catalogues.items()
    }
    parts.shelf = Standing(replace(whole, catalogues=MappingProxyType(catalogues)))
    try:
        yield
    finally:
        parts.shelf = shelf
