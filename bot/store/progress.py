"""How far a person is in each module."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import BindParameter, Executable, bindparam, or_, select

from bot.engine.chat import Progress
from bot.store.database import Insert, Unit
from bot.store.tables import PROGRESS


def save_progress(
    unit: Unit, person: str, module: str, step: str, at: datetime, *, finished: bool
) -> None:
    """Save where a person is in a module, exactly as given; the same again changes nothing."""
    row = {"person": person, "module": module, "step": step, "finished": finished, "at": at}
    unit.connection.execute(unit.built(_saved), row)


def _saved(insert: Insert) -> Executable:
    given: dict[str, BindParameter[Any]] = {
        "step": bindparam("step"),
        "finished": bindparam("finished"),
        "changed_at": bindparam("at"),
    }
    return (
        insert(PROGRESS)
        .values(person_id=bindparam("person"), module=bindparam("module"), **given)
        .on_conflict_do_update(
            index_elements=[PROGRESS.c.person_id, PROGRESS.c.module],
            set_=given,
            where=or_(PROGRESS.c.step != given["step"], PROGRESS.c.finished != given["finished"]),
        )
    )


def of_person(unit: Unit, person: str) -> Mapping[str, Progress]:
    """Return a person's progress by module."""
    rows = unit.connection.execute(_OF_PERSON, {"person": person})
    return MappingProxyType({row.module: Progress(row.step, row.finished) for row in rows})


_OF_PERSON = select(PROGRESS.c.module, PROGRESS.c.step, PROGRESS.c.finished).where(
    PROGRESS.c.person_id == bindparam("person")
)
