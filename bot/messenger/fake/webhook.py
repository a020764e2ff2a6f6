"""Posting updates to the bot.

Source: telegram-bot-api's WebhookActor.cpp. Lanes are delivered side by side over as many
connections as the bot allows, each in order; what is not answered with 2xx is delivered again: at
once, then after 2, 4, 8 … seconds up to a minute or two, or when Retry-After says.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from bot.messenger.fake.clock import Clock
from bot.messenger.fake.faults import WEBHOOK, Fault, Faults, Kind
from bot.messenger.fake.ledger import Exchange
from bot.messenger.fake.outbound import Outbound, Reply
from bot.messenger.fake.refusal import Json
from bot.messenger.fake.updates import Update, Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
_LONGEST_PAUSE = (60, 120)
_LONGEST_RETRY_AFTER = 3600
_GOOD = range(200, 300)
# Telegram carries out a method named in the reply, but none of these.
_NOT_IN_REPLIES = ("get", "setwebhook", "deletewebhook", "close", "logout")


@dataclass(frozen=True, slots=True)
class Target:
    """Where updates are posted."""

    url: str
    secret: str
    connections: int


@dataclass(frozen=True, slots=True)
class _Failure:
    reason: str
    retry_after: int = 0


@dataclass(slots=True)
class Webhook:
    """The delivery of updates.

    Attributes:
        chance: how long the longest pauses are, repeatably.
        pace: factor on the pauses between deliveries; Retry-After is kept as it is.
        carry_out: performs the call a reply asks for.
        observer: is told every delivery.
        last_error: when (seconds since 1970) and why a delivery failed last.
    """

    updates: Updates
    faults: Faults
    clock: Clock
    chance: Random
    outbound: Outbound
    pace: float
    carry_out: Callable[[Json], Awaitable[None]]
    observer: Callable[[Exchange], None]
    target: Target | None = None
    last_error: tuple[int, str] | None = None
    _lanes: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _connections: asyncio.Semaphore = field(default_factory=asyncio.Semaphore)

    def aim(self, target: Target | None) -> None:
        """Deliver to a target from now on; None to stop."""
        for task in self._lanes.values():
            task.cancel()
        self._lanes = {}
        self.target = target
        self.last_error = None
        if target is not None:
            self._connections = asyncio.Semaphore(target.connections)
            self.wake(set(self.updates.lanes()))

    def wake(self, lanes: set[str]) -> None:
        """Deliver what waits in these lanes."""
        if self.target is None:
            return
        for lane in lanes - self._lanes.keys():
            task = asyncio.get_running_loop().create_task(self._drain(lane, self.target))
            self._lanes[lane] = task

    async def _drain(self, lane: str, target: Target) -> None:
        pause, failures = 1, 0
        while (update := self.updates.head(lane)) is not None:
            async with self._connections:
                failure = await self._deliver(update, lane, target)
            if failure is None:
                self.updates.done(update)
                pause, failures = 1, 0
                continue
            self.last_error = (self.clock.unix(), failure.reason)
            wait = float(min(failure.retry_after, _LONGEST_RETRY_AFTER))
            if not failure.retry_after and failures:
                pause = min(pause * 2, self.chance.randint(*_LONGEST_PAUSE))
                wait = pause * self.pace
            failures += 1
            await asyncio.sleep(wait)
        if self._lanes.get(lane) is asyncio.current_task():
            del self._lanes[lane]

    async def _deliver(self, update: Update, lane: str, target: Target) -> _Failure | None:
        fault = self.faults.strike(WEBHOOK, int(lane.split()[1]))
        if fault is not None and not fault.after:
            failure = await _strike(fault)
            if failure is not None:
                return failure
        headers = {"Content-Type": "application/json"}
        if target.secret:
            headers[SECRET_HEADER] = target.secret
        body = json.dumps(update.body, ensure_ascii=False).encode()
        try:
            reply = await self.outbound.post(target.url, headers, body)
        except (OSError, ValueError) as error:
            self.observer(Exchange(WEBHOOK, update.body, None, None))
            return _Failure(str(error) or type(error).__name__)
        self.observer(Exchange(WEBHOOK, update.body, reply.status, None))
        if fault is not None and fault.after:
            failure = await _strike(fault)
            if failure is not None:
                return failure
        return await self._judge(reply)

    async def _judge(self, reply: Reply) -> _Failure | None:
        if reply.status not in _GOOD:
            retry_after = reply.headers.get("retry-after", "")
            return _Failure(
                f"Wrong response from the webhook: {reply.status} {reply.reason}",
                int(retry_after) if retry_after.isdecimal() else 0,
            )
        asked = _asked(reply)
        if asked and not str(asked["method"]).lower().startswith(_NOT_IN_REPLIES):
            await self.carry_out(asked)
        return None


def _asked(reply: Reply) -> Json:
    """Return the call in the body of a reply, empty when there is none."""
    if not reply.headers.get("content-type", "").startswith("application/json"):
        return {}
    try:
        asked = json.loads(reply.body)
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) and asked.get("method") else {}


async def _strike(fault: Fault) -> _Failure | None:
    if fault.kind is Kind.SLOW:
        await asyncio.sleep(fault.seconds)
        return None
    if fault.kind is Kind.HANG:
        await asyncio.sleep(fault.seconds)
        return _Failure("Read timeout expired")
    if fault.kind is Kind.REFUSE:
        return _Failure(f"Wrong response from the webhook: {fault.status}", fault.retry_after or 0)
    return _Failure("Webhook connection closed")
