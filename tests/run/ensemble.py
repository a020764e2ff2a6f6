"""Several cases at once, played in rounds by one bot that somebody kills now and then.

In a round everybody does the same line of the script at the same moment, each in their own chats;
the bot may die at any point of it. The next round begins when everything was done and sent.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx

from bot.messenger.fake import Fault, Kind, ThreadedFakeTelegram
from bot.services.parts import Parts
from tests.performance import Seen
from tests.run.observed import last_lease, next_due, open_work
from tests.run.process import Bot
from tests.run.team import Team
from tests.run.telephones import Telephones
from tests.script import Line, Script, Wait, after

_STUCK = 3.0  # seconds without progress, after which time has to pass for the sweep to come
_SWEEP = timedelta(seconds=31)
_CLOCK = 5  # there are few rounds with reminders, and much can go wrong in them
_AT_A_CALL = 0.7  # share of kills that meet a call
_CALLS = (("sendMessage", 4), ("sendMessage", 2), ("sendMessage", 1), ("editMessageText", 2))
_LONGEST_ROUND = 1.5
_STARTING = 1.5  # about how long a start takes: every fifth kill hits one


@dataclass(frozen=True, slots=True)
class Round:
    """What one round brought: the messages of each company, how often the bot died meanwhile."""

    line: Line
    seen: tuple[tuple[Seen, ...], ...]
    seconds: float
    kills: int


@dataclass(slots=True)
class Killer:
    """Kills a bot at moments drawn from `chance`; `kills` has a number for every round.

    Most strike while a call to Telegram hangs, before or after it took effect: there the books
    and the world differ. The others come at any time, some of them while the bot is starting.
    """

    chance: random.Random
    kills: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @classmethod
    def drawn(cls, seed: int, kills: int, undisturbed: list[Round]) -> "Killer":
        """Return a killer who strikes so often, in rounds that chance picks, reminders first."""
        chance = random.Random(seed)
        numbers = [0] * len(undisturbed)
        weights = [_CLOCK if isinstance(one.line.act, Wait) else 1 for one in undisturbed]
        for number in chance.choices(range(len(numbers)), weights, k=kills):
            numbers[number] += 1
        return cls(chance, numbers, [one.seconds for one in undisturbed])

    def lies_in_wait(self, server: ThreadedFakeTelegram, number: int) -> bool:
        """Let a call of this round hang, if a kill is to meet it; before the round begins."""
        if not self.kills or not self.kills[number] or self.chance.random() > _AT_A_CALL:
            return False
        method, most = self.chance.choice(_CALLS)
        skip, after = self.chance.randrange(most), self.chance.random() < 0.5
        server.fault(Fault(Kind.HANG, method=method, after=after, skip=skip))
        return True

    def strike(
        self, bot: Bot | Team, server: ThreadedFakeTelegram, number: int, *, is_waiting: bool
    ) -> int:
        """Kill the bot as often as this round is to be disturbed, and start it again."""
        many = self.kills[number] if self.kills else 0
        for again in range(many):
            if is_waiting and not again:
                self._wait_for_the_call(server)
            else:
                longest = _STARTING if again else self.seconds[number]
                time.sleep(self.chance.uniform(0, longest))
            bot.kill()
            bot.start()
        return many

    def _wait_for_the_call(self, server: ThreadedFakeTelegram) -> None:
        """Wait until a call hangs, or as long as a round may take if none does."""
        ends = time.monotonic() + _LONGEST_ROUND
        while time.monotonic() < ends and httpx.get(f"{server.url}/control/faults").json():
            time.sleep(0.001)
        server.clear_faults()
        time.sleep(self.chance.uniform(0, 0.005))


class Ensemble:
    """So many companies of three, all playing one script."""

    def __init__(
        self,
        script: Script,
        many: int,
        server: ThreadedFakeTelegram,
        bot: Bot | Team,
        parts: Parts,
    ) -> None:
        """Seat them; `parts` are over the bot's own database."""
        self.script = script
        self.updates = 0
        self.slowest = 0.0
        self.parts = parts
        self._server, self._bot = server, bot
        self.companies = [Telephones(script, n, server, bot, parts) for n in range(1, many + 1)]
        self.accounts = [account for one in self.companies for account in one.accounts]

    def play(self, killer: Killer) -> Iterator[Round]:
        """Play every line of the script."""
        for number, line in enumerate(self.script.lines):
            since = time.monotonic()
            if isinstance(line.act, Wait):
                kills = self._wait(line.act, killer, number)
            else:
                is_waiting = killer.lies_in_wait(self._server, number)
                for one in self.companies:
                    one.does(line)
                self.updates += len(self.companies)
                kills = killer.strike(self._bot, self._server, number, is_waiting=is_waiting)
                self._settle()
            seconds = time.monotonic() - since
            yield Round(line, tuple(one.sees() for one in self.companies), seconds, kills)

    def _wait(self, act: Wait, killer: Killer, number: int) -> int:
        """Let time pass, from one thing that is due to the next; the first time is dangerous."""
        until, kills = after(self._server.now(), act.until, self.script.lang), 0
        while (due := next_due(self.parts, self.accounts)) and due <= until:
            is_waiting = not kills and killer.lies_in_wait(self._server, number)
            self._server.set_clock(max(due, self._server.now()))
            if not kills:
                kills = killer.strike(self._bot, self._server, number, is_waiting=is_waiting)
            self._settle()
        self._server.set_clock(max(until, self._server.now()))
        return kills

    def _settle(self) -> None:
        """Wait until all is done; what a dead worker held is free when its lease ends."""
        since = time.monotonic()
        patience = _Patience(since)
        self._bot.wait_until(lambda: self._is_done(patience), within=30)
        self.slowest = max(self.slowest, time.monotonic() - since)

    def _is_done(self, patience: "_Patience") -> bool:
        if self._server.pending():
            return False
        if not open_work(self.parts, self._server.now()):
            return True
        lease = last_lease(self.parts, but_of=self._bot.pids)
        if lease and lease > self._server.now():
            self._server.set_clock(lease)
        elif patience.is_over():
            self._server.advance(_SWEEP.total_seconds())
        return False


@dataclass(slots=True)
class _Patience:
    """Runs out every few seconds."""

    since: float

    def is_over(self) -> bool:
        """Return whether it ran out; it then begins anew."""
        now = time.monotonic()
        if now - self.since < _STUCK:
            return False
        self.since = now
        return True
