"""Micro-goals: the person's own words sealed, shared ones only as long as consent covers them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import and_, bindparam, delete, exists, literal, or_, select

from bot.engine.chat import Goal
from bot.store.database import AnyRow, Unit
from bot.store.encryption import Vault
from bot.store.tables import GOAL, GOAL_ANSWER, MEMBER, PERSON


def save_goal(unit: Unit, person: str, goal: Goal, at: datetime, case: str | None = None) -> None:
    """Save a new or changed micro-goal of a person; the same again changes nothing.

    A goal that is not the person's own care belongs to `case` from its beginning. Raises
    ValueError when such a goal has no case the person is in.
    """
    words = unit.vault(person).seal("goal", "words", goal.words) if goal.words else None
    row = {
        "slug": goal.slug,
        "words": words,
        "effort": goal.effort,
        "smaller": goal.smaller,
        "active": goal.active,
        "misses": goal.misses,
        "asked_on": goal.asked_on,
        "answered_on": goal.answered_on,
        "done_on": goal.done_on,
        "done": goal.done,
    }
    key = {"person_id": person, "id": goal.id}
    if goal.own:
        case = None
    elif not unit.connection.scalar(_SHARES, {"person": person, "case": case}):
        raise ValueError("A shared goal needs a case its owner is in")
    unit.connection.execute(
        unit.insert(GOAL)
        .values(**key, **row, own=goal.own, case_id=case, created_at=at)
        .on_conflict_do_update(index_elements=list(GOAL.primary_key), set_=row)
    )


def record_answer(unit: Unit, person: str, goal: str, day: date, answer: str) -> bool:
    """Record the answer for a local date; return False if it stood already, or no such goal (P2).

    Whoever thinks again may answer again: the latest answer stands.
    """
    theirs = select(literal(person), literal(goal), literal(day), literal(answer)).where(
        exists().where(GOAL.c.person_id == person, GOAL.c.id == goal)
    )
    columns = [column.name for column in GOAL_ANSWER.c]
    recorded = (
        unit.insert(GOAL_ANSWER)
        .from_select(columns, theirs)
        .on_conflict_do_update(
            index_elements=list(GOAL_ANSWER.primary_key),
            set_={"answer": answer},
            where=GOAL_ANSWER.c.answer != answer,
        )
        .returning(GOAL_ANSWER.c.day)
    )
    return unit.connection.scalar(recorded) is not None


def take_back_answer(unit: Unit, person: str, goal: str, day: date) -> bool:
    """Delete the answer for a local date; return False if there is none."""
    taken = unit.connection.scalar(_TAKEN_BACK, {"person": person, "goal": goal, "on": day})
    return taken is not None


def seen_by(
    unit: Unit, person: str, *, shared: Collection[str], mirrored: Collection[str]
) -> tuple[tuple[Goal, ...], Mapping[str, tuple[Goal, ...]]]:
    """Return a person's own goals, and by case those a patient sees in the mirror, oldest first.

    `shared` are the cases where the person is the partner and goals are consented to now,
    `mirrored` those where the person is the patient; whatever lies elsewhere stays sealed (P8).
    """
    asked = {"person": person, "shared": list(shared), "mirrored": list(mirrored)}
    mine: list[Goal] = []
    others: defaultdict[str, tuple[Goal, ...]] = defaultdict(tuple)
    for row in unit.connection.execute(_SEEN, asked):
        if row.person_id == person:
            mine.append(_goal(row, unit.vault(person)))
        else:
            vault = unit.unlock(row.person_id, row.data_key)
            others[row.case_id] += (_in_the_mirror(_goal(row, vault)),)
    return tuple(mine), others


def _goal(row: AnyRow, vault: Vault) -> Goal:
    return Goal(
        row.id,
        row.slug,
        vault.open("goal", "words", row.words) if row.words else None,
        row.own,
        row.effort,
        row.smaller,
        row.active,
        row.misses,
        row.asked_on,
        row.answered_on,
        row.done_on,
        row.done,
    )


def _in_the_mirror(goal: Goal) -> Goal:
    """What the goal is, and nothing of how it goes."""
    return Goal(goal.id, goal.slug, goal.words, own=False, effort=goal.effort, smaller=goal.smaller)


_SHARES = select(
    exists().where(MEMBER.c.person_id == bindparam("person"), MEMBER.c.case_id == bindparam("case"))
)
_TAKEN_BACK = (
    delete(GOAL_ANSWER)
    .where(
        GOAL_ANSWER.c.person_id == bindparam("person"),
        GOAL_ANSWER.c.goal_id == bindparam("goal"),
        GOAL_ANSWER.c.day == bindparam("on"),
    )
    .returning(GOAL_ANSWER.c.day)
)
_SEEN = (
    select(GOAL, PERSON.c.data_key)
    .join(PERSON, PERSON.c.id == GOAL.c.person_id)
    .where(
        or_(
            and_(
                GOAL.c.person_id == bindparam("person"),
                or_(GOAL.c.own, GOAL.c.case_id.in_(bindparam("shared", expanding=True))),
            ),
            and_(
                GOAL.c.case_id.in_(bindparam("mirrored", expanding=True)),
                ~GOAL.c.own,
                GOAL.c.active,
            ),
        )
    )
    .order_by(GOAL.c.created_at, GOAL.c.id)
)
