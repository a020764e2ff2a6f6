"""Many reminders due at one minute, a worker killed in the middle, and people who talk meanwhile.

    python -m benchmarks.burst                          10,000, two workers on PostgreSQL
    python -m benchmarks.burst --database sqlite        one worker, on a file
    python -m benchmarks.burst --reminders 600 --json

Every reminder has to come once, or to be there as `unknown`; at least 18 a second have to come and
at most 20, and whoever presses something meanwhile waits no longer than usual. The workers are
processes of their own against our fake Telegram; the first one gets the updates, and is killed.
"""

import argparse
import asyncio
import json
import os
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.turns import postgresql, sqlite
from bot.engine.chat import Goal, Place, Role
from bot.messenger.fake import Exchange, FakeTelegram, Settings, User
from bot.store import dues, goals, people
from bot.store.database import Database
from bot.store.dues import Kind, State
from bot.store.encryption import Keyring
from bot.store.tables import DUE

_ROOT = Path(__file__).parent.parent
_FIRST, _TALKERS, _FIRST_TALKER = 1_000, 20, 900_000
_SETTLED_AT_ONCE = 500
_TALKS_A_SECOND = 2.0
_READY_SECONDS = 60.0
_LATEST_START = 15.0  # seconds until a bot that was started again must send or answer
_SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"


@dataclass(frozen=True, slots=True)
class Burst:
    """What is tried: how many reminders, on which database's address, by how many workers."""

    reminders: int
    url: str
    workers: int
    kills: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; `waits` are seconds from something said to its reply, p50, p95 and longest.

    `most_in_a_second` is over the fullest window, wherever it begins; `lost` counts rows that say
    sent and of which Telegram knows nothing.
    """

    reminders: int
    workers: int
    kills: int
    once: int
    twice: int
    unknown: int
    lost: int
    other_states: Mapping[str, int]
    seconds: float
    a_second: float
    most_in_a_second: int
    talks: int
    waits: tuple[float, float, float]


@dataclass(slots=True)
class _Watch:
    """Looks at every exchange: reminders are counted, replies are timed."""

    sent: list[tuple[float, int]] = field(default_factory=list)
    asked: dict[int, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)

    def look(self, exchange: Exchange) -> None:
        if exchange.method != "sendMessage" or exchange.status != 200:
            return
        chat, now = int(exchange.sent["chat_id"]), time.monotonic()
        if chat < _FIRST_TALKER:
            self.sent.append((now, chat))
        elif (since := self.asked.pop(chat, None)) is not None:
            self.waits.append(now - since)


def settle(database: Database, many: int, at: datetime) -> None:
    """Let so many people have a goal whose reminder is due at a moment, and some talk only."""
    for first in range(0, many, _SETTLED_AT_ONCE):
        with database.unit() as unit:
            for number in range(first, min(many, first + _SETTLED_AT_ONCE)):
                person = people.create(unit, _FIRST + number, "it", at)
                _at_home(unit, person)
                goals.save_goal(unit, person, Goal("g", slug="three_breaths", own=True), at)
                dues.plan(unit, Kind.REMINDER, person, at.date(), at)
    with database.unit() as unit:
        for number in range(_TALKERS):
            _at_home(unit, people.create(unit, _FIRST_TALKER + number, "it", at))


def _at_home(unit: object, person: str) -> None:
    chat = people.lock_and_load(unit, person, datetime.now(UTC))  # type: ignore[arg-type]
    never_quiet = replace(chat.preferences, country="IT", quiet_to=chat.preferences.quiet_from)
    settled = replace(
        chat,
        role=Role.PARTNER,
        roles=(Role.PARTNER,),
        place=Place("menu", "home"),
        adult=True,
        agreed=True,
        preferences=never_quiet,
    )
    people.save(unit, chat, settled)  # type: ignore[arg-type]


class _Workers:
    """The processes; the first one is where Telegram posts."""

    def __init__(self, environments: Sequence[Mapping[str, str]], log: Path) -> None:
        self._environments = environments
        self._log = log
        self._running: list[asyncio.subprocess.Process | None] = [None] * len(environments)

    async def start(self) -> None:
        """Start those that do not run."""
        for number, process in enumerate(self._running):
            if process is None:
                with self._log.open("ab") as log:
                    self._running[number] = await asyncio.create_subprocess_exec(
                        *(sys.executable, "-m", "bot", "run"),
                        env={**os.environ, **self._environments[number]},
                        cwd=_ROOT,
                        stdout=log,
                        stderr=log,
                    )

    async def kill(self, number: int) -> None:
        """Kill one, and start it again."""
        process = self._running[number]
        if process:
            process.kill()
            await process.wait()
            self._running[number] = None
        await self.start()

    async def stop(self) -> None:
        """Stop all."""
        for process in self._running:
            if process and process.returncode is None:
                process.terminate()
                await process.wait()


async def run(burst: Burst, content: str = "") -> Outcome:
    """Let a burst happen; `content` names another content folder."""
    keys, watch = Keyring.new_key(), _Watch()
    database = Database(burst.url, Keyring.parse(keys))
    with ExitStack() as stack:
        stack.callback(database.close)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="accanto-burst-")))
        database.upgrade()
        due_at = datetime.now(UTC) + timedelta(days=1)
        settle(database, burst.reminders, due_at)
        async with FakeTelegram(Settings(observer=watch.look)) as server:
            talkers = [
                server.user(_FIRST_TALKER + n, "Somebody", "it", has_started=True)
                for n in range(_TALKERS)
            ]
            for number in range(burst.reminders):
                server.user(_FIRST + number, "Somebody", "it", has_started=True)
            place = {"ACCANTO_TOKEN": server.token, "ACCANTO_API_URL": server.url}
            given = {"ACCANTO_KEYS": keys, "ACCANTO_DATABASE_URL": burst.url, **place}
            given |= {"ACCANTO_MESSAGES_A_MINUTE": "0", "ACCANTO_LOG_LEVEL": "warning"}
            given |= {"ACCANTO_CONTENT": content} if content else {}
            workers = _Workers([{**given, **way} for way in _ways(burst.workers)], folder / "log")
            try:
                await workers.start()
                return await _happen(burst, workers, database, watch, talkers)
            finally:
                await workers.stop()


def _ways(workers: int) -> Iterator[Mapping[str, str]]:
    ports = [_free_port() for _ in range(workers)]
    for port in ports:
        yield {
            "ACCANTO_LISTEN": f"127.0.0.1:{port}",
            "ACCANTO_WEBHOOK_URL": f"http://127.0.0.1:{ports[0]}/telegram",
        }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


async def _happen(
    burst: Burst,
    workers: _Workers,
    database: Database,
    watch: _Watch,
    talkers: Sequence[User],
) -> Outcome:
    talking = asyncio.create_task(_talk(watch, talkers))
    async with asyncio.timeout(_READY_SECONDS):
        while len(watch.waits) < _TALKERS // 2:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)
    # Who spoke before anybody listened waits for Telegram to come again: that is not measured.
    watch.waits.clear()
    watch.asked.clear()
    day = await asyncio.to_thread(_make_due, database)
    for number in range(1, burst.kills + 1):
        await _until(watch, burst.reminders * number // (burst.kills + 1))
        await workers.kill(0)
    while await asyncio.to_thread(_left, database):  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.5)
    talking.cancel()
    states = await asyncio.to_thread(_states, database, day)
    return _summed(burst, watch, states)


def _make_due(database: Database) -> object:
    """Make everything due now, and return the date it is for."""
    with database.unit() as unit:
        unit.connection.execute(DUE.update().values(due_at=datetime.now(UTC)))
        return unit.connection.scalar(select(func.min(DUE.c.local_date)))


async def _until(watch: _Watch, many: int) -> None:
    while len(watch.sent) < many:
        began = len(watch.sent)
        await asyncio.sleep(0.05)
        ends = time.monotonic() + _LATEST_START + _READY_SECONDS
        while len(watch.sent) == began:
            if time.monotonic() > ends:
                raise RuntimeError(f"nothing is sent any more, after {began}")
            await asyncio.sleep(0.05)


async def _talk(watch: _Watch, talkers: Sequence[User]) -> None:
    """Let somebody who does not wait for an answer ask for the menu, so often a second."""
    turn = 0
    while True:
        free = [one for one in talkers if one.id not in watch.asked]
        if free:
            speaker = free[turn % len(free)]
            watch.asked[speaker.id] = time.monotonic()
            speaker.says("/menu")
            turn += 1
        await asyncio.sleep(1 / _TALKS_A_SECOND)


def _left(database: Database) -> int:
    with database.reading() as unit:
        still = DUE.c.state.in_([State.WAITING, State.SENDING])
        due = select(func.count()).where(still, DUE.c.due_at <= datetime.now(UTC))
        return unit.connection.scalar(due) or 0


def _states(database: Database, day: object) -> Counter[str]:
    with database.reading() as unit:
        return Counter(unit.connection.scalars(select(DUE.c.state).where(DUE.c.local_date == day)))


def _summed(burst: Burst, watch: _Watch, states: Counter[str]) -> Outcome:
    moments = sorted(at for at, _ in watch.sent)
    arrived = Counter(chat for _, chat in watch.sent)
    seconds = moments[-1] - moments[0]
    waits = sorted(watch.waits)
    done = {State.SENT, State.UNKNOWN}
    return Outcome(
        burst.reminders,
        burst.workers,
        burst.kills,
        once=sum(count == 1 for count in arrived.values()),
        twice=sum(count > 1 for count in arrived.values()),
        unknown=states[State.UNKNOWN],
        lost=max(0, states[State.SENT] - len(arrived)),
        other_states={state: many for state, many in states.items() if state not in done},
        seconds=seconds,
        a_second=(len(moments) - 1) / seconds,
        most_in_a_second=_fullest(moments),
        talks=len(waits),
        waits=(waits[len(waits) // 2], waits[len(waits) * 95 // 100], waits[-1]),
    )


def _fullest(moments: Sequence[float]) -> int:
    """Return how many lie in the fullest window of a second; `moments` are in order."""
    most = first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most


@contextmanager
def _address(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        with sqlite() as url:
            yield url
    else:
        with postgresql(os.environ.get("ACCANTO_TEST_POSTGRES", _SERVER)) as url:
            yield url


def main() -> None:
    """Try it, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.burst", description=__doc__)
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--workers", type=int, help="two on PostgreSQL, one on SQLite")
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    alone = asked.database == "sqlite"
    if alone and (asked.workers or 1) > 1:
        parser.error("one process works on an SQLite file")
    with _address(asked.database) as url:
        workers = asked.workers or (1 if alone else 2)
        outcome = asyncio.run(run(Burst(asked.reminders, url, workers, asked.kills)))
    if asked.json:
        print(json.dumps(asdict(outcome)))
        return
    for name, value in asdict(outcome).items():
        print(f"{name:>18}  {value}")


if __name__ == "__main__":
    main()
