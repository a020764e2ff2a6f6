"""What tests and the demo do with a fake server, as Python calls."""

import time
from datetime import datetime

from bot.messenger.fake.backend import Backend
from bot.messenger.fake.control import pending
from bot.messenger.fake.faults import Fault
from bot.messenger.fake.ledger import Attempt, Entry
from bot.messenger.fake.people import Runner, User
from bot.messenger.fake.shown import Shown
from bot.messenger.fake.world import Person


class Stillness:
    """Notices that nothing happens any more."""

    def __init__(self, still: float, within: float) -> None:
        self._still = still
        self._since = time.monotonic()
        self._until = self._since + within
        self._seen: tuple[int, ...] = ()

    def is_reached(self, state: tuple[int, ...]) -> bool:
        """Look at the world: the first figure of its state is what is still to do.

        Raises:
            TimeoutError: it did not come in time.
        """
        now = time.monotonic()
        if state != self._seen or state[0]:
            self._seen, self._since = state, now
        if now - self._since >= self._still and not state[0]:
            return True
        if now > self._until:
            raise TimeoutError(
                f"the bot did not come to rest: {state[0]} updates or calls are open"
            )
        return False


class Controls:
    """What tests and the demo do with a fake server.

    Args:
        backend: the server's world.
        run: carries out a function where the server runs.

    Attributes:
        url: where it listens.
    """

    def __init__(self, backend: Backend, run: Runner) -> None:
        self._backend = backend
        self._run = run
        self.url = ""

    @property
    def token(self) -> str:
        """The bot's token."""
        return self._backend.token

    @property
    def base_url(self) -> str:
        """The address as python-telegram-bot wants it, the token to be appended."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """The address of downloads as python-telegram-bot wants it."""
        return f"{self.url}/file/bot"

    def user(
        self,
        user_id: int,
        name: str = "Somebody",
        language_code: str | None = None,
        *,
        has_started: bool = False,
    ) -> User:
        """Return somebody, made on the first call.

        Args:
            user_id: of the person and of their private chat.
            name: first name.
            language_code: of their Telegram, like "it".
            has_started: whether the bot already knows them.
        """
        person = Person(user_id, name, language_code, has_started=has_started)
        people = self._backend.world.people
        return User(self._backend, self._run(lambda: people.setdefault(user_id, person)), self._run)

    def messages(self, chat_id: int) -> list[Shown]:
        """Return a private chat as it stands, oldest message first."""
        return self.user(chat_id).sees()

    @property
    def ledger(self) -> tuple[Entry, ...]:
        """Every call that took effect, in order."""
        return self._run(lambda: tuple(self._backend.ledger.entries))

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every call that arrived, in the order in which they ended."""
        return self._run(lambda: tuple(self._backend.ledger.attempts))

    def fault(self, fault: Fault) -> None:
        """Let something go wrong."""
        self._run(lambda: self._backend.faults.add(fault))

    def clear_faults(self) -> None:
        """Let nothing go wrong any more."""
        self._run(self._backend.faults.clear)

    def now(self) -> datetime:
        """Return the moment by the fake clock, in UTC."""
        return self._run(self._backend.clock.now)

    def set_clock(self, moment: datetime, *, running: bool = False) -> None:
        """Go to a moment; the clock stands still there unless `running`."""
        self._run(lambda: self._backend.clock.set(moment, running=running))

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass by the fake clock."""
        self._run(lambda: self._backend.clock.advance(seconds))

    def hold(self) -> None:
        """Keep what people do back from the bot."""
        self._run(self._backend.updates.hold)

    def release(self, *, window: int = 1) -> int:
        """Deliver what was held, in disorder inside windows of so many; return how many."""
        return self._run(lambda: self._backend.updates.release(window=window))

    def duplicate(self, copies: int) -> None:
        """Deliver every update from now on so many times, under one id."""
        self._run(lambda: setattr(self._backend.updates, "copies", copies))

    def again(self, update_ids: list[int] | None = None) -> int:
        """Deliver acknowledged updates once more, all when none are named; return how many."""
        return self._run(lambda: self._backend.updates.again(update_ids))

    def renumber(self, next_id: int) -> None:
        """Give the next update this id, lower than those before perhaps."""
        self._run(lambda: self._backend.updates.renumber(next_id))

    def pending(self) -> int:
        """Return how many updates are unacknowledged and calls under way."""
        return self._run(lambda: pending(self._backend))

    def file(self, file_id: str) -> bytes:
        """Return the content of a file."""
        return self._run(lambda: self._backend.world.files.get(file_id).content)

    def _state(self) -> tuple[int, ...]:
        backend = self._backend
        return pending(backend), backend.worked, backend.updates.put_count
