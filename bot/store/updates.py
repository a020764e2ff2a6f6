"""Updates seen: each is turned once, counted while it fails, set aside when it cannot be turned."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Executable, and_, bindparam, delete, func, or_, select, update

from bot.store.database import Insert, Unit
from bot.store.tables import UPDATE_SEEN


class State(StrEnum):
    """What became of an update."""

    TURNED = "turned"
    FAILING = "failing"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Aside:
    """An update that was set aside, with what it held and the kind of error it met last."""

    update_id: int
    received_at: datetime
    failures: int
    payload: str
    error: str = ""


def take(unit: Unit, update_id: int, at: datetime) -> bool:
    """Take an update to be turned in this unit; return False if that was done before (P2)."""
    fresh = {"update_id": update_id, "received_at": at}
    return unit.connection.scalar(unit.built(_taken), fresh) is not None


def _taken(insert: Insert) -> Executable:
    statement = insert(UPDATE_SEEN).values(
        update_id=bindparam("update_id"),
        received_at=bindparam("received_at"),
        failures=0,
        state=State.TURNED.value,
    )
    # A row that only counts failures does not stand in the way of the next try.
    return statement.on_conflict_do_update(
        index_elements=[UPDATE_SEEN.c.update_id],
        set_={"state": State.TURNED.value},
        where=UPDATE_SEEN.c.state == State.FAILING.value,
    ).returning(UPDATE_SEEN.c.update_id)


def failed(unit: Unit, update_id: int, at: datetime) -> int:
    """Count one more failure, in a unit of its own; return how many there are now."""
    first = {"update_id": update_id, "received_at": at, "failures": 1, "state": State.FAILING}
    counted = (
        unit.insert(UPDATE_SEEN)
        .values(first)
        .on_conflict_do_update(
            index_elements=[UPDATE_SEEN.c.update_id],
            set_={"failures": UPDATE_SEEN.c.failures + 1},
        )
        .returning(UPDATE_SEEN.c.failures)
    )
    return int(unit.connection.execute(counted).scalar_one())


def set_aside(
    unit: Unit,
    update_id: int,
    payload: str,
    at: datetime,
    person: str | None = None,
    error: str = "",
) -> bool:
    """Set an update aside, sealed; return False if it was turned or set aside already.

    With `person`, it goes when that person is erased. `error` is a kind, never a message.
    """
    sealed = unit.secrets.service.seal("update_seen", "payload", payload)
    kept = {"state": State.ASIDE, "payload": sealed, "person_id": person, "error": error or None}
    statement = (
        unit.insert(UPDATE_SEEN)
        .values(update_id=update_id, received_at=at, failures=0, **kept)
        .on_conflict_do_update(
            index_elements=[UPDATE_SEEN.c.update_id],
            set_=kept,
            where=UPDATE_SEEN.c.state == State.FAILING,
        )
        .returning(UPDATE_SEEN.c.update_id)
    )
    return unit.connection.scalar(statement) is not None


def aside(unit: Unit) -> tuple[Aside, ...]:
    """Return what was set aside, the oldest first."""
    rows = unit.connection.execute(_ASIDE)
    opened = unit.secrets.service.open
    return tuple(
        Aside(
            row.update_id,
            row.received_at,
            row.failures,
            opened("update_seen", "payload", row.payload),
            row.error or "",
        )
        for row in rows
    )


def retry(unit: Unit, update_id: int) -> bool:
    """Let an update that was set aside be taken again; return False if there is none."""
    again = (
        update(UPDATE_SEEN)
        .where(UPDATE_SEEN.c.update_id == update_id, UPDATE_SEEN.c.state == State.ASIDE)
        .values(state=State.FAILING, failures=0, payload=None, error=None)
        .returning(UPDATE_SEEN.c.update_id)
    )
    return unit.connection.scalar(again) is not None


def drop(unit: Unit, update_id: int) -> bool:
    """Give up on an update that was set aside; its id stays, so that it is not taken again."""
    gone = (
        update(UPDATE_SEEN)
        .where(UPDATE_SEEN.c.update_id == update_id, UPDATE_SEEN.c.state == State.ASIDE)
        .values(state=State.TURNED, payload=None)
        .returning(UPDATE_SEEN.c.update_id)
    )
    return unit.connection.scalar(gone) is not None


def aside_count(unit: Unit) -> int:
    """Return how many updates are set aside."""
    return unit.connection.scalar(_ASIDE_COUNT) or 0


def forget_before(unit: Unit, seen: datetime, aside: datetime) -> int:
    """Forget updates received before `seen`, and those set aside before `aside`."""
    gone = unit.connection.execute(_OLD, {"seen": seen, "aside": aside})
    return len(gone.all())


_ASIDE_COUNT = (
    select(func.count()).select_from(UPDATE_SEEN).where(UPDATE_SEEN.c.state == State.ASIDE.value)
)
_ASIDE = (
    select(UPDATE_SEEN)
    .where(UPDATE_SEEN.c.state == State.ASIDE.value)
    .order_by(UPDATE_SEEN.c.received_at, UPDATE_SEEN.c.update_id)
)
_OLD = (
    delete(UPDATE_SEEN)
    .where(
        or_(
            and_(
                UPDATE_SEEN.c.state != State.ASIDE.value,
                UPDATE_SEEN.c.received_at < bindparam("seen"),
            ),
            UPDATE_SEEN.c.received_at < bindparam("aside"),
        )
    )
    .returning(UPDATE_SEEN.c.update_id)
)
