"""Bots as processes, each on a fake server of its own, and the crowd that talks to them.

`python -m benchmarks.crowd` is the bot to compare with, an echo: python-telegram-bot as it comes,
an own getUpdates loop, one `Bot.send_message` an update and the answer to a press; no database.
With `ours` after it, the same echo makes its calls over our transport; with `webhook` it listens at
ACCANTO_LISTEN, lets Telegram post there and acknowledges when it has answered.
"""

import asyncio
import os
import socket
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.request import HTTPXRequest

from bot.engine.chat import Place, Role, Scope
from bot.engine.events import Invitation
from bot.messenger.fake import Exchange, FakeTelegram, Settings, User
from bot.messenger.request import Timeouts, Transport
from bot.store import cases, people
from bot.store.database import Database, Unit

SCRIPT: tuple[str | int, ...] = ("/menu", 0, 0, 0, 0, "Stasera a cena nessuna parola", "/sos")
"""What everybody does, over and over: says something, or presses the n-th button on show."""

OURS = (sys.executable, "-m", "bot", "run")
ECHO = (sys.executable, "-m", "benchmarks.crowd")
ECHO_OVER_OURS = (*ECHO, "ours")
POLLING, WEBHOOK = "polling", "webhook"

_DELIVERIES = frozenset({"getUpdates", "webhook"})
_ANSWERS = frozenset({"sendMessage", "editMessageText"})
_FIRST_PARTNER, _FIRST_PATIENT, _THERAPIST = 1_000, 500_000, 900_000
_PRACTICE = "practice"
_ROOT = Path(__file__).parent.parent
_ROUND_SECONDS = 30.0
_TICKS = os.sysconf("SC_CLK_TCK")


# --- who is there -----------------------------------------------------------------------------


def account(number: int) -> int:
    """Return the account of the n-th partner."""
    return _FIRST_PARTNER + number


def settle(database: Database, size: int, at: datetime) -> None:
    """Make so many partners, each in a case with all keys, at home in their menu."""
    with database.unit() as unit:
        therapist = people.create(unit, _THERAPIST, "it", at)
        cases.add_practice(unit, _PRACTICE, at)
        people.register_staff(unit, therapist, _PRACTICE, at)
        for number in range(size):
            _settle_one(unit, therapist, number, at)


def _settle_one(unit: Unit, therapist: str, number: int, at: datetime) -> None:
    case, link, code = f"case{number}", f"link{number}", f"code{number}"
    cases.open_case(
        unit,
        therapist,
        case,
        label="a case",
        number="4821",
        link=link,
        code=code,
        at=at,
        expires_at=at + timedelta(days=7),
    )
    partner = people.create(unit, account(number), "it", at)
    patient = people.create(unit, _FIRST_PATIENT + number, "it", at)
    for secret, person in ((link, partner), (code, patient)):
        found = cases.find_invitation(unit, secret, person, at) or Invitation()
        cases.join_case(unit, found.id, person, at)
    cases.give_consent(unit, patient, case, frozenset(Scope), at)
    cases.confirm(unit, therapist, case, at)
    chat = people.lock_and_load(unit, partner)
    settled = replace(
        chat,
        role=Role.PARTNER,
        roles=(Role.PARTNER,),
        place=Place("menu", "home"),
        adult=True,
        agreed=True,
        preferences=replace(chat.preferences, country="IT"),
    )
    people.save(unit, chat, settled)


# --- what they do -----------------------------------------------------------------------------


@dataclass(slots=True)
class _Member:
    """Somebody of the crowd: how far in the script, what is on show, since when they wait."""

    user: User
    acts: int = 0
    message_id: int = 0
    buttons: tuple[str, ...] = ()
    waits_since: float | None = None

    def act(self) -> None:
        """Do the next thing of the script."""
        deed = SCRIPT[self.acts % len(SCRIPT)]
        self.acts += 1
        self.waits_since = time.monotonic()
        if isinstance(deed, str):
            self.user.says(deed)
        else:
            data = self.buttons[min(deed, len(self.buttons) - 1)]
            self.user.forges(data, message_id=self.message_id)


@dataclass(slots=True)
class _Crowd:
    """Everybody before one bot. A message with buttons is the reply that somebody waits for."""

    members: dict[int, _Member] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    left: int = 0
    answered_at: float = 0.0
    goes_on: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def join(self, server: FakeTelegram, size: int) -> None:
        """Let so many people stand before a server."""
        for number in range(size):
            user = server.user(account(number), "Somebody", "it", has_started=True)
            self.members[user.id] = _Member(user)

    def look(self, exchange: Exchange) -> None:
        """Look at what the bot did; called by the server, in its own loop."""
        self.calls[exchange.method] += 1
        markup = exchange.sent.get("reply_markup")
        if exchange.status != 200 or exchange.method not in _ANSWERS or not markup:
            return
        member = self.members[int(exchange.sent["chat_id"])]
        member.message_id = (exchange.answer or {})["result"]["message_id"]
        rows = markup["inline_keyboard"]
        member.buttons = tuple(button["callback_data"] for row in rows for button in row)
        if member.waits_since is not None:
            self._answered(member, member.waits_since)

    def _answered(self, member: _Member, since: float) -> None:
        self.answered_at = time.monotonic()
        self.waits.append(self.answered_at - since)
        member.waits_since = None
        if self.goes_on and self.left:
            self.left -= 1
            # Only after the server has answered this call too.
            asyncio.get_running_loop().call_soon(member.act)
        elif not self.left and all(one.waits_since is None for one in self.members.values()):
            self.done.set()

    async def at_once(self, turns: int) -> None:
        """Everybody acts at once, and again as soon as they are answered."""
        self._begin(turns, goes_on=True)
        for member in list(self.members.values())[:turns]:
            self.left -= 1
            member.act()
        await asyncio.wait_for(self.done.wait(), _ROUND_SECONDS)

    async def paced(self, turns: int, rate: float) -> None:
        """So many act a second, in turn; whoever still waits is passed over."""
        self._begin(turns, goes_on=False)
        start = time.monotonic()
        for number in range(turns):
            await asyncio.sleep(max(0.0, start + number / rate - time.monotonic()))
            free = (one for one in self.members.values() if one.waits_since is None)
            member = next(free, None)
            if member is None:
                raise RuntimeError(f"{rate} turns a second are too many: everybody still waits")
            self.members[member.user.id] = self.members.pop(member.user.id)
            self.left -= 1
            member.act()
        await asyncio.wait_for(self.done.wait(), _ROUND_SECONDS)

    def _begin(self, turns: int, *, goes_on: bool) -> None:
        self.waits, self.calls, self.left, self.goes_on = [], Counter(), turns, goes_on
        self.done.clear()


# --- the bots ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Round:
    """What one round gave.

    `seconds` from the first update to the last reply; `cpu` seconds of the bot, user and system,
    all threads; `calls` to the Bot API, polls and deliveries left out; `waits` seconds from an
    update to its reply, as the server saw them.
    """

    turns: int
    seconds: float
    cpu: float
    calls: int
    waits: Sequence[float]


class Running:
    """A bot as a process of its own, on its own fake server, before its own crowd.

    Args:
        name: what it is.
        way: how it gets its updates, POLLING or WEBHOOK.
        command: starts it.
        env: its settings, but for where Telegram is and where it listens.
    """

    def __init__(self, name: str, way: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.name = f"{name}, {way}"
        self.way = way
        self._command = command
        self._env = {**env, **(_listening() if way == WEBHOOK else {})}
        self._crowd = _Crowd()
        self._server = FakeTelegram(Settings(observer=self._crowd.look))
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, size: int) -> None:
        """Start server and bot; return when it has answered everybody often and rests.

        Raises:
            RuntimeError: it does not answer; the message ends with its last words.
        """
        await self._server.__aenter__()
        self._crowd.join(self._server, size)
        place = {"ACCANTO_TOKEN": self._server.token, "ACCANTO_API_URL": self._server.url}
        with tempfile.TemporaryFile() as said:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env={**os.environ, **self._env, **place},
                cwd=_ROOT,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=said,
            )
            try:
                await self._crowd.at_once(len(SCRIPT) * size)
            except TimeoutError:
                said.seek(0)
                words = said.read().decode(errors="replace")[-500:]
                raise RuntimeError(f"{self.name} does not answer: {words}") from None
        await self._server.wait_quiet(within=_ROUND_SECONDS, still=0.5)

    async def at_once(self, turns: int) -> Round:
        """Measure a round in which everybody goes on as soon as they are answered."""
        return await self._measured(turns, self._crowd.at_once(turns))

    async def paced(self, turns: int, rate: float) -> Round:
        """Measure a round in which so many act a second."""
        return await self._measured(turns, self._crowd.paced(turns, rate))

    async def _measured(self, turns: int, acting: Awaitable[None]) -> Round:
        began, spent = time.monotonic(), self._cpu()
        await acting
        await self._server.wait_quiet(within=_ROUND_SECONDS)
        crowd = self._crowd
        calls = sum(count for name, count in crowd.calls.items() if name not in _DELIVERIES)
        seconds = crowd.answered_at - began
        return Round(turns, seconds, self._cpu() - spent, calls, tuple(crowd.waits))

    async def stop(self) -> None:
        """End the bot by SIGTERM."""
        if self._process and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()
        await self._server.__aexit__()

    def _cpu(self) -> float:
        # User and system time are the 14th and 15th field; the 2nd, a name, may hold blanks.
        stat = Path(f"/proc/{self._process.pid if self._process else 'self'}/stat").read_text()
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / _TICKS


def _listening() -> dict[str, str]:
    """Return the settings of a bot that listens on a port which is free now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    return {"ACCANTO_LISTEN": place, "ACCANTO_WEBHOOK_URL": f"http://{place}/telegram"}


# --- the comparison ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Load:
    """What every bot is given: `turns` a round by all chats at once, then `rate` a second."""

    chats: int
    rounds: int
    turns: int
    rate: float

    @property
    def paced_turns(self) -> int:
        """A second and a half of them."""
        return max(1, int(1.5 * self.rate))


@dataclass(frozen=True, slots=True)
class Served:
    """One bot: medians over the rounds; waits are milliseconds over all rounds together.

    `against` are, for each echo, its turns a second and its CPU a turn taken as 1, round by round.
    """

    name: str
    rounds: int
    turns_a_second: float
    cpu_ms_a_turn: float
    calls_a_turn: float
    crowded_p50: float
    crowded_p99: float
    paced_p50: float
    paced_p99: float
    against: Mapping[str, tuple[float, float]]


async def served(bots: Sequence[Running], echoes: int, load: Load, until: float) -> list[Served]:
    """Let bots take turns, round by round.

    Each is held against those of the first so many that get their updates in the same way.
    No round begins after `until` on the monotonic clock, but the first always does.
    """
    crowded: dict[str, list[Round]] = {bot.name: [] for bot in bots}
    paced: dict[str, list[Round]] = {bot.name: [] for bot in bots}
    try:
        for bot in bots:
            await bot.start(load.chats)
        for number in range(load.rounds):
            if number and time.monotonic() > until:
                break
            for bot in bots:
                crowded[bot.name].append(await bot.at_once(load.turns))
                paced[bot.name].append(await bot.paced(load.paced_turns, load.rate))
    finally:
        for bot in bots:
            await bot.stop()
    return [
        _summed(
            bot.name,
            crowded[bot.name],
            paced[bot.name],
            {
                echo.name: _ratio(crowded[bot.name], crowded[echo.name])
                for echo in bots[:echoes]
                if echo.way == bot.way
            },
        )
        for bot in bots
    ]


def _summed(
    name: str,
    crowded: Sequence[Round],
    paced: Sequence[Round],
    against: Mapping[str, tuple[float, float]],
) -> Served:
    return Served(
        name,
        rounds=len(crowded),
        turns_a_second=statistics.median(one.turns / one.seconds for one in crowded),
        cpu_ms_a_turn=statistics.median(one.cpu / one.turns for one in crowded) * 1e3,
        calls_a_turn=statistics.median(one.calls / one.turns for one in crowded),
        crowded_p50=_percentile(crowded, 50),
        crowded_p99=_percentile(crowded, 99),
        paced_p50=_percentile(paced, 50),
        paced_p99=_percentile(paced, 99),
        against=against,
    )


def _ratio(rounds: Sequence[Round], others: Sequence[Round]) -> tuple[float, float]:
    """Return how many times the turns a second, and the CPU a turn, of the other bot."""
    both = list(zip(rounds, others, strict=True))
    return (
        statistics.median(other.seconds / one.seconds for one, other in both),
        statistics.median(one.cpu / other.cpu for one, other in both),
    )


def _percentile(rounds: Sequence[Round], part: int) -> float:
    waits = sorted(wait for one in rounds for wait in one.waits)
    return waits[min(len(waits) - 1, len(waits) * part // 100)] * 1e3


# --- the echo bot -----------------------------------------------------------------------------


async def _echo(api_url: str, token: str, *, over_ours: bool, by_webhook: bool) -> None:
    again = InlineKeyboardMarkup([[InlineKeyboardButton("again", callback_data="again")]])

    async def answer(bot: Bot, update: Update) -> None:
        query, message = update.callback_query, update.message
        if query:
            await asyncio.gather(
                query.answer(), bot.send_message(query.from_user.id, "again", reply_markup=again)
            )
        elif message:
            await bot.send_message(message.chat.id, message.text or "", reply_markup=again)

    # The pools that the library's own ApplicationBuilder makes.
    theirs = HTTPXRequest(connection_pool_size=256), HTTPXRequest(connection_pool_size=1)
    ours = Transport(Timeouts(), 256, None), Transport(Timeouts(), 1, None)
    calls, polls = ours if over_ours else theirs
    offset = 0
    async with Bot(
        token, base_url=f"{api_url}/bot", request=calls, get_updates_request=polls
    ) as bot:
        if by_webhook:
            await _listen(bot, answer)
            return
        while True:
            updates = await bot.get_updates(offset, timeout=25)
            await asyncio.gather(*(answer(bot, update) for update in updates))
            offset = max((update.update_id + 1 for update in updates), default=offset)


async def _listen(bot: Bot, answer: Callable[[Bot, Update], Awaitable[None]]) -> None:
    """Let Telegram post, until SIGTERM."""

    async def hear(request: Request) -> Response:
        await answer(bot, Update.de_json(await request.json(), bot))
        return Response()

    host, port = os.environ["ACCANTO_LISTEN"].split(":")
    app = Starlette(routes=[Route("/telegram", hear, methods=["POST"])])
    config = uvicorn.Config(app, host, int(port), log_config=None, access_log=False, ws="none")
    serving = asyncio.create_task(uvicorn.Server(config).serve())
    await bot.set_webhook(os.environ["ACCANTO_WEBHOOK_URL"], max_connections=100)
    await serving


if __name__ == "__main__":
    _place = os.environ["ACCANTO_API_URL"], os.environ["ACCANTO_TOKEN"]
    asyncio.run(_echo(*_place, over_ours="ours" in sys.argv, by_webhook="webhook" in sys.argv))
