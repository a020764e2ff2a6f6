import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NoReturn, TypeAlias

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.settings import WrongSetting
from bot.store.errors import Unreachable
from bot.store.figures import Figures
from bot.web import health as wellness
from bot.web.application import application
from bot.web.health import Health, Pulse
from bot.web.listener import Listener, bound
from bot.web.metrics import Metrics

pytestmark = pytest.mark.anyio

SOME = Figures(due=3, unsent=2, aside=1)
Serve: TypeAlias = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


def some() -> Figures:
    """What waits in a quiet hour."""
    return SOME


def away() -> NoReturn:
    """A database that is not there, whose password nobody is to see."""
    raise Unreachable("the database at db:5432/accanto does not answer")


@asynccontextmanager
async def served(
    ask: Callable[[], object] = some,
    figures: Callable[[], Figures] = some,
    routes: tuple[Route, ...] = (),
    metrics: Metrics | None = None,
    pulse: Pulse | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """Serve the application on a port of its own, and give somebody who asks."""
    listening = bound("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    health = Health(ask, pulse or Pulse(time.monotonic))
    app = application(health, metrics or Metrics(figures, lambda: "abc"), routes)
    listener = Listener(app, listening)
    await listener.start()
    try:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            yield client
    finally:
        await listener.stop()
        health.close()


async def test_a_bot_that_is_well_says_so() -> None:
    """200, and nothing anybody could learn from it."""
    async with served() as client:
        answer = await client.get("/healthz")
        assert (await client.head("/healthz")).status_code == 200
    assert (answer.status_code, answer.json()) == (200, {"database": True, "ticker": True})
    assert answer.headers["cache-control"] == "no-store"


async def test_without_its_database_a_bot_is_not_well() -> None:
    """503, without a word of what is wrong with it."""
    async with served(ask=away) as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"database": False, "ticker": True})


async def test_a_ticker_that_is_silent_for_a_minute_is_not_well() -> None:
    """What is due would not be done; one sign of life, and all is well again."""
    now = [100.0]
    pulse = Pulse(lambda: now[0])
    async with served(pulse=pulse) as client:
        now[0] += 59
        assert (await client.get("/healthz")).status_code == 200
        now[0] += 1
        answer = await client.get("/healthz")
        pulse.beat()
        again = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "ticker": False})
    assert again.status_code == 200


async def test_a_database_that_hangs_is_not_waited_for_and_asked_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many ask: one thread waits, and what it hears then counts."""
    monkeypatch.setattr(wellness, "_PATIENCE", 0.1)
    answers, asked = threading.Event(), []

    def slow() -> None:
        asked.append(1)
        answers.wait(5)

    async with served(ask=slow) as client:
        many = await asyncio.gather(*(client.get("/healthz") for _ in range(10)))
        assert {one.status_code for one in many} == {503}
        assert len(asked) == 1
        answers.set()
        assert (await client.get("/healthz")).status_code == 200


async def test_figures_are_counted_by_fixed_words_P10() -> None:
    """What happened, what waits, which content: no person, id or text."""
    metrics = Metrics(some, lambda: "abc")
    for _ in range(2):
        metrics.update("turned")
    metrics.update("aside")
    metrics.turn(0.004)
    metrics.sending("unclear")
    metrics.due("reminder", "sent")
    metrics.posted(503)
    async with served(metrics=metrics) as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = set(answer.text.splitlines())
    assert {
        'accanto_updates_total{outcome="turned"} 2.0',
        'accanto_updates_total{outcome="aside"} 1.0',
        'accanto_turn_seconds_bucket{le="0.002"} 0.0',
        'accanto_turn_seconds_bucket{le="0.005"} 1.0',
        'accanto_messages_total{outcome="unclear"} 1.0',
        'accanto_due_total{kind="reminder",state="sent"} 1.0',
        'accanto_webhook_answers_total{status="503"} 1.0',
        'accanto_content_info{fingerprint="abc"} 1.0',
        "accanto_database_up 1.0",
        "accanto_due_waiting 3.0",
        "accanto_replies_unsent 2.0",
        "accanto_updates_aside 1.0",
    } <= lines


async def test_figures_are_there_without_the_database() -> None:
    """Then they say that it is away, and not that nothing waits."""
    async with served(figures=away) as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "accanto_database_up 0.0" in answer.text
    assert "accanto_replies_unsent" not in answer.text
    assert "5432" not in answer.text


async def test_other_routes_stand_beside_and_nothing_else_is_there() -> None:
    """The messenger's webhook is one of them."""

    async def hear(_request: Request) -> Response:
        return Response("heard")

    async with served(routes=(Route("/telegram", hear, methods=["POST"]),)) as client:
        assert (await client.post("/telegram")).text == "heard"
        assert (await client.post("/metrics")).status_code == 405
        assert (await client.get("/")).status_code == 404
        assert "server" not in (await client.get("/")).headers


async def test_a_place_that_is_taken_is_a_wrong_setting() -> None:
    """Said before anything is started."""
    with bound("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        with pytest.raises(WrongSetting, match=f"ACCANTO_LISTEN: 127.0.0.1:{port} "):
            bound("127.0.0.1", port)
    with pytest.raises(WrongSetting, match="ACCANTO_LISTEN: nowhere"):
        bound("nowhere.invalid", 1)


async def test_a_place_of_the_newer_protocol_works_too() -> None:
    """Where the machine has it."""
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        listening = bound("::1", 0)
    except WrongSetting:
        pytest.skip("this machine has no IPv6 address")
    assert listening.getsockname()[0] == "::1"
    listening.close()


async def test_stopping_finishes_what_is_under_way_and_takes_nothing_new() -> None:
    """A request that began is answered; who comes then meets nobody."""
    began, goes_on = asyncio.Event(), asyncio.Event()

    async def slow(_request: Request) -> Response:
        began.set()
        await goes_on.wait()
        return Response("done")

    listening = bound("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    listener = Listener(Starlette(routes=[Route("/slow", slow)]), listening)
    await listener.start()
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        asked = asyncio.create_task(client.get("/slow"))
        await began.wait()
        stopping = asyncio.create_task(listener.stop())
        await asyncio.sleep(0.2)
        with pytest.raises(httpx.ConnectError):
            await httpx.AsyncClient(trust_env=False).get(f"{url}/slow")
        assert not stopping.done()
        goes_on.set()
        assert (await asked).text == "done"
        await asyncio.wait_for(stopping, 2)
