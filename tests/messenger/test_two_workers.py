"""Two workers that send to the same people: in order, once each, whoever of them dies."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from bot.binding import Bound
from bot.messenger.drain import Drain
from bot.messenger.fake import FakeTelegram, Fault, Kind, User
from bot.messenger.request import Timeouts, line
from bot.messenger.sender import Sender
from bot.services import converse, deliver
from bot.services.heard import Heard, Outgoing
from bot.services.parts import Parts
from bot.store import outbox, people
from tests.messenger.echo import Echo
from tests.parts import parts_at, parts_in, postgresql, read_nothing
from tests.postgres import SERVER
from tests.store.scene import counted

NOON = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)
FASTER = 20  # so many times as fast the clock runs here: a hold of six seconds is 0.3
HOLD = deliver.MARGIN.total_seconds() / FASTER
TAKEOVER = (deliver.HELD_FOR + deliver.MARGIN).total_seconds() / FASTER


def now() -> datetime:
    """The moment, on everybody's clock."""
    return NOON + timedelta(seconds=time.monotonic() * FASTER)


@dataclass(slots=True)
class Worker:
    """One process of several."""

    parts: Parts
    drain: Drain

    def says(self, person: str, *texts: str) -> None:
        """Do what a turn does at its end: store replies, and hold the chat."""
        with self.parts.database.unit() as unit:
            people.lock_and_load(unit, person, now())
            payloads = [Outgoing("send", text).stored() for text in texts]
            outbox.put(unit, person, payloads, now())
            outbox.hold(unit, person, self.parts.worker, now(), deliver.HELD_FOR)

    def unsent(self, person: str) -> int:
        """How much is still to be said."""
        return len(deliver.unsent(self.parts, person))


@pytest.fixture
def url() -> Iterator[str]:
    """A PostgreSQL of one's own."""
    with postgresql() as made:
        yield made


@pytest.fixture
async def patient_sender(server: FakeTelegram) -> AsyncIterator[Sender]:
    """A sender that waits longer for an answer than a chat is held."""
    async with line(server.token, server.url, Timeouts(read=5)) as connected:
        yield Sender(connected, b"a key")


@pytest.fixture
def workers(url: str, patient_sender: Sender) -> Iterator[tuple[Worker, Worker]]:
    """Two workers, each with connections and threads of its own."""
    with (
        parts_at(url, read_nothing) as one,
        parts_at(url, read_nothing) as two,
        ThreadPoolExecutor(4) as turns,
    ):
        one.worker, two.worker = "one", "two"
        made = [
            Worker(
                parts,
                Drain(patient_sender, Bound(parts, now), turns, hold=HOLD, takeover=TAKEOVER),
            )
            for parts in (one, two)
        ]
        yield made[0], made[1]


@pytest.fixture
def anna(server: FakeTelegram) -> User:
    """Somebody who started the bot."""
    return server.user(7, "Anna", "it", has_started=True)


@pytest.fixture
def person(workers: tuple[Worker, Worker]) -> str:
    """Anna, as the bot knows her."""
    with workers[0].parts.database.unit() as unit:
        return people.create(unit, 7, "it", now())


def texts(user: User) -> list[str]:
    """What somebody reads."""
    return [shown.text for shown in user.sees()]


async def until(happened: Callable[[], bool], within: float = 5) -> None:
    """Wait until something has happened."""
    async with asyncio.timeout(within):
        while not await asyncio.to_thread(happened):  # noqa: ASYNC110 -- nobody tells
            await asyncio.sleep(0.01)


@pytest.mark.anyio
async def test_P5_replies_of_two_workers_keep_their_order_and_come_once(
    anna: User, workers: tuple[Worker, Worker], person: str
) -> None:
    """They turn by turns, and each sends at once without waiting for the other."""
    sending: list[Awaitable[None]] = []
    for number in range(12):
        worker = workers[number % 2]
        await asyncio.to_thread(worker.says, person, f"{number}a", f"{number}b")
        sending.append(asyncio.create_task(worker.drain(person)))
    await asyncio.gather(*sending)
    await until(lambda: not workers[0].unsent(person))
    assert texts(anna) == [f"{number}{part}" for number in range(12) for part in "ab"]


@pytest.mark.anyio
async def test_P4_two_workers_never_send_one_reply_at_once(
    server: FakeTelegram, anna: User, workers: tuple[Worker, Worker], person: str
) -> None:
    """One hangs over its call for far longer than a hold; it goes on holding."""
    one, two = workers
    one.says(person, "slow", "quick")
    server.fault(Fault(Kind.SLOW, seconds=4 * TAKEOVER))
    sending = asyncio.create_task(one.drain(person, 9))
    for _ in range(30):
        await two.drain(person, 0)
        await two.drain.sweep(person)
        await asyncio.sleep(0.03)
    await sending
    await until(lambda: not two.unsent(person))
    assert texts(anna) == ["slow", "quick"]


@pytest.mark.anyio
async def test_P3_what_a_dead_worker_held_is_taken_over_in_order(
    anna: User, workers: tuple[Worker, Worker], person: str
) -> None:
    """Killed between its commit and its first call; a newer turn is answered after that."""
    dead, other = workers
    began = time.monotonic()
    dead.says(person, "first", "second")
    other.says(person, "third")
    await other.drain(person, 9)
    assert texts(anna) == ["first", "second", "third"]
    assert time.monotonic() - began > deliver.HELD_FOR.total_seconds() / FASTER


@pytest.mark.anyio
async def test_P3_a_sweep_does_not_wait_for_another_worker(
    anna: User, workers: tuple[Worker, Worker], person: str
) -> None:
    """Whoever sweeps has others to look after; it comes back."""
    holder, other = workers
    holder.says(person, "mine")
    began = time.monotonic()
    await other.drain.sweep(person)
    assert time.monotonic() - began < TAKEOVER
    assert texts(anna) == []


@pytest.mark.anyio
async def test_P5_the_chat_is_let_go_with_the_last_reply(
    anna: User, workers: tuple[Worker, Worker], person: str
) -> None:
    """The next worker needs no patience at all; not even after a reply that was refused."""
    one, two = workers
    for last in ("text", "x" * 5000):
        one.says(person, "first", last)
        await one.drain(person)
        with one.parts.database.reading() as unit:
            assert not outbox.holds(unit, person, "one", now() - timedelta(days=1))
    two.says(person, "next")
    await two.drain.sweep(person)
    assert texts(anna) == ["first", "text", "first", "next"]


@pytest.mark.anyio
async def test_P5_who_was_away_too_long_says_nothing_more(
    server: FakeTelegram, sender: Sender, executor: ThreadPoolExecutor
) -> None:
    """Its chat was taken over meanwhile: what is left is the other's to say."""
    bruno = server.user(8, "Bruno", has_started=True)

    class Overtaken(Echo):
        """Another worker took the chat."""

        def keep(self, person: str) -> bool:
            """It is not ours any more."""
            return not person

    echo = Overtaken()
    for text in ("one", "two"):
        echo.put(8, Outgoing("send", text))
    server.fault(Fault(Kind.SLOW, seconds=0.3))
    await Drain(sender, echo, executor, hold=0.1)("person-8")
    assert texts(bruno) == ["one"]
    assert echo.states() == ["sent", "unsent"]


@pytest.mark.anyio
async def test_P1_P2_the_same_update_at_two_workers_is_turned_once(
    server: FakeTelegram, anna: User, workers: tuple[Worker, Worker]
) -> None:
    """Telegram delivers again what was not acknowledged in time, perhaps to the other worker."""

    def answered(worker: Worker) -> bool:
        heard = Heard(anna.id, "command", update_id=7, lang="it", name="start")
        reading = converse.read(worker.parts, heard, now())
        return converse.answer(worker.parts, heard, reading, now(), bytes(16)).turned

    both = await asyncio.gather(*(asyncio.to_thread(answered, worker) for worker in workers))
    assert sorted(both) == [False, True]
    with workers[0].parts.database.reading() as unit:
        known = people.find(unit, anna.id)
    assert known
    await asyncio.gather(*(worker.drain(known, 9) for worker in workers))
    await until(lambda: not workers[0].unsent(known))
    assert len(server.ledger) == len(set(texts(anna)))


@pytest.mark.anyio
async def test_P3_replies_outlive_a_database_whose_connections_all_break(
    anna: User, url: str, workers: tuple[Worker, Worker], person: str
) -> None:
    """Again and again while two workers send: nothing is lost, and the order is kept."""
    one, two = workers
    sending: list[Awaitable[None]] = []
    for number in range(8):
        worker = workers[number % 2]
        await asyncio.to_thread(_again, worker, person, str(number))
        sending.append(asyncio.create_task(worker.drain(person)))
        await asyncio.to_thread(break_connections, url)
    await asyncio.gather(*sending)

    async def swept() -> None:
        while await asyncio.to_thread(one.unsent, person):
            await asyncio.gather(one.drain(person), two.drain(person))

    async with asyncio.timeout(10):
        await swept()
    seen = texts(anna)
    assert [text for n, text in enumerate(seen) if text not in seen[:n]] == [*map(str, range(8))]


def _again(worker: Worker, person: str, text: str) -> None:
    """Say something, as an update that comes again does."""
    for _ in range(20):
        try:
            worker.says(person, text)
        except Exception:  # noqa: BLE001, S112 - whatever broke, the whole transaction did
            continue
        return
    raise AssertionError("twenty times in vain")


def break_connections(url: str) -> None:
    """End every connection to a database, as a restart of the server does."""
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [make_url(url).database],
        )


@pytest.mark.parametrize("worker", ["", "one"])
def test_alone_a_worker_writes_no_statement_more(tmp_path: Path, worker: str) -> None:
    """A hold costs three statements a turn; one process on an SQLite file pays for none."""
    with parts_in(tmp_path, read_nothing) as parts:
        parts.worker = worker
        at = now()  # one moment: a machine that dawdles for four seconds would hold the chat anew
        bound = Bound(parts, lambda: at)
        engine = parts.database._writing  # noqa: SLF001 - to look at what is written
        with counted(engine) as statements:
            answer = bound.answer(Heard(7, "command", update_id=1, lang="it", name="start"))
            for parcel in bound.held(answer.person) or ():
                bound.sent(parcel, 1)
        holds = [one for one in statements if "SET busy_until" in one]
    assert len(holds) == (2 if worker else 0)
