"""The doctor: what an operator should know before people find out. One line a finding.

Nothing that is secret or personal is in a finding: counts, dates, ids of updates, names of
settings, files and keys.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.services import backup
from bot.settings import Settings
from bot.store import examining
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.texts.bundle import Bundle
from bot.texts.contacts import GOES_STALE_AFTER

Level = Literal["ok", "warn", "fail"]
LATE = timedelta(minutes=10)
_NEWEST_BACKUP = timedelta(hours=26)
_CLOCKS_APART = timedelta(seconds=5)
_ZONES = 400
_OLDEST_POSTGRESQL = 13


@dataclass(frozen=True, slots=True)
class Finding:
    """How something is: `ok`, `warn` (it works, and wants looking at), `fail` (mend it first)."""

    level: Level
    what: str
    told: str

    def __str__(self) -> str:
        return f"{self.level:<4}  {self.what}: {self.told}"


def exit_code(findings: list[Finding]) -> int:
    """Return 0 if all is well, 1 if something wants looking at, 2 if something is broken."""
    levels = {finding.level for finding in findings}
    return 2 if "fail" in levels else 1 if "warn" in levels else 0


def settings_found(settings: Settings, at: datetime) -> Iterator[Finding]:
    """Yield what there is to say of the settings; their values are never shown."""
    if settings.token.get_secret_value():
        yield Finding("ok", "token", "set")
    else:
        yield Finding("fail", "token", "ACCANTO_TOKEN is empty: put the bot's token there")
    if settings.clock != "system":
        yield Finding("warn", "clock", "ACCANTO_CLOCK takes the time from a fake server")
    if settings.allow_draft:
        yield Finding("warn", "drafts", "ACCANTO_ALLOW_DRAFT lets unreviewed texts out")
    if settings.messages_a_minute == 0:
        yield Finding("warn", "pace", "ACCANTO_MESSAGES_A_MINUTE is 0: no limit to one account")
    yield from _backups(settings.backup_dir, at)


def _backups(folder: Path | None, at: datetime) -> Iterator[Finding]:
    if folder is None:
        yield Finding("warn", "backup", "ACCANTO_BACKUP_DIR is not set: nobody makes backups")
        return
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        yield Finding("fail", "backup", f"ACCANTO_BACKUP_DIR: {folder} cannot be written into")
        return
    made = backup.newest(folder)
    if made is None:
        yield Finding("warn", "backup", "none yet: the running bot makes one a day")
    elif at - made > _NEWEST_BACKUP:
        yield Finding("warn", "backup", f"the newest is of {made:%Y-%m-%d %H:%M} UTC")
    else:
        yield Finding("ok", "backup", f"made {made:%Y-%m-%d %H:%M} UTC")


def time_found(at: datetime) -> Iterator[Finding]:
    """Yield what there is to say of the clock and the time zones."""
    try:
        ZoneInfo("Europe/Rome")
    except ZoneInfoNotFoundError:
        yield Finding("fail", "zones", "Europe/Rome is not there: install tzdata")
        return
    number = len(available_timezones())
    level: Level = "ok" if number >= _ZONES else "warn"
    yield Finding(level, "zones", f"{number} of them; it is {at:%Y-%m-%d %H:%M} UTC here")


def database_found(open_database: Callable[[], Database], at: datetime) -> Iterator[Finding]:
    """Yield what there is to say of keys and database; whatever fails ends it with one line."""
    database: Database | None = None
    try:
        database = open_database()
        yield Finding("ok", "keys", f"readable; {database.keyring.names[0]} wraps what is new")
        yield from _examined(database, at)
    except StoreError as error:
        yield Finding("fail", "database", str(error))
    finally:
        if database is not None:
            database.close()


def _examined(database: Database, at: datetime) -> Iterator[Finding]:
    state = examining.examine(database, at)
    if not state.revision:
        yield Finding("warn", "database", f"{database.place} is empty: `run` makes its tables")
        return
    if state.revision != state.head:
        told = f"tables at {state.revision}, this version wants {state.head}: `run` brings them"
        yield Finding("warn", "database", told)
        return
    yield Finding("ok", "database", f"{state.server}, tables at {state.revision}")
    if state.too_old(_OLDEST_POSTGRESQL):
        yield Finding("fail", "database", f"PostgreSQL {_OLDEST_POSTGRESQL} or newer is needed")
    for problem in state.problems:
        yield Finding("fail", "database", problem)
    if abs(state.clock_ahead) > _CLOCKS_APART:
        seconds = state.clock_ahead.total_seconds()
        yield Finding("warn", "clock", f"the database's is {seconds:+.0f} s off this machine's")
    yield Finding("ok", "keys", "open the secrets of the database")
    if state.wrapped_by_older:
        told = f"{state.wrapped_by_older} values are wrapped by an older one: `keys rotate`"
        yield Finding("warn", "keys", told)
    yield from _waiting(state, at)


def _waiting(state: examining.State, at: datetime) -> Iterator[Finding]:
    if state.aside:
        told = f"{state.aside} updates are set aside: `quarantine list`"
        yield Finding("warn", "quarantine", told)
    else:
        yield Finding("ok", "quarantine", "empty")
    for what, oldest in (("due", state.oldest_due), ("unsent", state.oldest_unsent)):
        if oldest is not None and at - oldest > LATE:
            minutes = (at - oldest) // timedelta(minutes=1)
            yield Finding("warn", what, f"the oldest has waited {minutes} min: is the bot running?")
        else:
            yield Finding("ok", what, "nothing waits")


def contacts_found(bundle: Bundle, today: date) -> Iterator[Finding]:
    """Yield what there is to say of the help lines: how old they are, and who has tried them."""
    of_country = (one for data in bundle.data.values() for one in data.contacts.values())
    lines = {line.id: line for here in of_country for line in here}
    old = sorted(name for name, line in lines.items() if today - line.seen_on > GOES_STALE_AFTER)
    untried = sum(line.verified_on is None for line in lines.values())
    if old:
        days = GOES_STALE_AFTER.days
        told = f"{len(old)} of {len(lines)} were read more than {days} days ago: {', '.join(old)}"
        yield Finding("warn", "help lines", told)
    if untried:
        told = f"nobody has tried {untried} of {len(lines)} (verified_on is empty)"
        yield Finding("warn", "help lines", told)
    if not old and not untried:
        yield Finding("ok", "help lines", f"{len(lines)}, all read and tried")
