import json
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, TypeAlias

import httpx
import pytest

from bot.messenger.fake import FakeTelegram, Settings
from tests.messenger.fake.honesty import Witness

MORNING = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # each client would load certificates, unused, anew
Api: TypeAlias = Callable[..., Coroutine[Any, Any, tuple[int, dict[str, Any]]]]


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio."""
    return "asyncio"


@pytest.fixture
def witness() -> Witness:
    """Somebody who compares every exchange with the Bot API description."""
    return Witness()


@pytest.fixture
async def server(witness: Witness) -> AsyncIterator[FakeTelegram]:
    """A server at eight in the morning; what it said in the test must fit aiogram's types."""
    settings = Settings(now=MORNING, webhook_pace=0.01, observer=witness)
    async with FakeTelegram(settings) as running:
        yield running
    assert witness.complaints == []


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client that no setting of this machine leads astray."""
    async with httpx.AsyncClient(trust_env=False, verify=TLS, timeout=10) as connected:
        yield connected


@pytest.fixture
def api(server: FakeTelegram, client: httpx.AsyncClient) -> Api:
    """Call a method with a JSON body; returns the HTTP status and the JSON answer."""

    async def call(method: str, **params: object) -> tuple[int, dict[str, Any]]:
        answer = await client.post(
            f"{server.base_url}{server.token}/{method}",
            content=json.dumps(params),  # pure ASCII, so that any text can be tried
            headers={"content-type": "application/json"},
        )
        return answer.status_code, answer.json()

    return call
