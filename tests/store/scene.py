"""A scene for conversations with the store: people, cases, and a clock that stands still."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, Table, event, func, select

from bot.engine.chat import Chat, Role, Scope
from bot.store import agreements, cases, people
from bot.store.database import Database, Unit

NOON = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
EVERY_SCOPE = frozenset(Scope)

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Three:
    """The three of one case."""

    case: str
    therapist: str
    partner: str
    patient: str


class Scene:
    """People who act, each act in a unit of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._accounts = count(5_000_000_001)
        self._cases = count(1)

    def does(self, act: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do one thing, committed at once."""
        with self.database.unit() as unit:
            return act(unit, *args, **kwargs)

    def unit(self) -> AbstractContextManager[Unit]:
        """Open a unit for several things."""
        return self.database.unit()

    def somebody(self, lang: str = "it") -> str:
        """A new person, who has said nothing yet."""
        return self.does(people.create, next(self._accounts), lang, NOON)

    def therapist(self, practice: str = "practice") -> str:
        """Somebody who works for a practice."""
        person = self.somebody()
        self.does(cases.add_practice, practice, NOON)
        self.does(people.register_staff, person, practice, NOON)
        return person

    def opened(self, therapist: str, case: str = "", label: str = "") -> str:
        """A case with its link "link <case>" and its code "code <case>"; nobody has joined."""
        case = case or f"case{next(self._cases)}"
        opened = self.does(
            cases.open_case,
            therapist,
            case,
            label=label or f"label of {case}",
            number="4711",
            link=f"link {case}",
            code=f"code {case}",
            at=NOON,
            expires_at=NOON + 7 * DAY,
        )
        assert opened
        return case

    def joins(self, person: str, secret: str, at: datetime = NOON) -> bool:
        """Present a secret, and join with what it stands for."""
        found = self.does(cases.find_invitation, secret, person, at)
        assert found is not None
        return self.does(cases.join_case, found.id, person, at)

    def three(
        self,
        scopes: Iterable[Scope] = EVERY_SCOPE,
        *,
        practice: str = "practice",
        confirmed: bool = True,
    ) -> Three:
        """A case everybody has joined, with its consents."""
        therapist, partner, patient = self.therapist(practice), self.somebody(), self.somebody()
        case = self.opened(therapist)
        assert self.joins(partner, f"link {case}")
        assert self.joins(patient, f"code {case}")
        if confirmed:
            assert self.does(cases.confirm, therapist, case, NOON)
        assert self.does(agreements.agree, partner, case, NOON)
        self.does(cases.give_consent, patient, case, frozenset(scopes), NOON)
        return Three(case, therapist, partner, patient)

    def chat(self, person: str) -> Chat:
        """What is known about a chat now."""
        return self.does(people.lock_and_load, person)

    def sees(self, person: str, case: str, role: Role) -> object:
        """The case as this person sees it in this role, or None."""
        chat = self.chat(person)
        return next((c for c in chat.cases if c.id == case and c.mine is role), None)

    def rows(self, table: Table) -> int:
        """How many rows a table has."""
        with self.database.reading() as unit:
            return unit.connection.scalar(select(func.count()).select_from(table)) or 0


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that are executed meanwhile."""
    with observed(engine) as seen:
        statements: list[str] = []
        yield statements
        statements += [statement for statement, _ in seen]


@contextmanager
def observed(engine: Engine) -> Iterator[list[tuple[str, object]]]:
    """Collect the statements that are executed meanwhile, with their parameters."""
    seen: list[tuple[str, object]] = []

    def note(
        _connection: object, _cursor: object, statement: str, values: object, *_: object
    ) -> None:
        seen.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
