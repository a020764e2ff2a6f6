"""Every row of every table as lines of JSON and back: the same for SQLite and PostgreSQL.

Sealed values stay sealed on the way. A table begins with its name and the kinds of its columns,
so that a copy can be loaded into the tables of its own revision and brought forward from there.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Time,
)
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

from bot.store.errors import UnusableFile
from bot.store.tables import PERSON

_AT_ONCE = 500
Line = dict[str, Any] | list[Any]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of column: its type here, and how a value stands in JSON."""

    name: str
    here: TypeEngine[Any]
    out: Callable[[Any], Any]
    back: Callable[[Any], Any]


def _as_is(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    return value


# A flag is no number here although it is one in Python: PostgreSQL minds.
_KINDS = (
    _Kind("flag", Boolean(), bool, bool),
    _Kind("number", BigInteger(), _as_is, _as_is),
    _Kind("figure", Float(), _as_is, _as_is),
    _Kind("text", String(), _as_is, _as_is),
    _Kind("sealed", LargeBinary(), lambda v: b64encode(v).decode(), b64decode),
    _Kind("moment", PERSON.c.created_at.type, datetime.isoformat, datetime.fromisoformat),
    _Kind("day", Date(), date.isoformat, date.fromisoformat),
    _Kind("hour", Time(), time.isoformat, time.fromisoformat),
)
_NAMED = {kind.name: kind for kind in _KINDS}
_BASES: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Boolean, "flag"),
    (Integer, "number"),
    (Float, "figure"),
    (String, "text"),
    (LargeBinary, "sealed"),
    (DateTime, "moment"),
    (Date, "day"),
    (Time, "hour"),
)


def kind_of(column: Column[Any]) -> str:
    """Return the kind of a column; raise TypeError for one that nobody can copy."""
    of: TypeEngine[Any] = column.type
    if isinstance(of, TypeDecorator):
        of = of.impl_instance
    for base, name in _BASES:
        if isinstance(of, base):
            return name
    raise TypeError(f"{column} is of a type that no copy holds: {column.type!r}")


def rows_of(connection: Connection) -> Iterator[Line]:
    """Yield each table, owners first, and behind it its rows."""
    streamed = {"stream_results": True, "yield_per": _AT_ONCE}
    for table in SQLModel.metadata.sorted_tables:
        kinds = [(column.name, kind_of(column)) for column in table.columns]
        yield {"table": table.name, "columns": kinds}
        out = [_NAMED[kind].out for _, kind in kinds]
        ordered = table.select().order_by(*table.primary_key)
        for row in connection.execute(ordered, execution_options=streamed):
            yield [v if v is None else f(v) for f, v in zip(out, row, strict=True)]


def load(connection: Connection, lines: Iterable[Line]) -> None:
    """Put the rows of a copy into tables that are there and empty."""
    table: Table | None = None
    back: Sequence[Callable[[Any], Any]] = ()
    waiting: list[dict[str, Any]] = []

    def put() -> None:
        if table is not None and waiting:
            connection.execute(table.insert(), waiting)
            waiting.clear()

    for line in lines:
        if isinstance(line, dict):
            put()
            kinds = [(name, _NAMED[kind]) for name, kind in line["columns"]]
            columns = [Column(name, kind.here) for name, kind in kinds]
            table, back = Table(line["table"], MetaData(), *columns), [k.back for _, k in kinds]
        elif table is None:
            raise UnusableFile("The backup has a row before its first table; use another copy")
        else:
            values = (v if v is None else f(v) for f, v in zip(back, line, strict=True))
            waiting.append(dict(zip(table.columns.keys(), values, strict=True)))
            if len(waiting) >= _AT_ONCE:
                put()
    put()


def written(line: Line) -> bytes:
    """Return a line as it stands in a file."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
