"""The ways in which an operator can run the bot: how updates come, which database, how many."""

import random
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.messenger.fake import ThreadedFakeTelegram
from bot.services.parts import Parts
from tests.parts import FILE, parts_at, parts_in, postgresql, read_nothing
from tests.run.process import Bot, by_webhook, free_port, listening, settings
from tests.run.team import Team, balanced


@dataclass(frozen=True, slots=True)
class Way:
    """One of them; several workers share a PostgreSQL, and a balancer hands them the updates."""

    updates: Literal["polling", "webhook"]
    database: Literal["sqlite", "postgresql"]
    workers: int = 1

    def __str__(self) -> str:
        return f"{self.updates}, {self.database}, workers {self.workers}"

    def opened(
        self,
        stack: ExitStack,
        server: ThreadedFakeTelegram,
        folder: Path,
        content: Path,
        chance: random.Random,
    ) -> tuple[Bot | Team, Parts]:
        """Return a bot that is still to be started, and parts over its database."""
        if self.database == "sqlite":
            place: Path | str = folder / FILE
            parts = stack.enter_context(parts_in(folder, read_nothing))
        else:
            place = stack.enter_context(postgresql())
            parts = stack.enter_context(parts_at(place, read_nothing))
        given = settings(server, place, content)
        if self.workers == 1:
            way = by_webhook() if self.updates == "webhook" else {}
            return stack.enter_context(Bot(given | way, folder / "bot.log")), parts
        ports = [free_port() for _ in range(self.workers)]
        address = stack.enter_context(balanced(ports, random.Random(chance.random())))
        bots = [
            stack.enter_context(Bot(given | listening(port, address), folder / f"bot{n}.log"))
            for n, port in enumerate(ports, 1)
        ]
        return Team(bots, chance), parts


WAYS = (
    Way("polling", "sqlite"),
    Way("webhook", "postgresql", workers=2),
    Way("webhook", "sqlite"),
    Way("polling", "postgresql"),
    Way("webhook", "postgresql"),
)
