"""What comes of each fault at each place where Telegram is called.

The table is the one that operators read in docs/operating.md; here every cell of it is tried, over
real HTTP, and the words stand for what can be counted.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from bot.binding import Bound, pushing
from bot.engine.chat import Role
from bot.jobs.ticker import RETRY, Hands, Ticker
from bot.messenger.buttons import verify
from bot.messenger.drain import Drain
from bot.messenger.fake import FakeTelegram, Fault, Kind, Settings, User
from bot.messenger.identity import Profile, introduce
from bot.messenger.polling import Pace, Polling
from bot.messenger.reception import Patience, Reading, Reception
from bot.messenger.registration import Registration, Rhythm
from bot.messenger.request import Line, Timeouts, line
from bot.messenger.sender import Sender
from bot.services.heard import Outgoing
from bot.terminal.stage import ACCOUNTS
from tests.messenger.echo import CARD, Echo, Outage, failing
from tests.parts import parts_in, read_nothing
from tests.script import Script
from tests.services.evening import OWN_GOAL, SEED, Evening
from tests.theatre import Theatre

pytestmark = pytest.mark.anyio

DOCUMENT = Path(__file__).parents[2] / "docs" / "operating.md"
KEY = b"a key that only tests know"
BEGINS = datetime(2027, 3, 1, 16, 0, tzinfo=UTC)
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
HALF_PAST_SIX = datetime(2027, 3, 1, 17, 30, tzinfo=UTC)
ANNA, PERSON, URL = 7, "person-7", "http://127.0.0.1:9/telegram"
AFTER_A_PAUSE = 1.0  # seconds that a 429 asks for

FAULTS: dict[str, Callable[[str], Fault]] = {
    "400": lambda method: Fault(Kind.REFUSE, status=400, method=method),
    "403": lambda method: Fault(Kind.REFUSE, status=403, method=method),
    "429": lambda method: Fault(Kind.REFUSE, status=429, retry_after=1, method=method),
    "5xx": lambda method: Fault(Kind.REFUSE, status=500, method=method),
    "time-out": lambda method: Fault(Kind.HANG, method=method),
    "answer lost": lambda method: Fault(Kind.CUT, after=True, method=method),
}

Row = tuple[str, str, str, str, str, str]
TABLE: dict[str, Row] = {
    "`sendMessage`: a reply": (
        "given up",
        "dropped",
        "as told",
        "again",
        "again",
        "again, stands twice",
    ),
    "`editMessageText`": ("said anew", "dropped", "as told", "again", "again", "again"),
    "`editMessageText`: a card is closed": (
        "left",
        "dropped",
        "as told",
        "again",
        "again",
        "again",
    ),
    "`sendMessage`: a reminder": (
        "skipped",
        "skipped",
        "as told",
        "unknown",
        "unknown",
        "unknown",
    ),
    "`sendMessage`: a notice": (
        "skipped",
        "waits",
        "as told",
        "again",
        "again",
        "again, stands twice",
    ),
    "`sendMessage`: the help card from memory": (
        "given up",
        "given up",
        "as told",
        "again",
        "again",
        "again, stands twice",
    ),
    "`answerCallbackQuery`": ("left", "left", "left", "left", "left", "left"),
    "`leaveChat`": ("left", "left", "left", "left", "left", "left"),
    "`setMyDescription` and the like": ("left", "left", "left", "left", "left", "left"),
    "`getUpdates`": ("again", "again", "as told", "again", "again", "again"),
    "`deleteWebhook`, before polling": ("again", "again", "as told", "again", "again", "left"),
    "`setWebhook`": ("again", "again", "as told", "again", "again", "again"),
    "`getWebhookInfo`": ("again", "again", "as told", "again", "again", "again"),
}


@dataclass(slots=True)
class World:
    """A Telegram in which something goes wrong once, and the bot's line to it."""

    server: FakeTelegram
    line: Line
    echo: Echo
    turns: ThreadPoolExecutor
    folder: Path

    @contextmanager
    def evening(self) -> Iterator[Evening]:
        """Give an evening with three people in a case that has all its keys."""
        self.folder.mkdir()
        with parts_in(self.folder, read_nothing) as parts:
            script = Script("", "it", "", BEGINS, with_case=True, lines=())
            yield Evening(Theatre(parts, script))

    @property
    def anna(self) -> User:
        """Somebody the bot may write to."""
        return self.server.user(ANNA, "Anna", "it", has_started=True)

    @property
    def sender(self) -> Sender:
        """What sends for the bot."""
        return Sender(self.line, KEY)

    @property
    def drain(self) -> Drain:
        """What sends the replies."""
        return Drain(self.sender, self.echo, self.turns, patience=3, pause=0.02)

    @property
    def reception(self) -> Reception:
        """What takes updates in, of little patience."""
        reading = Reading({}, partial(verify, KEY), {"it": "", "en": ""})
        patience = Patience(between=0.01, drain=3)
        drain, now = self.drain, self.server.now
        return Reception(self.echo, self.sender, drain, reading, self.turns, now, patience)

    def calls(self, *methods: str) -> list[float]:
        """When some methods were called."""
        return [one.monotonic for one in self.server.attempts if one.method in methods]

    def texts(self) -> list[str]:
        """What stands in Anna's chat."""
        return [shown.text for shown in self.anna.sees() if shown.is_from_bot]

    async def until_called(self, method: str, times: int) -> None:
        """Wait until a method was called so often."""
        async with asyncio.timeout(5):
            while len(self.calls(method)) < times:  # noqa: ASYNC110 - the fake world tells nobody
                await asyncio.sleep(0.01)

    def again(self, method: str) -> str:
        """Return in a word when the second call came; there has to be one."""
        first, second = [one for one in self.server.attempts if one.method == method][:2]
        if first.retry_after is None:
            return "again"
        return "as told" if second.monotonic - first.monotonic >= first.retry_after else "too early"


Site = Callable[[World, Callable[[str], Fault]], Awaitable[str]]


# --- what is said -----------------------------------------------------------------------------


async def _reply(world: World, fault: Callable[[str], Fault]) -> str:
    world.server.fault(fault("sendMessage"))
    return await _drained(world, Outgoing("send", "new"), "sendMessage")


async def _edit(world: World, fault: Callable[[str], Fault]) -> str:
    await world.sender.send(world.anna.id, Outgoing("send", "old"))
    world.server.fault(fault("editMessageText"))
    said = await _drained(world, Outgoing("edit", "new", message_id=1), "editMessageText")
    return "said anew" if world.texts() == ["old", "new"] else said


async def _close(world: World, fault: Callable[[str], Fault]) -> str:
    await world.sender.send(world.anna.id, Outgoing("send", "old"))
    world.server.fault(fault("editMessageText"))
    return await _drained(world, Outgoing("close", "new", message_id=1), "editMessageText")


async def _drained(world: World, message: Outgoing, method: str) -> str:
    world.echo.put(world.anna.id, message)
    drain = world.drain
    await drain(PERSON)
    assert await drain.finish(5)
    [state] = world.echo.states()
    stands = world.texts().count("new")
    if state != "sent":
        assert (stands, len(world.calls(method))) == (0, 1)
        return {"refused": "given up", "dropped": "dropped"}[state]
    if len(world.calls(method)) == 1:
        return "left"
    return world.again(method) + (", stands twice" if stands > 1 else "")


async def _reminder(world: World, fault: Callable[[str], Fault]) -> str:
    with world.evening() as evening:
        await asyncio.to_thread(evening.takes_goal, "18:30", OWN_GOAL)
        return await _pushed(world, evening, fault, "reminder", HALF_PAST_SIX)


async def _notice(world: World, fault: Callable[[str], Fault]) -> str:
    with world.evening() as evening:
        await asyncio.to_thread(evening.hears_press, ACCOUNTS[Role.PATIENT], "revoke")
        return await _pushed(world, evening, fault, "notice", evening.now)


async def _pushed(
    world: World, evening: Evening, fault: Callable[[str], Fault], kind: str, at: datetime
) -> str:
    """Let the ticker send one row of the partner's, and once more when it may be tried again."""
    account = ACCOUNTS[Role.PARTNER]
    for one in ACCOUNTS.values():
        world.server.user(one, "Somebody", "it", has_started=True)
    moments = [at]
    bound = Bound(evening.parts, lambda: moments[-1])
    drain = Drain(world.sender, bound, world.turns, patience=3)
    world.server.fault(_in_chat(fault("sendMessage"), account))
    hands = Hands(
        world.turns, pushing(drain), drain.sweep, lambda: moments[-1], lambda: SEED, "worker"
    )
    states, calls = [], []
    for moment in (at, at + RETRY):
        moments.append(moment)
        ticker = Ticker(evening.parts, hands)
        await ticker.begin()
        assert await ticker.finish(5)
        rows = await asyncio.to_thread(evening.due, Role.PARTNER, kind)
        states.append(rows[0][1])
        calls.append(len([o for o in world.server.attempts if o.chat_id == account]))
        await asyncio.sleep(AFTER_A_PAUSE if states == ["waiting"] else 0)
    if states[0] != "waiting":
        assert calls == [1, 1]
        return states[0]
    if states[1] == "waiting":
        assert calls == [1, 1]
        return "waits"
    assert (states[1], calls) == ("sent", [1, 2])
    stands = len(world.server.user(account).sees())
    tries = [o for o in world.server.attempts if o.chat_id == account]
    told = tries[0].retry_after is not None
    return ("as told" if told else "again") + (", stands twice" if stands > 1 else "")


def _in_chat(fault: Fault, chat: int) -> Fault:
    return Fault(**{**{n: getattr(fault, n) for n in fault.__slots__}, "chat_id": chat})


async def _card(world: World, fault: Callable[[str], Fault]) -> str:
    world.echo.trouble = failing(Outage(), "")
    world.anna.says("the pills")
    [update] = await world.line.waiting_updates(None, ["message"], 0)
    world.server.fault(fault("sendMessage"))
    reception = world.reception
    assert not await reception.hear(update)
    assert await reception.finish(5)
    if len(world.calls("sendMessage")) == 1:
        assert world.texts() == []
        return "given up"
    return world.again("sendMessage") + (", stands twice" if world.texts() == [CARD] * 2 else "")


# --- everything else --------------------------------------------------------------------------


async def _toast(world: World, fault: Callable[[str], Fault]) -> str:
    await world.sender.send(world.anna.id, Outgoing("send", "old"))
    query = world.anna.forges("x", message_id=1)
    world.server.fault(fault("answerCallbackQuery"))
    await world.sender.toast(query, "late")
    return _left(world, "answerCallbackQuery")


async def _leave(world: World, fault: Callable[[str], Fault]) -> str:
    world.anna.adds_bot_to(-5)
    world.server.fault(fault("leaveChat"))
    await world.sender.leave(-5, "")
    return _left(world, "leaveChat")


async def _identity(world: World, fault: Callable[[str], Fault]) -> str:
    world.server.fault(fault("setMyDescription"))
    assert not await introduce(world.line, {"": Profile("Accanto", "A bot.", "112", ())})
    assert (await world.line.get_my_short_description()).short_description == "112"
    return _left(world, "setMyDescription")


def _left(world: World, method: str) -> str:
    assert len(world.calls(method)) == 1
    return "left"


async def _poll(world: World, fault: Callable[[str], Fault]) -> str:
    world.anna.says("ciao")
    world.server.fault(fault("getUpdates"))
    await _running(world, Polling(world.line, world.reception, _PACE).run, "getUpdates", 2)
    assert world.echo.heard(ANNA) == ["ciao"]
    return world.again("getUpdates")


async def _take_over(world: World, fault: Callable[[str], Fault]) -> str:
    await world.line.set_webhook(URL)
    world.server.fault(fault("deleteWebhook"))
    world.anna.says("ciao")
    polling = Polling(world.line, world.reception, _PACE)
    is_gone = fault("").after
    await _running(world, polling.run, "deleteWebhook", 1 if is_gone else 2)
    assert (await world.line.get_webhook_info()).url == ""
    assert world.echo.heard(ANNA) == ["ciao"]
    # When only the answer was lost, the next poll shows that the webhook is gone.
    return "left" if is_gone else world.again("deleteWebhook")


async def _set(world: World, fault: Callable[[str], Fault]) -> str:
    world.server.fault(fault("setWebhook"))
    await _running(world, Registration(world.line, URL, "s", _RHYTHM).run, "setWebhook", 2)
    assert (await world.line.get_webhook_info()).url == URL
    return world.again("setWebhook")


async def _look(world: World, fault: Callable[[str], Fault]) -> str:
    world.server.fault(fault("getWebhookInfo"))
    await _running(world, Registration(world.line, URL, "s", _RHYTHM).run, "getWebhookInfo", 2)
    return world.again("getWebhookInfo")


_PACE = Pace(poll=1, first=0.02, longest=0.05)
_RHYTHM = Rhythm(first=0.02, longest=0.05, look=0.05)


async def _running(
    world: World, run: Callable[[asyncio.Event], Awaitable[None]], method: str, times: int
) -> None:
    """Run something until a method was called so often and the bot rests."""
    stop = asyncio.Event()
    task = asyncio.ensure_future(run(stop))
    await world.until_called(method, times)
    if method in {"getUpdates", "deleteWebhook"}:
        await world.server.wait_quiet()
    stop.set()
    await task


SITES: dict[str, Site] = dict(
    zip(
        TABLE,
        (
            _reply,
            _edit,
            _close,
            _reminder,
            _notice,
            _card,
            _toast,
            _leave,
            _identity,
            _poll,
            _take_over,
            _set,
            _look,
        ),
        strict=True,
    )
)


@pytest.fixture
def anyio_backend() -> str:
    """The bot runs on asyncio alone."""
    return "asyncio"


@pytest.fixture
def turns() -> Iterator[ThreadPoolExecutor]:
    """The one thread in which turns are made."""
    with ThreadPoolExecutor(1) as one:
        yield one


@pytest.mark.soak
@pytest.mark.parametrize("site", SITES)
async def test_every_fault_of_a_call_has_its_end(
    site: str, tmp_path: Path, turns: ThreadPoolExecutor, subtests: pytest.Subtests
) -> None:
    """As the table says, each in a world of its own."""
    found = []
    for name, fault in FAULTS.items():
        async with (
            FakeTelegram(Settings(now=NOON)) as server,
            line(server.token, server.url, Timeouts(read=0.15)) as telegram,
        ):
            world = World(server, telegram, Echo(), turns, tmp_path / name)
            with subtests.test(name):
                found.append(await SITES[site](world, fault))
    assert tuple(found) == TABLE[site]


def test_the_table_is_the_one_operators_read() -> None:
    """Cell by cell."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    for site, cells in TABLE.items():
        assert f"| {' | '.join((site, *cells))} |" in lines
    assert f"| call | {' | '.join(FAULTS)} |" in lines
