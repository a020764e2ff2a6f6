"""Updates become turns: each chat in its order, different chats side by side.

Used by the polling loop, which gets many at once, and by the webhook, which gets them one by one.
What is returned as unfinished must not be acknowledged: it has to come again.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

import structlog

from bot.messenger.background import Background
from bot.messenger.backlog import Told, came_alone, plan
from bot.messenger.drain import Drain
from bot.messenger.lanes import Lanes
from bot.messenger.recent import Recent
from bot.messenger.sender import Refused, Sender, Sent, Wait
from bot.messenger.updates import Aliases, Arrival, Leave, OpenButton, arrival
from bot.services.heard import Answer, Heard, Outgoing

T = TypeVar("T")
_log = structlog.get_logger(__name__)


class Services(Protocol):
    """What the services do for the messenger, all of it synchronous."""

    def answer(self, heard: Heard) -> Answer:
        """Turn one update in one transaction; the same update again gives `turned=False`."""

    def catch_up(self, waiting: Sequence[Heard], *, told: bool) -> Answer:
        """Turn what waited during an outage, in one transaction and with one reply.

        Each text is still read for safety, and every update counts as turned. With `told` the
        chat was told already, and what is not urgent gets no reply.
        """

    def set_aside(self, update: str, heard: Heard | None, kind: str) -> Answer | None:
        """Keep an update (JSON) that cannot be turned, encrypted, with a kind line as its reply.

        `kind` is that of the error it met.
        """

    def fallback(self, heard: Heard) -> Outgoing | None:
        """Return the help card, from memory, if the text is red or check or SOS was tapped."""

    def is_outage(self, error: Exception) -> bool:
        """Return whether an error is nobody's fault and will pass: a locked or absent database."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take, in seconds; `tries` of an update before it is set aside.

    `acknowledge`: a turn that takes longer has its press answered empty meanwhile. `crisis`: a
    turn that takes longer gets the help card, if it needs one, meanwhile. `drain`: how long all
    sends of one chat may hold up a batch. `stale`: a message older than that waited.
    """

    acknowledge: float = 0.6
    crisis: float = 0.8
    drain: float = 2.0
    between: float = 0.2
    stale: timedelta = timedelta(minutes=10)
    tries: int = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """How updates are read, and what is said in a group, by language, on leaving it."""

    aliases: Aliases
    open_button: OpenButton
    goodbye: Mapping[str, str]


class Reception:
    """Takes updates in.

    Args:
        services: see there.
        sender: for what does not go through the rows: toasts, the help card, groups.
        drain: sends the replies.
        reading: see there.
        executor: where turns are made.
        now: the time, aware.
        patience: see there.
    """

    def __init__(
        self,
        services: Services,
        sender: Sender,
        drain: Drain,
        reading: Reading,
        executor: Executor,
        now: Callable[[], datetime],
        patience: Patience | None = None,
    ) -> None:
        self._services = services
        self._sender = sender
        self._drain = drain
        self._reading = reading
        self._executor = executor
        self._now = now
        self._patience = patience or Patience()
        self._background = Background()
        self._carded = Recent()
        self._told = Told()
        self._lanes = Lanes()

    async def take(self, updates: Sequence[Mapping[str, Any]]) -> frozenset[int]:
        """Turn and answer updates; return the ids of those that have to come again."""
        chats: dict[int, list[Arrival]] = {}
        for raw in updates:
            one = arrival(raw, self._reading.aliases, self._reading.open_button)
            chats.setdefault(one.chat, []).append(one)
        work = map(self._chat, chats.values())
        results = await asyncio.gather(*work, return_exceptions=True)
        unfinished: set[int] = set()
        for arrivals, result in zip(chats.values(), results, strict=True):
            if isinstance(result, BaseException):
                # Nothing here should raise; if it does, no other chat pays for it.
                _log.error("chat not served", error=type(result).__name__)
                unfinished.update(one.update_id for one in arrivals)
            else:
                unfinished |= result
        return frozenset(unfinished)

    async def hear(self, raw: Mapping[str, Any]) -> bool:
        """Turn and answer one update that came by itself; return False when it has to come again.

        Those of a chat that come at the same moment wait for each other.
        """
        one = arrival(raw, self._reading.aliases, self._reading.open_button)
        async with self._lanes.turn(one.chat, self._patience.crisis, lambda: self._help(one)):
            visit = _Visit(self._patience.drain)
            if came_alone(one, self._now(), self._patience.stale):
                return await self._caught_up((one,), visit) or await self._taken(one, visit)
            return await self._taken(one, visit)

    async def is_urgent(self, raw: Mapping[str, Any]) -> bool:
        """Return whether an update is a cry for help, which nothing may keep waiting."""
        said = arrival(raw, self._reading.aliases, self._reading.open_button).heard
        if not isinstance(said, Heard):
            return False
        return await asyncio.to_thread(self._services.fallback, said) is not None

    async def finish(self, seconds: float) -> bool:
        """Wait at most so many seconds for help cards and replies on their way."""
        both = self._background.finish(seconds), self._drain.finish(seconds)
        return all(await asyncio.gather(*both))

    async def _chat(self, arrivals: Sequence[Arrival]) -> frozenset[int]:
        """Take the updates of one chat one after the other; stop where one has to come again."""
        visit = _Visit(self._patience.drain)
        steps = plan(arrivals, self._now(), self._patience.stale)
        for at, step in enumerate(steps):
            if len(step) > 1 and await self._caught_up(step, visit):
                continue
            for number, one in enumerate(step):
                if await self._taken(one, visit):
                    continue
                left = (*step[number:], *(late for more in steps[at + 1 :] for late in more))
                # Those behind have to wait for their turn, but not for help.
                await asyncio.gather(*map(self._help, left))
                return frozenset(late.update_id for late in left)
        return frozenset()

    async def _caught_up(self, waiting: Sequence[Arrival], visit: "_Visit") -> bool:
        """Turn a backlog at once; if that fails, each of it is turned by itself."""
        said = [one.heard for one in waiting if isinstance(one.heard, Heard)]
        told = self._told.covers(waiting)
        try:
            answer = await self._run(partial(self._services.catch_up, said, told=told))
        except Exception as error:  # noqa: BLE001 - any error: then one by one
            _log.error("backlog not turned", error=type(error).__name__, updates=len(said))
            return False
        if not told:
            self._told.note(waiting[0].chat, self._now())
        await self._reply(answer, visit)
        return True

    async def _taken(self, one: Arrival, visit: "_Visit") -> bool:
        """Take one update; return False when it has to come again."""
        if isinstance(one.heard, Leave):
            line = self._reading.goodbye.get(one.heard.lang, "")
            await self._sender.leave(one.heard.chat, line)
            return True
        if one.broken:
            await self._help(one)
            return await self._put_aside(one, visit, "Unreadable")
        if one.heard is None:
            return True
        return await self._turned(one, one.heard, visit)

    async def _turned(self, one: Arrival, said: Heard, visit: "_Visit") -> bool:
        press, kind = _Press(one.query), ""
        for _ in range(self._patience.tries):
            try:
                answer = await self._answered(one, said, press)
            except Exception as error:  # noqa: BLE001 - one update never ends the others
                _log.error("update not turned", error=type(error).__name__, update=one.update_id)
                await self._help(one)
                kind = type(error).__name__
                if self._services.is_outage(error):
                    await self._toast(press)
                    return False
                await asyncio.sleep(self._patience.between)
                continue
            await asyncio.gather(self._toast(press, answer.toast), self._reply(answer, visit))
            return True
        await self._toast(press)
        return await self._put_aside(one, visit, kind)

    async def _answered(self, one: Arrival, said: Heard, press: "_Press") -> Answer:
        """Make the turn; if it takes long, do meanwhile what cannot wait."""
        turn = asyncio.ensure_future(self._run(self._services.answer, said))
        patience = self._patience
        done, _ = await asyncio.wait({turn}, timeout=patience.acknowledge)
        if not done:
            await self._toast(press)
            done, _ = await asyncio.wait({turn}, timeout=patience.crisis - patience.acknowledge)
        if not done:
            await self._help(one)
        return await turn

    async def _put_aside(self, one: Arrival, visit: "_Visit", kind: str) -> bool:
        said = one.heard if isinstance(one.heard, Heard) else None
        try:
            text = json.dumps(one.raw, ensure_ascii=False)
            answer = await self._run(self._services.set_aside, text, said, kind)
        except Exception as error:  # noqa: BLE001 - not kept, so not acknowledged
            _log.error("update not set aside", error=type(error).__name__, update=one.update_id)
            return False
        _log.error("update set aside", update=one.update_id)
        if answer:
            await self._reply(answer, visit)
        return True

    async def _reply(self, answer: Answer, visit: "_Visit") -> None:
        """Send the replies, as long as this chat may still hold up the others."""
        if not answer.person:
            return
        since = _monotonic()
        await self._drain(answer.person, visit.left)
        visit.left = max(0.0, visit.left - (_monotonic() - since))

    async def _toast(self, press: "_Press", text: str = "") -> None:
        if press.query:
            query, press.query = press.query, ""
            await self._sender.toast(query, text)

    async def _help(self, one: Arrival) -> None:
        """Send the help card, once an update, without any row; wait for it only a moment."""
        if isinstance(one.heard, Heard) and self._carded.add(one.update_id):
            task = self._background.start(self._card(one.update_id, one.heard))
            await asyncio.wait({task}, timeout=self._patience.drain)

    async def _card(self, update: int, said: Heard) -> None:
        try:
            # Not in the turns' own threads: those may be what hangs.
            card = await asyncio.to_thread(self._services.fallback, said)
            if card is None:
                return
            for _ in range(self._patience.tries):
                outcome = await self._sender.send(said.account, card)
                if isinstance(outcome, Sent):
                    _log.warning("help card sent without a turn", update=update)
                    return
                if isinstance(outcome, Refused):
                    return
                told = outcome.seconds if isinstance(outcome, Wait) else self._patience.between
                await asyncio.sleep(told)
        except Exception:
            self._carded.discard(update)
            raise
        # If the update comes again, the card is tried again.
        self._carded.discard(update)

    async def _run(self, work: Callable[..., T], *about: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, *about)


@dataclass(slots=True)
class _Visit:
    """How many seconds the sends of a chat may still hold up its batch."""

    left: float


@dataclass(slots=True)
class _Press:
    """The press that waits for its one answer; empty once it has it."""

    query: str


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
