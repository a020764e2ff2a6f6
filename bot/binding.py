"""What the messenger asks of the services, bound to their parts, clock and chance."""

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from bot.bootstrap import chance
from bot.messenger.drain import Drain
from bot.messenger.sender import Refused, Sent, Unclear, Wait
from bot.services import converse, deliver, outage, pinning
from bot.services.heard import Answer, Delivery, Heard, Outgoing, Parcel
from bot.services.parts import Parts


class Bound:
    """The services with their parts, clock and chance: what the messenger asks for."""

    is_outage = staticmethod(outage.is_outage)

    def __init__(self, parts: Parts, now: Callable[[], datetime]) -> None:
        self._parts = parts
        self._now = now

    def answer(self, heard: Heard) -> Answer:
        """Turn one update in one transaction."""
        since, now = time.perf_counter(), self._now()
        reading = converse.read(self._parts, heard, now)
        answer = self._counted(lambda: converse.answer(self._parts, heard, reading, now, chance()))
        self._parts.observer.turn(time.perf_counter() - since)
        return answer

    def catch_up(self, waiting: Sequence[Heard], *, told: bool) -> Answer:
        """Turn what waited during an outage."""
        return self._counted(
            lambda: outage.catch_up(self._parts, waiting, self._now(), chance(), told=told)
        )

    def set_aside(self, update: str, heard: Heard | None, kind: str) -> Answer | None:
        """Keep an update that cannot be turned; `kind` says what was wrong with it."""
        number = int(json.loads(update)["update_id"])
        answer = outage.set_aside(self._parts, update, number, heard, self._now(), kind)
        self._parts.observer.update("aside")
        return answer

    def _counted(self, turn: Callable[[], Answer]) -> Answer:
        try:
            answer = turn()
        except Exception:
            self._parts.observer.update("failed")
            raise
        self._parts.observer.update("turned" if answer.turned else "repeated")
        return answer

    def fallback(self, heard: Heard) -> Outgoing | None:
        """Return the help card, from memory, for whoever needs it."""
        return outage.fallback(self._parts, heard, self._now())

    def held(self, person: str) -> Sequence[Parcel] | None:
        """Return what is to be sent to a person, and hold the chat."""
        return deliver.held(self._parts, person, self._now())

    def keep(self, person: str) -> bool:
        """Hold a chat for longer."""
        return deliver.keep(self._parts, person, self._now())

    def release(self, person: str) -> None:
        """Let a chat go."""
        deliver.release(self._parts, person)

    def sent(self, parcel: Parcel, message_id: int | None) -> None:
        """Note that a message was sent."""
        frees = parcel.person if parcel.last else ""
        deliver.sent(self._parts, parcel.id, message_id, self._now(), frees)
        if parcel.message.pins:
            pinning.note(self._parts, parcel.person, message_id)

    def refused(self, parcel: Parcel) -> None:
        """Note that a message will never be taken."""
        deliver.given_up(self._parts, parcel)

    def blocked(self, person: str) -> None:
        """Note that nothing may be written to a person."""
        deliver.blocked(self._parts, person, self._now())


def pushing(drain: Drain) -> Callable[[Parcel], Awaitable[Delivery]]:
    """Return what sends a message nobody waits for, and tells how that ended."""

    async def send(parcel: Parcel) -> Delivery:
        outcome = await drain.push(parcel)
        match outcome:
            case Sent():
                return Delivery("sent", outcome.message_id)
            case Refused():
                return Delivery("blocked" if outcome.blocked else "refused")
            case Wait():
                return Delivery("wait", seconds=outcome.seconds)
            case Unclear():
                return Delivery("unclear")

    return send
