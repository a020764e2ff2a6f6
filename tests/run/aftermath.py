"""Everything the bot knows in the end, without what chance and the clock decided.

Ids, secrets and times of day differ between two runs; nothing else may.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, select

from bot.engine.chat import Case, Chat, Goal, Request
from bot.services.parts import Parts
from bot.store import people
from bot.store.database import AnyRow, Unit
from bot.store.dues import Kind
from bot.store.tables import (
    ASSIGNMENT,
    CONSENT,
    CONTACT_REQUEST,
    DUE,
    GOAL_ANSWER,
    INVITATION,
    MEMBER,
    TIER_NOTE,
    UPDATE_SEEN,
)

_ROWS = {
    ASSIGNMENT: ("module", "position"),
    CONSENT: ("scope",),
    CONTACT_REQUEST: ("action",),
    GOAL_ANSWER: ("day", "answer"),
    INVITATION: ("role",),
    MEMBER: ("role",),
    TIER_NOTE: ("tier", "trigger"),
}
_HAPPENED = ("revoked_at", "used_at", "seen_at", "closed_at", "withdrawn_at")
# A reminder whose end is unclear counts as used up, like one that was sent.
_SETTLED = {"unknown": "sent"}


def aftermath(parts: Parts, accounts: Iterable[int]) -> dict[str, Any]:
    """Return each chat, and how many rows of each kind there are."""
    with parts.database.unit() as unit:
        chats = {account: _chat(_loaded(unit, account)) for account in accounts}
        rows = {table.name: _counted(unit, table, names) for table, names in _ROWS.items()}
        due = select(DUE.c.kind, DUE.c.about, DUE.c.local_date, DUE.c.state)
        planned = Counter(map(_planned, unit.connection.execute(due)))
        # Those that were turned are forgotten after two days, counted from each start.
        left = select(UPDATE_SEEN.c.update_id).where(UPDATE_SEEN.c.state != "turned")
        not_turned = len(unit.connection.execute(left).all())
    return {"chats": chats, "due": planned, "not turned": not_turned, **rows}


def unclear(parts: Parts) -> int:
    """Return how many rows ended `unknown`: perhaps sent, and never sent again."""
    with parts.database.reading() as unit:
        states = unit.connection.scalars(select(DUE.c.state))
        return sum(state == "unknown" for state in states)


def _planned(row: AnyRow) -> tuple[object, ...]:
    """What was to happen when, and how it ended; the id a notice is about is left out."""
    kind_of_notice = row.about.partition(":")[0] if row.kind == Kind.NOTICE else ""
    return (row.kind, kind_of_notice, row.local_date, _SETTLED.get(row.state, row.state))


def _loaded(unit: Unit, account: int) -> Chat:
    person = people.find(unit, account)
    assert person, f"nobody knows {account}"
    return people.lock_and_load(unit, person)


def _counted(unit: Unit, table: Table, names: tuple[str, ...]) -> Counter[tuple[object, ...]]:
    happened = [name for name in _HAPPENED if name in table.c]
    return Counter(
        (*(getattr(row, n) for n in names), *(getattr(row, n) is not None for n in happened))
        for row in unit.connection.execute(select(table))
    )


def _chat(chat: Chat) -> dict[str, object]:
    return {
        "role": (chat.role, chat.roles),
        "place": (chat.place.flow, chat.place.step, sorted(chat.memory)),
        "paused": chat.paused and (chat.paused.flow, chat.paused.step),
        "revision": chat.revision,
        "alarm": (chat.alarm.level, chat.goals_off),
        "person": (chat.adult, chat.agreed, chat.own_contact, chat.preferences),
        "progress": dict(chat.progress),
        "goals": [_goal(goal) for goal in chat.goals],
        "cases": [_case(case) for case in chat.cases],
    }


def _goal(goal: Goal) -> dict[str, object]:
    return {name: getattr(goal, name) for name in Goal.__slots__ if name != "id"}


def _case(case: Case) -> dict[str, object]:
    known = {name: getattr(case, name) for name in Case.__slots__ if name not in {"id", "number"}}
    requests = [_request(request) for request in case.requests]
    return {**known, "requests": requests, "shared": [_goal(goal) for goal in case.shared]}


def _request(request: Request) -> tuple[object, ...]:
    return (request.seen_at is not None, request.action, request.closed_at is not None)
