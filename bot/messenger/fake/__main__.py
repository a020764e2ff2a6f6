"""`python -m bot.messenger.fake`: the fake server on its own, until it is interrupted."""

import argparse
import asyncio
import signal
import sys

from bot.messenger.fake.clock import moment
from bot.messenger.fake.running import FakeTelegram
from bot.messenger.fake.server import INVENTED, Settings


def main() -> int:
    """Serve, and print the address once it listens; 2 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m bot.messenger.fake", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="where to listen")
    parser.add_argument("--port", type=int, default=0, help="0 for any that is free")
    parser.add_argument("--token", default=INVENTED, help="the token the bot comes with")
    parser.add_argument("--now", help="ISO time where the clock stands still; else real time")
    given = parser.parse_args()
    try:
        now = moment(given.now) if given.now else None
        asyncio.run(_serve(Settings(token=given.token, now=now), given.host, given.port))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"the fake server cannot start: {error}\n")
        return 2
    return 0


async def _serve(settings: Settings, host: str, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with FakeTelegram(settings, host=host, port=port) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    raise SystemExit(main())
