"""Things that go wrong on demand."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from bot.messenger.fake.refusal import Refusal, too_many_requests


class Kind(StrEnum):
    """What goes wrong."""

    REFUSE = "refuse"
    HANG = "hang"
    CUT = "cut"
    SLOW = "slow"


WEBHOOK = "webhook"
"""Method name under which a fault meets the delivery of an update to the webhook."""

_DESCRIPTIONS = {
    400: "Bad Request: chat not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: refuse with a status; hang (no answer until the bot gives up); cut the connection;
            be slow, then go on as usual.
        after: the call takes effect first, then its answer is lost, late or a lie.
        method: which method it meets, None for every one but getUpdates.
        chat_id: which chat it meets, None for every one.
        count: how many calls it meets, None for all from now on.
        skip: matching calls to let through first: the fault at the n-th call.
        chance: share of matching calls it meets, 0 to 1.
        status: of a refusal.
        description: of a refusal; Telegram's usual one when empty.
        retry_after: seconds, of a 429.
        seconds: how slow; how long to hang at most.
        page: body of a refusal that comes from a gateway and is no JSON.
    """

    kind: Kind
    after: bool = False
    method: str | None = None
    chat_id: int | None = None
    count: int | None = 1
    skip: int = 0
    chance: float = 1.0
    status: int = 500
    description: str = ""
    retry_after: int | None = None
    seconds: float = 600.0
    page: str | None = None

    def refusal(self) -> Refusal:
        """Return the answer of a refusing fault."""
        if self.retry_after is not None:
            told = too_many_requests(self.retry_after)
            if self.status == told.status:
                return told
        description = self.description or _DESCRIPTIONS.get(self.status, "Internal Server Error")
        return Refusal(self.status, description, self.retry_after, self.page)

    def meets(self, method: str, chat_id: int | None) -> bool:
        """Return whether a call is one it can strike."""
        name = method.lower()
        if self.method is None:
            is_ours = name not in {"getupdates", WEBHOOK}
        else:
            is_ours = name == self.method.lower()
        return is_ours and self.chat_id in {None, chat_id}


@dataclass(slots=True)
class _Armed:
    fault: Fault
    skip: int
    left: int | None


class Faults:
    """The faults that wait for their call.

    Args:
        chance: decides about faults that strike only sometimes, repeatably.
    """

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._armed: list[_Armed] = []

    def add(self, fault: Fault) -> None:
        """Arm a fault; the first that fits a call strikes."""
        self._armed.append(_Armed(fault, fault.skip, fault.count))

    def clear(self) -> None:
        """Disarm every fault."""
        self._armed.clear()

    def waiting(self) -> list[Fault]:
        """Return the faults that can still strike."""
        return [armed.fault for armed in self._armed]

    def strike(self, method: str, chat_id: int | None) -> Fault | None:
        """Return the fault that meets a method in a chat, None for none, and count it."""
        for armed in self._armed:
            if not armed.fault.meets(method, chat_id):
                continue
            if armed.skip > 0:
                armed.skip -= 1
                continue
            if self._chance.random() >= armed.fault.chance:
                continue
            if armed.left is not None:
                armed.left -= 1
                if armed.left == 0:
                    self._armed.remove(armed)
            return armed.fault
        return None
