"""The parts of the fake server, put together for the methods."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.messenger.fake.call import Call
from bot.messenger.fake.clock import Clock
from bot.messenger.fake.faults import Faults
from bot.messenger.fake.ledger import Exchange, Ledger
from bot.messenger.fake.profile import Profile
from bot.messenger.fake.rates import RateGuard
from bot.messenger.fake.updates import Poller, Updates
from bot.messenger.fake.webhook import Webhook
from bot.messenger.fake.world import World


@dataclass(slots=True)
class Backend:
    """Everything a method may need.

    Attributes:
        monotonic: seconds of real time.
        observer: is told every exchange.
        logged_out_until: seconds since 1970 by the fake clock.
        busy: requests being worked on; long polls and hanging ones are none.
        worked: requests other than getUpdates that were worked on.
    """

    token: str
    clock: Clock
    world: World
    updates: Updates
    poller: Poller
    webhook: Webhook
    profile: Profile
    faults: Faults
    ledger: Ledger
    rates: RateGuard
    monotonic: Callable[[], float]
    observer: Callable[[Exchange], None]
    logged_out_until: float = 0.0
    busy: int = 0
    worked: int = 0

    def chat_of(self, call: Call) -> int | None:
        """Return the chat a call is about; that of the press for an answer to one."""
        press = self.world.presses.get(call.text("callback_query_id"))
        return call.chat() if press is None else press.person.id
