"""What is held about one person beyond the chat: rows as plain mappings, for their own copy.

Every table that names a person is listed in `TOLD`, by what tells of it; a test compares. Words
come back in the clear, for this person alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import BindParameter, Executable, bindparam, select

from bot.engine.chat import Look
from bot.store import favourites
from bot.store import looks as access_log
from bot.store.database import Unit
from bot.store.tables import (
    ACCESS_LOG,
    CALL_REQUEST,
    CONSENT,
    CONTACT_REQUEST,
    DUE,
    FAVOURITE,
    GOAL,
    GOAL_ANSWER,
    MEMBER,
    PERSON,
    PROGRESS,
    REPLY,
    SIGN,
    STAFF,
    TIER_NOTE,
    UPDATE_SEEN,
)

Rows = list[Mapping[str, Any]]

# Which table is told where: by the chat itself, as far as it may be seen, or by a function here.
TOLD = {
    MEMBER: "cases",
    GOAL: "goals",
    SIGN: "cases",
    CONTACT_REQUEST: "cases",
    CALL_REQUEST: "cases",
    GOAL_ANSWER: "goal_answers",
    FAVOURITE: "favourites",
    PROGRESS: "readings",
    TIER_NOTE: "safety",
    ACCESS_LOG: "who_looked",
    DUE: "planned",
    REPLY: "messages",
    UPDATE_SEEN: "set_aside",
    STAFF: "practices",
}


def person(unit: Unit, who: str) -> Rows:
    """Return since when a person is known, and since when they block the bot."""
    return _read(unit, _PERSON, who)


def readings(unit: Unit, who: str) -> Rows:
    """Return how far a person is in each module, and since when."""
    return _read(unit, _READINGS, who)


def goal_answers(unit: Unit, who: str, goals: Sequence[str]) -> Rows:
    """Return the answers about the goals named, by day."""
    return _read(unit, _ANSWERS, who, goals=list(goals))


def tier_notes(unit: Unit, who: str) -> Rows:
    """Return which codes were answered, and when."""
    return _read(unit, _NOTES, who)


def planned(unit: Unit, who: str) -> Rows:
    """Return what is to be sent to a person and what became of what was."""
    return _read(unit, _PLANNED, who)


def messages(unit: Unit, who: str) -> Rows:
    """Return the messages of which a trace is left: a number and times, no text."""
    return _read(unit, _MESSAGES, who)


def set_aside(unit: Unit, who: str) -> Rows:
    """Return what could not be turned and waits for the operator."""
    return _read(unit, _ASIDE, who)


def consents(unit: Unit, who: str, case: str) -> Rows:
    """Return the consents of a case, those revoked too, if the person is its patient."""
    return _read(unit, _CONSENTS, who, case=case)


def looks(unit: Unit, who: str, zone: str) -> tuple[Look, ...]:
    """Return who looked at the person's data."""
    return access_log.at(unit, who, zone)


def others(unit: Unit, who: str) -> Iterator[tuple[str, Rows]]:
    """Give what a person keeps in tables of its own, by name."""
    yield "practices", _read(unit, _PRACTICES, who)
    yield "favourites", [asdict(kept) for kept in favourites.of_person(unit, who)]


def _read(unit: Unit, statement: Executable, who: str, **more: object) -> Rows:
    rows = unit.connection.execute(statement, {"person": who, **more})
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - the public name of a row's mapping


_NOT_THEIRS = frozenset({"case_id", "practice_id", "recorded_by"})
_WHO: BindParameter[str] = bindparam("person")
_PERSON = select(PERSON.c.created_at.label("known_since"), PERSON.c.blocked_at).where(
    PERSON.c.id == _WHO
)
_READINGS = (
    select(PROGRESS.c.module, PROGRESS.c.step, PROGRESS.c.finished, PROGRESS.c.changed_at)
    .where(PROGRESS.c.person_id == _WHO)
    .order_by(PROGRESS.c.module)
)
_ANSWERS = (
    select(GOAL_ANSWER.c.goal_id.label("goal"), GOAL_ANSWER.c.day, GOAL_ANSWER.c.answer)
    .where(
        GOAL_ANSWER.c.person_id == _WHO,
        GOAL_ANSWER.c.goal_id.in_(bindparam("goals", expanding=True)),
    )
    .order_by(GOAL_ANSWER.c.day, GOAL_ANSWER.c.goal_id)
)
_NOTES = (
    select(TIER_NOTE.c.tier, TIER_NOTE.c.trigger.label("code"), TIER_NOTE.c.at)
    .where(TIER_NOTE.c.person_id == _WHO)
    .order_by(TIER_NOTE.c.at, TIER_NOTE.c.id)
)
_PLANNED = (
    select(DUE.c.kind, DUE.c.local_date, DUE.c.due_at, DUE.c.state)
    .where(DUE.c.person_id == _WHO)
    .order_by(DUE.c.due_at, DUE.c.id)
)
_MESSAGES = (
    select(REPLY.c.message_id, REPLY.c.state, REPLY.c.created_at, REPLY.c.sent_at)
    .where(REPLY.c.person_id == _WHO)
    .order_by(REPLY.c.seq)
)
_ASIDE = select(UPDATE_SEEN.c.state, UPDATE_SEEN.c.received_at).where(
    UPDATE_SEEN.c.person_id == _WHO
)
_PRACTICES = select(STAFF.c.practice_id.label("practice"), STAFF.c.joined_at).where(
    STAFF.c.person_id == _WHO
)
_CONSENTS = (
    select(*(column for column in CONSENT.c if column.name not in _NOT_THEIRS))
    .where(
        CONSENT.c.case_id == bindparam("case"),
        CONSENT.c.case_id.in_(
            select(MEMBER.c.case_id).where(MEMBER.c.person_id == _WHO, MEMBER.c.role == "patient")
        ),
    )
    .order_by(CONSENT.c.scope)
)
