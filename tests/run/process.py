"""The bot as its own process, the way an operator runs it, against the fake Telegram."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from bot.bootstrap import content_folder
from bot.messenger.fake import ThreadedFakeTelegram
from tests.parts import KEYS

ROOT = Path(__file__).parents[2]
_LOOK = 0.003


class Late(AssertionError):
    """Something did not happen in time; the message ends with what the bot logged."""


def settings(
    server: ThreadedFakeTelegram, database: Path | str, content: Path | None = None
) -> dict[str, str]:
    """Return the settings of a bot on this machine's fake Telegram, with its clock.

    database: the file of an SQLite database, or the address of any.
    """
    return {
        "ACCANTO_TOKEN": server.token,
        "ACCANTO_API_URL": server.url,
        "ACCANTO_KEYS": KEYS,
        "ACCANTO_DATABASE_URL": database if isinstance(database, str) else f"sqlite:///{database}",
        "ACCANTO_CLOCK": "control",
        "ACCANTO_CONTENT": str(content or content_folder()),
    }


def by_webhook() -> dict[str, str]:
    """Return the settings that let Telegram post to a bot, on a port that is free now."""
    port = free_port()
    return listening(port, f"http://127.0.0.1:{port}")


def listening(port: int, address: str) -> dict[str, str]:
    """Return the settings of a bot that listens on a port and is reached at an address."""
    return {
        "ACCANTO_LISTEN": f"127.0.0.1:{port}",
        "ACCANTO_WEBHOOK_URL": f"{address}/telegram",
    }


def free_port() -> int:
    """Return a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with no setting of Accanto's but the given ones."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ACCANTO_")}
    return {**kept, **given}


class Bot:
    """`python -m bot run`, started, killed and started again; its log goes to one file.

    At the end of a `with` nothing is left running.
    """

    def __init__(self, given: Mapping[str, str], log: Path) -> None:
        """`given` are the settings."""
        self._environment = environment(given)
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process and self._process.poll() is None:
            self.kill()

    def start(self) -> None:
        """Start it, and do not wait for it to listen."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """SIGKILL: it gets no chance to finish anything."""
        self._running.kill()
        self._running.wait()
        self.kills += 1

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._running.pid

    @property
    def pids(self) -> tuple[int, ...]:
        """The numbers of all its processes: one."""
        return (self.pid,)

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def stop(self, within: float = 30.0) -> int:
        """SIGTERM, as soon as it listens to signals; return its exit code."""
        ends = time.monotonic() + within
        while not self._hears_signals() and time.monotonic() < ends:
            time.sleep(_LOOK)
        self._running.send_signal(signal.SIGTERM)
        try:
            return self._running.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Late(f"no stop within {within} s: {self.logged()}") from None

    def reload(self) -> None:
        """SIGHUP: the content has changed."""
        self._running.send_signal(signal.SIGHUP)

    def wait_until(self, happened: Callable[[], bool], within: float = 20.0) -> None:
        """Wait for something while the bot runs; raise Late if it dies or takes too long."""
        ends = time.monotonic() + within
        while not happened():
            if self._running.poll() is not None:
                raise Late(f"the bot ended with {self._running.returncode}: {self.logged()}")
            if time.monotonic() > ends:
                raise Late(f"not within {within} s: {self.logged()}")
            time.sleep(_LOOK)

    def logged(self) -> str:
        """Return the last of what it logged."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-2_000:]

    def _hears_signals(self) -> bool:
        """Whether it is past the first moments of a Python process, where SIGTERM just kills it."""
        status = Path(f"/proc/{self.pid}/status")
        if self._running.poll() is not None or not Path("/proc/self/status").exists():
            return True
        [caught] = re.findall(r"^SigCgt:\s*(\w+)$", status.read_text(), re.MULTILINE)
        return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "start it first"
        return self._process
