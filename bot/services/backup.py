"""Backup and restore: sealed, at one moment, while the bot runs; what was withdrawn stays so.

A backup is every row of every table, in lines of JSON, in a sealed file (store/envelope.py). It
can be restored into SQLite or PostgreSQL, whatever it came from. Beside the daily backups stands
the list of withdrawals, newer than all of them: see store/withdrawals.py.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.engine.chat import Scope
from bot.engine.effects import PlanCheck, PlanReminder
from bot.services.carrying import Turned, plan_check, plan_reminder
from bot.services.parts import nobody
from bot.store import afterwards, copying, envelope, people, rebuilding, withdrawals
from bot.store.database import Database, Unit
from bot.store.dues import Kind
from bot.store.encryption import Keyring
from bot.store.errors import Missing, UnusableFile
from bot.store.withdrawals import Withdrawal

OLDEST = timedelta(days=30)
"""Of a backup that may be restored: longer than that a revocation is not remembered."""

WITHDRAWALS = "withdrawals.sealed"
_BACKUP, _WITHDRAWALS = "backup", "withdrawals"
_NAME = "accanto-%Y%m%dT%H%M%SZ.sealed"
_KEPT = 7
_EVERY = timedelta(days=1)
Counted = dict[str, int]


@dataclass(frozen=True, slots=True)
class Head:
    """How a backup begins: when it was made, and at which revision its tables were."""

    made_at: datetime
    revision: str


def backup(
    database: Database, file: Path, at: datetime, between: Callable[[], None] = nobody
) -> int:
    """Write a sealed backup of this moment; return how many rows are in it.

    Args:
        database: what is backed up, while it is used.
        file: where to.
        at: now.
        between: is called after every row, and may raise to stop.

    Raises:
        UnusableFile: the file cannot be written; nothing is left of it then.
    """
    with database.snapshot() as unit, envelope.sealing(file, _BACKUP, unit.keyring) as write:
        head = {"made_at": at.isoformat(), "revision": rebuilding.revision(unit.connection)}
        write(copying.written(head))
        rows = 0
        for line in copying.rows_of(unit.connection):
            rows += isinstance(line, list)
            write(copying.written(line))
            between()
        write(copying.written({"rows": rows}))
    return rows


def list_withdrawals(database: Database, file: Path, at: datetime) -> int:
    """Write the sealed list of what is withdrawn now; return how long it is."""
    with database.snapshot() as unit, envelope.sealing(file, _WITHDRAWALS, unit.keyring) as write:
        write(copying.written({"made_at": at.isoformat()}))
        number = 0
        for one in withdrawals.standing(unit, at):
            write(copying.written([one.kind, one.about, one.at.isoformat()]))
            number += 1
        write(copying.written({"rows": number}))
    return number


def restore(database: Database, file: Path, listed: Path | None, at: datetime) -> Counted:
    """Put a backup into an empty database, without what was withdrawn and without old messages.

    Both files are read to their end before anything is written; all is one transaction.

    Args:
        database: an empty one.
        file: the backup.
        listed: the list of withdrawals; without it, none are known.
        at: now.

    Returns:
        How many rows came back, and what was done to them.

    Raises:
        UnusableFile, WrongKeys: one of the files does not open, or is too old.
        NotEmpty: somebody is in the database.
    """
    keyring = database.keyring
    head, rows = _checked(file, keyring)
    if at - head.made_at > OLDEST:
        raise UnusableFile(
            f"{file} was made on {head.made_at:%Y-%m-%d}, more than {OLDEST.days} days ago: who "
            "withdrew since is not known any more; use a newer one"
        )
    withdrawn = _withdrawn(listed, keyring) if listed else []

    def load(connection: Connection) -> None:
        copying.load(connection, _rows(file, keyring))

    with database.rebuilt(head.revision, load) as unit:
        again = withdrawals.apply(unit, withdrawn, head.made_at, at)
        silenced = afterwards.silence(unit, at)
        for kind, person, day in silenced.rhythms:
            _go_on(unit, kind, person, day, at)
    return {
        "rows": rows,
        **{f"{kind} again": again[kind] for kind in withdrawals.KINDS},
        "not sent any more": silenced.skipped + silenced.unsaid,
        "rhythms that go on": len(silenced.rhythms),
    }


def beside(file: Path) -> Path:
    """Return the list of withdrawals beside a backup; raise Missing if there is none."""
    listed = file.with_name(WITHDRAWALS)
    if not listed.is_file():
        raise Missing(
            f"{listed} is not there: name the list of withdrawals with --withdrawals, or say "
            "--no-withdrawals if it is lost; then revoke and erase by hand what was since"
        )
    return listed


def daily(
    database: Database, folder: Path, at: datetime, between: Callable[[], None] = nobody
) -> int:
    """Write today's backup into a folder unless it is there; keep the newest seven.

    Returns how many rows are in it, 0 when none was needed.
    """
    there = sorted(folder.glob("accanto-*Z.sealed"))
    if there and at - _made(there[-1]) < _EVERY:
        return 0
    file = folder / at.astimezone(UTC).strftime(_NAME)
    rows = backup(database, file, at, between)
    for old in [*there, file][:-_KEPT]:
        old.unlink(missing_ok=True)
    return rows


def newest(folder: Path) -> datetime | None:
    """Return when the newest backup of a folder was made, or None."""
    made = [_made(file) for file in folder.glob("accanto-*Z.sealed")]
    return max(made, default=None)


def _made(file: Path) -> datetime:
    try:
        return datetime.strptime(file.name, _NAME).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _checked(file: Path, keyring: Keyring) -> tuple[Head, int]:
    """Read a backup to its end; return how it begins, and how many rows it has."""
    head: Head | None = None
    rows, told = 0, None
    for line in _lines(file, _BACKUP, keyring):
        if head is None:
            head = Head(_moment(line, file), str(line["revision"]))
        elif isinstance(line, dict):
            told = line.get("rows", told)
        else:
            rows += 1
    if head is None or told != rows:
        raise UnusableFile(f"{file} is not whole; use another copy")
    return head, rows


def _rows(file: Path, keyring: Keyring) -> Iterator[copying.Line]:
    for line in _lines(file, _BACKUP, keyring):
        if isinstance(line, list) or "table" in line:
            yield line


def _withdrawn(file: Path, keyring: Keyring) -> list[Withdrawal]:
    lines = [line for line in _lines(file, _WITHDRAWALS, keyring) if isinstance(line, list)]
    return [Withdrawal(kind, about, datetime.fromisoformat(at)) for kind, about, at in lines]


def _lines(file: Path, kind: str, keyring: Keyring) -> Iterator[Any]:
    return map(json.loads, envelope.opened(file, kind, keyring))


def _moment(line: Any, file: Path) -> datetime:  # noqa: ANN401 - a line of JSON
    if not isinstance(line, dict) or "made_at" not in line:
        raise UnusableFile(f"{file} does not say when it was made; use another copy")
    return datetime.fromisoformat(line["made_at"])


def _go_on(unit: Unit, kind: str, person: str, day: date, at: datetime) -> None:
    """Let a daily or weekly rhythm go on from now, if it may."""
    chat = people.lock_and_load(unit, person, at)
    turned = Turned(unit, person, chat, at)
    if kind == Kind.REMINDER:
        plan_reminder(turned, PlanReminder(at), goes_on=True)
    else:
        plan_check(turned, PlanCheck(day, goes_on=Scope.SIGNS not in chat.scopes))
