"""The HTTP side: a Starlette application that speaks the Bot API."""

import asyncio
import contextlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from bot.messenger.fake import control
from bot.messenger.fake.backend import Backend
from bot.messenger.fake.call import Call, read_call
from bot.messenger.fake.clock import Clock
from bot.messenger.fake.faults import Fault, Faults, Kind
from bot.messenger.fake.ledger import Attempt, Exchange, Ledger
from bot.messenger.fake.methods import perform, spelled
from bot.messenger.fake.outbound import Outbound
from bot.messenger.fake.profile import Profile
from bot.messenger.fake.rates import RateGuard, Rates
from bot.messenger.fake.refusal import Json, Refusal
from bot.messenger.fake.updates import Poller, Updates
from bot.messenger.fake.webhook import Webhook
from bot.messenger.fake.world import World

_TOKEN = re.compile(r"[1-9]\d*:[A-Za-z0-9_-]+")
_WEBHOOK_PATIENCE = 60.0
_FIRST_UPDATE = 900_000_000
INVENTED = "123456789:invented-for-tests-and-the-demo"
"""A token of the right shape that opens nothing anywhere else."""


def _ignore(_exchange: Exchange) -> None:
    """Observe nothing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a fake server is told at its start.

    Attributes:
        token: the bot's; its first part is the bot's id.
        username: of the bot.
        now: where the clock stands still; None for real time.
        rates: how fast the bot may send; None for no limit.
        webhook_pace: factor on the pauses before an update is delivered again.
        seed: of everything left to chance.
        observer: is told every exchange, in the thread of the server.
    """

    token: str = INVENTED
    username: str = "fake_bot"
    now: datetime | None = None
    rates: Rates | None = None
    webhook_pace: float = 1.0
    seed: int = 0
    observer: Callable[[Exchange], None] = _ignore


def build(settings: Settings) -> Backend:
    """Return a new, empty world.

    Raises:
        ValueError: the token has not the shape of one.
    """
    if not _TOKEN.fullmatch(settings.token):
        raise ValueError("a token is <number>:<letters, digits, _ and ->")
    chance = Random(settings.seed)  # noqa: S311 - repeatable on purpose, nothing secret
    clock = Clock(time.time, settings.now)
    updates = Updates(clock, chance, _FIRST_UPDATE)
    faults = Faults(chance)
    webhook = Webhook(
        updates,
        faults,
        clock,
        chance,
        Outbound(_WEBHOOK_PATIENCE),
        settings.webhook_pace,
        lambda asked: _carry_out(backend, asked),
        settings.observer,
    )
    updates.listen(webhook.wake)
    backend = Backend(
        token=settings.token,
        clock=clock,
        world=World(_bot_user(settings), clock),
        updates=updates,
        poller=Poller(updates),
        webhook=webhook,
        profile=Profile(),
        faults=faults,
        ledger=Ledger(),
        rates=RateGuard(time.monotonic, settings.rates),
        monotonic=time.monotonic,
        observer=settings.observer,
    )
    return backend


def _bot_user(settings: Settings) -> Json:
    return {
        "id": int(settings.token.partition(":")[0]),
        "is_bot": True,
        "first_name": "Fake bot",
        "username": settings.username,
    }


async def _carry_out(backend: Backend, asked: Json) -> None:
    """Perform the call in a webhook's reply; Telegram does not tell the bot what came of it."""
    arrived = backend.monotonic()
    params = {key: value for key, value in asked.items() if key != "method"}
    call = Call(spelled(str(asked["method"])), params, {})
    try:
        _record(backend, call, arrived, await perform(backend, call))
    except Refusal as refusal:
        _record(backend, call, arrived, refusal)


def application(backend: Backend) -> Starlette:
    """Return the application: Bot API, downloads and `/control`."""
    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", _bot, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", _download),
            Mount("/control", routes=control.routes()),
        ],
        exception_handlers={HTTPException: _not_found},
    )
    app.state.backend = backend
    return app


class Cut(Response):
    """No answer at all: the connection breaks."""

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        """Break the connection; `transport` is what the protocol of the server left there."""
        scope["state"]["transport"].abort()
        while (await receive())["type"] != "http.disconnect":
            pass


async def _not_found(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse(Refusal(status, "Not Found").envelope(), status)


async def _download(request: Request) -> Response:
    backend: Backend = request.app.state.backend
    stored = backend.world.files.at(request.path_params["path"])
    if request.path_params["token"] != backend.token or stored is None:
        return JSONResponse(Refusal(404, "Not Found").envelope(), 404)
    return Response(stored.content, media_type="application/octet-stream")


async def _bot(request: Request) -> Response:
    visit = _Visit(
        request.app.state.backend,
        request,
        request.app.state.backend.monotonic(),
        Call(spelled(request.path_params["method"]), {}, {}),
    )
    await visit.work()
    _record(visit.backend, visit.call, visit.arrived, visit.answer)
    return await visit.response()


@dataclass(slots=True)
class _Visit:
    """One request; no `answer` means that the bot never gets one."""

    backend: Backend
    request: Request
    arrived: float
    call: Call
    fault: Fault | None = None
    answer: Json | Refusal | None = None

    async def work(self) -> None:
        """Read the call, let it meet its fault or take effect, and keep the answer."""
        is_work = self.call.method != "getUpdates"
        self.backend.busy += is_work
        try:
            _check_token(self.backend, self.request.path_params["token"])
            self.call = await read_call(self.request, self.call.method)
            self.fault = self.backend.faults.strike(
                self.call.method, self.backend.chat_of(self.call)
            )
            self.answer = await self._met()
        except Refusal as refusal:
            self.answer = refusal
        finally:
            self.backend.busy -= is_work

    async def _met(self) -> Json | Refusal | None:
        fault = self.fault
        if fault is None:
            return await perform(self.backend, self.call)
        if fault.kind is Kind.SLOW:
            if not fault.after:
                await asyncio.sleep(fault.seconds)
                return await perform(self.backend, self.call)
            try:
                return await perform(self.backend, self.call)
            finally:
                await asyncio.sleep(fault.seconds)
        if fault.after:
            with contextlib.suppress(Refusal):
                await perform(self.backend, self.call, will_be_answered=False)
        return fault.refusal() if fault.kind is Kind.REFUSE else None

    async def response(self) -> Response:
        """Return the answer over HTTP, or the silence."""
        if self.answer is not None:
            return _response(self.answer)
        if self.fault is not None and self.fault.kind is Kind.HANG:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.fault.seconds):
                    while (await self.request.receive())["type"] != "http.disconnect":
                        pass
        return Cut()


def _check_token(backend: Backend, token: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise Refusal(404, "Not Found")
    if token != backend.token:
        raise Refusal(401, "Unauthorized")


def _record(backend: Backend, call: Call, arrived: float, answer: Json | Refusal | None) -> None:
    status = retry_after = body = None
    backend.worked += call.method != "getUpdates"
    if isinstance(answer, Refusal):
        status, retry_after, body = answer.status, answer.retry_after, answer.envelope()
    elif answer is not None:
        status, body = 200, answer
    backend.ledger.attempts.append(
        Attempt(arrived, call.method, backend.chat_of(call), status, retry_after)
    )
    backend.observer(Exchange(call.method, call.payload(), status, body))


def _response(answer: Json | Refusal) -> Response:
    if not isinstance(answer, Refusal):
        return JSONResponse(answer)
    if answer.page is not None:
        return HTMLResponse(answer.page, answer.status)
    headers: Mapping[str, str] = {}
    if answer.retry_after is not None:
        headers = {"Retry-After": str(answer.retry_after)}
    return JSONResponse(answer.envelope(), answer.status, headers)
