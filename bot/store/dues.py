"""What must happen later: one row each, claimed under a lease, and never forgotten or doubled.

waiting -> (claimed: a lease on it) -> sending -> sent | skipped | unknown, or back to waiting.
A row found in `sending` after its lease may have been sent or not: a reminder then stays
`unknown` for ever, what must arrive at least once waits again (P3). Replies put for a row live
and die with it: unless it was sent, they are dropped when it leaves `sending`.

A lease that reaches further ahead than anybody takes one is over too: the clock was set back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)

from bot.store.database import AnyRow, Unit
from bot.store.tables import DUE, REPLY

BATCH = 30
# Written out, not bound: only then do both databases see that a partial index holds the answer.
_WAITS = DUE.c.state == literal_column("'waiting'")
_IN_SENDING = DUE.c.state == literal_column("'sending'")


class Kind(StrEnum):
    """The kinds of rows whose loss or repetition matters here; services may add others."""

    REMINDER = "reminder"
    SNOOZE = "snooze"
    FOLLOW_UP = "follow_up"
    CHECK = "sign_check"
    CONTACT = "contact"
    NOTICE = "notice"
    RENEWAL = "renewal"


# Everything else is sent at most once, and waits for its slot. An index knows these two by name.
AT_LEAST_ONCE = (Kind.CONTACT, Kind.NOTICE)
_URGENT = DUE.c.kind.in_([literal_column(f"'{kind}'") for kind in AT_LEAST_ONCE])


class State(StrEnum):
    """Where a row stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Due:
    """A row that is due: `local_date` is the person's own day, `due_at` the moment in UTC.

    `scope` is the consent it is sent under, if any.
    """

    id: int
    kind: str
    person: str
    case: str | None
    about: str
    local_date: date
    due_at: datetime
    attempts: int
    scope: str | None = None


def plan(
    unit: Unit,
    kind: str,
    person: str,
    local_date: date,
    due_at: datetime,
    about: str = "",
    case: str | None = None,
    scope: str | None = None,
) -> bool:
    """Make something due, once for its kind, person, case, matter and local date.

    With a `scope` it goes when that consent is revoked. Returns whether it is new; whatever has
    the same key, in any state, is left as it is (P6).
    """
    row = {
        "kind": kind,
        "person_id": person,
        "case_id": case,
        "about": about,
        "scope": scope,
        "local_date": local_date,
        "due_at": due_at,
        "state": State.WAITING,
        "attempts": 0,
    }
    statement = unit.insert(DUE).values(row).on_conflict_do_nothing().returning(DUE.c.id)
    return unit.connection.scalar(statement) is not None


def replan(
    unit: Unit,
    kind: str,
    person: str,
    local_date: date,
    due_at: datetime,
    about: str = "",
    case: str | None = None,
) -> bool:
    """Move what waits to another moment; return False if it does not wait any more.

    A worker that has just claimed it loses it.
    """
    moved = (
        update(DUE)
        .where(
            DUE.c.kind == kind,
            DUE.c.person_id == person,
            DUE.c.local_date == local_date,
            DUE.c.about == about,
            DUE.c.case_id.is_not_distinct_from(case),
            _WAITS,
        )
        .values(due_at=due_at, lease_until=None, lease_by=None)
        .returning(DUE.c.id)
    )
    return unit.connection.scalar(moved) is not None


def drop(
    unit: Unit,
    *,
    person: str | None = None,
    case: str | None = None,
    kinds: Iterable[str] | None = None,
    scopes: Iterable[str] | None = None,
) -> int:
    """Take back what waits for a person or in a case; return how many rows went.

    With `kinds` only these, with `scopes` only what is covered by one of these. What is being
    sent at this moment, or was, stays: its local date is used up. Raises ValueError when neither
    a person nor a case is named.
    """
    which: list[ColumnElement[bool]] = [_WAITS]
    if person is None and case is None:
        raise ValueError("Name the person or the case whose rows are dropped")
    if person is not None:
        which.append(DUE.c.person_id == person)
    if case is not None:
        which.append(DUE.c.case_id == case)
    if kinds is not None:
        which.append(DUE.c.kind.in_(list(kinds)))
    if scopes is not None:
        which.append(DUE.c.scope.in_(sorted(scopes)))
    gone = unit.connection.execute(delete(DUE).where(*which).returning(DUE.c.id))
    return len(gone.all())


def claim(
    unit: Unit,
    at: datetime,
    worker: str,
    lease: timedelta,
    limit: int = BATCH,
    pushes: int = BATCH,
) -> tuple[Due, ...]:
    """Take up to `limit` rows that are due at `at`, the earliest first, under a lease.

    What must arrive comes before everything else, however much that is: nobody who asks to be
    called waits behind ten thousand reminders. Of the rest at most `pushes` are taken. Rows
    another worker holds are passed over without waiting. Commit before working on them.
    """
    _recover(unit, at, lease)
    ids = list(unit.connection.scalars(_MUST_ARRIVE, {"now": at, "limit": limit}))
    room = min(limit - len(ids), pushes)
    if room > 0:
        ids += unit.connection.scalars(_PUSHES, {"now": at, "limit": room})
    if not ids:
        return ()
    taken = (
        update(DUE)
        .where(DUE.c.id.in_(ids))
        .values(lease_until=at + lease, lease_by=worker, attempts=DUE.c.attempts + 1)
        .returning(*_SEEN)
    )
    dues = [_due(row) for row in unit.connection.execute(taken)]
    return tuple(sorted(dues, key=lambda due: (due.due_at, due.id)))


def mark(
    unit: Unit,
    due: int,
    state: State,
    *,
    at: datetime,
    worker: str,
    lease_until: datetime | None = None,
) -> bool:
    """Move a row this worker holds to another state; return False if it holds it no longer.

    `sending` wants a lease that has not run out, and renews it until `lease_until`; after False
    nothing may be sent. `waiting` gives it back, not to be tried before `lease_until`.
    """
    held = and_(DUE.c.id == due, DUE.c.lease_by == worker)
    if state is State.SENDING:
        held = and_(held, _WAITS, DUE.c.lease_until > at)
    else:
        held = and_(held, or_(_WAITS, _IN_SENDING))
    moved = (
        update(DUE)
        .where(held)
        .values(
            state=state,
            lease_until=lease_until if state in {State.SENDING, State.WAITING} else None,
            lease_by=worker if state is State.SENDING else None,
        )
        .returning(DUE.c.id)
    )
    done = unit.connection.scalar(moved) is not None
    if done and state not in {State.SENDING, State.SENT}:
        _drop_replies(unit, [due])
    return done


def next_due_at(unit: Unit) -> datetime | None:
    """Return the next moment at which `claim` may have something to do, or None."""
    waiting, leased = unit.connection.execute(_NEXT).one()
    return min((moment for moment in (waiting, leased) if moment), default=None)


_SEEN = (
    DUE.c.id,
    DUE.c.kind,
    DUE.c.person_id,
    DUE.c.case_id,
    DUE.c.about,
    DUE.c.local_date,
    DUE.c.due_at,
    DUE.c.attempts,
    DUE.c.scope,
)
_CLAIMABLE = (
    select(DUE.c.id)
    .where(
        _WAITS,
        DUE.c.due_at <= bindparam("now"),
        or_(DUE.c.lease_until.is_(None), DUE.c.lease_until <= bindparam("now")),
    )
    .order_by(DUE.c.due_at, DUE.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, key_share=True)
)
_MUST_ARRIVE = _CLAIMABLE.where(_URGENT)
_PUSHES = _CLAIMABLE.where(~_URGENT)
_NEXT = select(
    select(func.min(DUE.c.due_at)).where(_WAITS, DUE.c.lease_until.is_(None)).scalar_subquery(),
    select(func.min(DUE.c.lease_until)).where(DUE.c.lease_until.is_not(None)).scalar_subquery(),
)
_OVERDUE = and_(
    _IN_SENDING,
    or_(DUE.c.lease_until <= bindparam("now"), DUE.c.lease_until > bindparam("furthest")),
)
_DOUBTFUL = (
    update(DUE)
    .where(_OVERDUE, ~_URGENT)
    .values(state=State.UNKNOWN, lease_until=None, lease_by=None)
    .returning(DUE.c.id)
)
_AGAIN = (
    update(DUE)
    .where(_OVERDUE, _URGENT)
    .values(state=State.WAITING, lease_until=None, lease_by=None)
    .returning(DUE.c.id)
)


def _recover(unit: Unit, at: datetime, lease: timedelta) -> None:
    """Settle what a worker left behind in `sending` when it died."""
    # Twice the lease: the clocks of two machines never agree to the second.
    over = {"now": at, "furthest": at + 2 * lease}
    doubtful = unit.connection.scalars(_DOUBTFUL, over).all()
    again = unit.connection.scalars(_AGAIN, over).all()
    _drop_replies(unit, [*doubtful, *again])


def _drop_replies(unit: Unit, dues: list[int]) -> None:
    if dues:
        unit.connection.execute(
            update(REPLY)
            .where(REPLY.c.due_id.in_(dues), REPLY.c.state == "unsent")
            .values(state="dropped", payload=None)
        )


def _due(row: AnyRow) -> Due:
    return Due(
        row.id,
        row.kind,
        row.person_id,
        row.case_id,
        row.about,
        row.local_date,
        row.due_at,
        row.attempts,
        row.scope,
    )
