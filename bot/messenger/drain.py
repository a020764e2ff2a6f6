"""Sends all unsent messages of a person in order and marks each at once."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace
from typing import Protocol, TypeVar

import structlog

from bot.messenger.background import Background
from bot.messenger.sender import Outcome, Refused, Sender, Sent, Wait
from bot.services.heard import Parcel

T = TypeVar("T")
_log = structlog.get_logger(__name__)
_LOOK = 0.05  # seconds until it is asked again whether another worker has let a chat go
_MARK_AGAIN = 0.5  # seconds until a mark that could not be written is tried again


class Outbox(Protocol):
    """The rows of unsent messages; every method is one synchronous transaction or two."""

    def held(self, person: str) -> Sequence[Parcel] | None:
        """Return what is to be sent to a person, in order; nothing while they block the bot.

        Where several workers send, the chat is this one's until the last of it was sent; None
        while it is another's.
        """

    def keep(self, person: str) -> bool:
        """Hold a chat for longer; return whether it is still this worker's."""

    def release(self, person: str) -> None:
        """Let a chat go before the last of it was sent."""

    def sent(self, parcel: Parcel, message_id: int | None) -> None:
        """Note that a message was sent; after the last one the chat is let go."""

    def refused(self, parcel: Parcel) -> None:
        """Note that Telegram will never take a message; it is not tried again."""

    def blocked(self, person: str) -> None:
        """Note that nothing may be written to a person until they unblock the bot."""


class Drain:
    """At most one drain of a person runs at a time; who asks meanwhile is included in it.

    A message is tried again for `patience` seconds and then left: its row stays unsent, and the
    sweep comes back to it. A call that hangs is never cancelled (a cancelled send may have been
    accepted), it is only waited for no longer.

    Where several workers send, one of them holds a chat while it sends. The others look again in
    small steps until it lets go or, if it died, its hold has ended.

    Args:
        sender: sends one message.
        outbox: the rows.
        executor: where the outbox does its work.
        patience: seconds.
        pause: seconds before the second try, doubled each time.
        hold: seconds for which a chat is certainly held once the outbox says so; None where
            this process is alone.
        takeover: seconds after which the hold of a dead worker has certainly ended.
    """

    def __init__(
        self,
        sender: Sender,
        outbox: Outbox,
        executor: Executor,
        *,
        patience: float = 2.0,
        pause: float = 0.1,
        hold: float | None = None,
        takeover: float = 0.0,
    ) -> None:
        self._sender = sender
        self._outbox = outbox
        self._executor = executor
        self._patience = patience
        self._pause = pause
        self._hold = hold
        self._takeover = takeover
        self._background = Background()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._wanted: set[str] = set()
        self._held_until: dict[str, float] = {}
        self._not_before: dict[int, float] = {}
        self._unmarked: dict[int, int | None] = {}
        self._ending = False

    async def __call__(self, person: str, patience: float | None = None) -> None:
        """Send what is unsent; return when all is sent or after so many seconds of patience."""
        task = self._begun(person, self._takeover)
        seconds = self._patience if patience is None else patience
        if seconds > 0:
            await asyncio.wait({task}, timeout=seconds)

    async def sweep(self, person: str) -> None:
        """Send what has long been unsent, unless another worker is doing it."""
        await asyncio.wait({self._begun(person, 0.0)}, timeout=self._patience)

    async def finish(self, seconds: float) -> bool:
        """Wait at most so many seconds for what is being sent; return whether all ended."""
        self._ending = True
        return await self._background.finish(seconds)

    def _begun(self, person: str, waits: float) -> "asyncio.Task[None]":
        """Return the drain of a person, which waits so long for another worker's."""
        self._wanted.add(person)
        task = self._tasks.get(person)
        if task is None:
            task = self._tasks[person] = self._background.start(self._work(person, waits))
        return task

    async def _work(self, person: str, waits: float) -> None:
        try:
            while person in self._wanted:
                self._wanted.discard(person)
                await self._pass(person, waits)
        finally:
            self._wanted.discard(person)
            del self._tasks[person]

    async def _pass(self, person: str, waits: float) -> None:
        deadline = _now() + self._patience
        try:
            for parcel in await self._taken(person, waits):
                if parcel.id in self._unmarked:
                    await self._mark(parcel, self._unmarked[parcel.id])
                elif not await self._deliver(person, parcel, deadline):
                    return
        finally:
            if self._held_until.pop(person, None) is not None:
                await self._stored(self._outbox.release, person)

    async def _taken(self, person: str, waits: float) -> Sequence[Parcel]:
        """Return what is to be sent, once the chat is this worker's; nothing if that is late."""
        ends = _now() + waits
        while True:
            since = _now()
            parcels = await self._stored(self._outbox.held, person)
            if parcels is not None:
                if parcels and self._hold:
                    self._held_until[person] = since + self._hold
                return parcels
            if since >= ends or self._ending:
                return ()
            await asyncio.sleep(_LOOK)

    async def push(self, parcel: Parcel) -> Outcome:
        """Send a message nobody waits for, once, after what is being sent to that person now.

        Never earlier than Telegram told; how it ended is for the caller to note.
        """
        running = self._tasks.get(parcel.person)
        if running:
            await asyncio.wait({running}, timeout=self._patience)
        resting = self._not_before.get(parcel.account, 0.0) - _now()
        if resting > 0:
            return Wait(resting)
        outcome = await self._sender.send(parcel.account, parcel.message)
        if isinstance(outcome, Wait):
            self._rest(parcel.account, outcome.seconds)
        return outcome

    async def _deliver(self, person: str, parcel: Parcel, deadline: float) -> bool:
        """Send one message; return whether the next one may follow."""
        pause = self._pause
        while await self._may_send(parcel.account, deadline):
            if not await self._still_held(person):
                return False
            outcome = await self._sent(parcel)
            if isinstance(outcome, Sent):
                await self._mark(parcel, outcome.message_id)
                return True
            if isinstance(outcome, Refused) and outcome.blocked:
                await self._stored(self._outbox.blocked, person)
                return False
            if isinstance(outcome, Refused):
                await self._stored(self._outbox.refused, parcel)
                return True
            self._rest(parcel.account, outcome.seconds if isinstance(outcome, Wait) else pause)
            pause *= 2
        return False

    async def _may_send(self, account: int, deadline: float) -> bool:
        """Wait until Telegram wants to hear from us in this chat, unless that is too long."""
        until = self._not_before.get(account, 0.0)
        if until > deadline:
            return False
        await asyncio.sleep(max(0.0, until - _now()))
        self._not_before.pop(account, None)
        return True

    def _rest(self, account: int, seconds: float) -> None:
        now = _now()
        # Forgetting the past here keeps the list as short as the trouble is.
        self._not_before = {one: at for one, at in self._not_before.items() if at > now}
        self._not_before[account] = now + seconds

    async def _sent(self, parcel: Parcel) -> Outcome:
        """Send one message, and hold the chat for as long as that takes."""
        if self._hold is None:
            return await self._sender.send(parcel.account, parcel.message)
        sending = asyncio.ensure_future(self._sender.send(parcel.account, parcel.message))
        while not (await asyncio.wait({sending}, timeout=self._hold / 2))[0]:
            try:
                await self._kept(parcel.person)
            except Exception as error:  # noqa: BLE001 - the hold may end now, the call goes on
                _log.warning("chat not held", error=type(error).__name__)
        return sending.result()

    async def _still_held(self, person: str) -> bool:
        """Whether the chat is ours; asked again where this process was away for a while."""
        until = self._held_until.get(person)
        return (
            self._hold is None or (until is not None and _now() < until) or await self._kept(person)
        )

    async def _kept(self, person: str) -> bool:
        since = _now()
        if not await self._stored(self._outbox.keep, person):
            self._held_until.pop(person, None)
            return False
        self._held_until[person] = since + (self._hold or 0.0)
        return True

    async def _mark(self, parcel: Parcel, message_id: int | None) -> None:
        """Mark a message as sent; if the rows cannot be written, as soon as they can."""
        is_new = parcel.id not in self._unmarked
        self._unmarked[parcel.id] = message_id
        try:
            await self._stored(self._outbox.sent, parcel, message_id)
        except Exception:
            if is_new:
                # By then the chat may be held for newer messages: it is not let go with this one.
                self._background.start(self._mark_later(replace(parcel, last=False)))
            raise
        self._unmarked.pop(parcel.id, None)
        if parcel.last:
            self._held_until.pop(parcel.person, None)

    async def _mark_later(self, parcel: Parcel) -> None:
        while parcel.id in self._unmarked and not self._ending:
            await asyncio.sleep(_MARK_AGAIN)
            # Nobody waits for it: the next pass, or this loop, tries again.
            with suppress(Exception):
                await self._mark(parcel, self._unmarked[parcel.id])

    async def _stored(self, work: Callable[..., T], *about: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, *about)


def _now() -> float:
    return asyncio.get_running_loop().time()
