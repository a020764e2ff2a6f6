import ast
import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.messenger.fake import FakeTelegram, Fault, Impossible, Kind, Settings
from tests.messenger.fake.conftest import MORNING, Api

ROOT = Path(__file__).parents[3]


def test_it_needs_nothing_of_the_product_and_no_telegram_library() -> None:
    """Only itself, Starlette, uvicorn and the standard library: a fake must not share mistakes."""
    allowed = {"starlette", "uvicorn", *sys.stdlib_module_names}
    for file in sorted((ROOT / "bot" / "messenger" / "fake").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                is_ours = name.startswith("bot.messenger.fake")
                assert is_ours or name.partition(".")[0] in allowed, (file.name, name)


def ask(url: str, **params: object) -> dict[str, object]:
    """Call a URL as a synchronous bot does."""
    request = urllib.request.Request(  # noqa: S310 - the server of this test
        url, json.dumps(params).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - the same
        return json.load(answer)  # type: ignore[no-any-return]


def test_a_synchronous_test_has_the_server_in_a_thread() -> None:
    """The same calls; they act where the server runs, and what goes wrong is raised here."""
    with FakeTelegram.in_thread(Settings(now=MORNING)) as server:
        anna = server.user(7, "Anna")
        anna.says("Ciao")
        with pytest.raises(Impossible):
            anna.presses("Sì")
        url = f"{server.base_url}{server.token}"
        updates = ask(f"{url}/getUpdates", timeout=10)["result"]
        assert isinstance(updates, list)
        with pytest.raises(TimeoutError, match="1 updates or calls are open"):
            server.wait_quiet(within=0.05)
        ask(f"{url}/sendMessage", chat_id=7, text="Ciao a te")
        ask(f"{url}/getUpdates", offset=updates[0]["update_id"] + 1)
        server.wait_quiet()
        server.advance(60)
        assert [one.text for one in server.messages(7)] == ["Ciao", "Ciao a te"]
        assert [one.at for one in server.ledger] == [MORNING]
        assert server.now() == MORNING + timedelta(minutes=1)


def test_the_server_stops_at_once_whatever_is_open() -> None:
    """A long poll, a hanging call: their connections break."""

    async def scene() -> float:
        async with FakeTelegram() as server:
            server.fault(Fault(Kind.HANG, method="getMe"))
            place = server.url.removeprefix("http://").split(":")
            lines = []
            for path in ("getUpdates?timeout=50", "getMe"):
                reader, writer = await asyncio.open_connection(*place)
                writer.write(f"GET /bot{server.token}/{path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
                lines.append((reader, writer))
            await asyncio.sleep(0.05)
            began = asyncio.get_running_loop().time()
        for reader, writer in lines:
            with pytest.raises((EOFError, ConnectionError)):
                await reader.readexactly(1)
            writer.close()
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(scene()) < 1


@pytest.mark.anyio
async def test_quiet_waits_for_the_work_and_for_stillness(server: FakeTelegram, api: Api) -> None:
    """A bot that acknowledges first and answers later is waited for while it answers."""
    anna = server.user(7)
    anna.says("Ciao")

    async def bot() -> None:
        updates = (await api("getUpdates", timeout=10))[1]["result"]
        await api("getUpdates", offset=updates[-1]["update_id"] + 1)
        server.fault(Fault(Kind.SLOW, method="sendMessage", seconds=0.2))
        await api("sendMessage", chat_id=7, text="Ciao a te")

    answering = asyncio.create_task(bot())
    await server.wait_quiet()
    assert [one.text for one in anna.sees()] == ["Ciao", "Ciao a te"]
    await answering
    anna.says("Ancora")
    with pytest.raises(TimeoutError, match="did not come to rest: 1 updates"):
        await server.wait_quiet(within=0.05)


@pytest.mark.anyio
async def test_two_servers_have_nothing_in_common() -> None:
    """Each has its own port, people and clock; without a time the clock runs with the real one."""
    async with FakeTelegram() as one, FakeTelegram(Settings(token="1:other", now=MORNING)) as two:
        assert one.url != two.url
        one.user(7).says("Ciao")
        assert (one.pending(), two.pending()) == (1, 0)
        assert abs(one.now() - datetime.now(UTC)) < timedelta(seconds=5)
        two.set_clock(MORNING, running=True)
        first = two.now()
        await asyncio.sleep(0.01)
        assert MORNING <= first < two.now()


def test_a_token_must_look_like_one() -> None:
    """Or clients would refuse to use it."""
    with pytest.raises(ValueError, match="a token is"):
        FakeTelegram(Settings(token="secret"))


def test_it_runs_on_its_own_and_prints_its_address() -> None:
    """Until it is told to end; then it ends well."""
    command = [sys.executable, "-m", "bot.messenger.fake", "--token", "123:abc"]
    command += ["--now", "2027-03-01T08:00:00+00:00"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        assert ask(f"{url}/bot123:abc/getMe")["ok"] is True
        with urllib.request.urlopen(f"{url}/control/clock", timeout=5) as answer:  # noqa: S310
            assert json.load(answer)["now"] == "2027-03-01T08:00:00+00:00"
        busy = [*command, "--port", url.rpartition(":")[2]]
        second = subprocess.run(  # noqa: S603 - our own module
            busy, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert second.returncode == 2
        assert "cannot start" in second.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
