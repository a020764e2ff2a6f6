"""What the bot did: every accepted call in order, and every attempt with its outcome."""

from dataclasses import dataclass
from datetime import datetime

from bot.messenger.fake.call import Call
from bot.messenger.fake.refusal import Json


@dataclass(frozen=True, slots=True)
class Entry:
    """A call that took effect.

    Attributes:
        number: 1 for the first.
        at: when, by the fake clock.
        method: as Telegram spells it.
        chat_id: the chat it was about, None when it was about none.
        message_id: the message it made or changed, None when there is none.
        payload: the parameters.
        was_answered: False when a fault kept the answer from the bot.
    """

    number: int
    at: datetime
    method: str
    chat_id: int | None
    message_id: int | None
    payload: Json
    was_answered: bool

    def as_json(self) -> Json:
        """Return it as plain JSON, for the control interface."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "method": self.method,
            "chat_id": self.chat_id,
            "message_id": self.message_id,
            "payload": self.payload,
            "was_answered": self.was_answered,
        }


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call that arrived, whatever came of it.

    Attributes:
        monotonic: seconds of real time, for "not earlier than told".
        status: HTTP status of the answer; None when there was none.
        retry_after: seconds it was told to wait, None when it was not.
    """

    monotonic: float
    method: str
    chat_id: int | None
    status: int | None
    retry_after: int | None

    def as_json(self) -> Json:
        """Return it as plain JSON, for the control interface."""
        return {
            "monotonic": self.monotonic,
            "method": self.method,
            "chat_id": self.chat_id,
            "status": self.status,
            "retry_after": self.retry_after,
        }


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request of the bot and its answer, or one update to its webhook and the reply.

    Attributes:
        method: as Telegram spells it, `webhook` for a delivery, as it came when unknown.
        sent: parameters of the request, or the update.
        status: HTTP status of the answer; None when there was none.
        answer: what came back, None when nothing did.
    """

    method: str
    sent: Json
    status: int | None
    answer: Json | None


class Ledger:
    """The two lists."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.attempts: list[Attempt] = []

    def accept(
        self,
        call: Call,
        result: object,
        at: datetime,
        *,
        chat_id: int | None,
        was_answered: bool,
    ) -> None:
        """Write down a call that took effect and what it returned."""
        message_id = call.integer("message_id") or None
        if isinstance(result, dict):
            message_id = result.get("message_id", message_id)
        number = len(self.entries) + 1
        self.entries.append(
            Entry(number, at, call.method, chat_id, message_id, call.payload(), was_answered)
        )
