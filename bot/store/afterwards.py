"""What a restored database must not do: say again what was said after the backup was made."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, or_, select, update

from bot.store.database import Unit
from bot.store.dues import AT_LEAST_ONCE, Kind, State
from bot.store.tables import DUE, PERSON, REPLY


@dataclass(frozen=True, slots=True)
class Silenced:
    """How many rows will not be sent any more, and which rhythms have to go on from now.

    `rhythms` are (kind, person, local date) of what comes again and again.
    """

    skipped: int
    unsaid: int
    rhythms: tuple[tuple[str, str, date], ...]


def silence(unit: Unit, at: datetime) -> Silenced:
    """Let nothing of the past be sent: neither what was due before `at`, nor unsent replies.

    What must arrive at least once (contact requests, notices) waits on and is sent again (P3);
    so does a question about consent, which is looked at again then. Nobody holds a row or a chat.
    """
    connection, now = unit.connection, {"now": at}
    rhythms = connection.execute(_RHYTHMS, now).all()
    skipped = len(connection.scalars(_SKIPPED, now).all())
    connection.execute(_UNCLEAR)
    connection.execute(_AGAIN)
    connection.execute(_FREE)
    unsaid = connection.scalar(_UNSAID) or 0
    connection.execute(_NOT_SAID)
    connection.execute(_LET_GO)
    return Silenced(skipped, unsaid, tuple((kind, who, day) for kind, who, day in rhythms))


_AT_MOST_ONCE = DUE.c.kind.not_in(AT_LEAST_ONCE)
_REPEATED = (Kind.REMINDER.value, Kind.CHECK.value)
_PAST = (DUE.c.state == State.WAITING.value, DUE.c.due_at <= bindparam("now"))
_SENDING = DUE.c.state == State.SENDING.value
_RHYTHMS = (
    select(DUE.c.kind, DUE.c.person_id, DUE.c.local_date)
    .where(DUE.c.kind.in_(_REPEATED), or_(DUE.c.due_at <= bindparam("now"), _SENDING))
    .where(DUE.c.state.in_((State.WAITING.value, State.SENDING.value)))
    .order_by(DUE.c.person_id, DUE.c.id)
)
_SKIPPED = (
    update(DUE)
    .where(_AT_MOST_ONCE, DUE.c.kind != Kind.RENEWAL.value, *_PAST)
    .values(state=State.SKIPPED.value)
    .returning(DUE.c.id)
)
_UNCLEAR = update(DUE).where(_AT_MOST_ONCE, _SENDING).values(state=State.UNKNOWN.value)
_AGAIN = update(DUE).where(_SENDING).values(state=State.WAITING.value)
_FREE = update(DUE).values(lease_until=None, lease_by=None).where(DUE.c.lease_by.is_not(None))
_UNSENT = REPLY.c.state == "unsent"
_UNSAID = select(func.count()).select_from(REPLY).where(_UNSENT)
_NOT_SAID = update(REPLY).where(_UNSENT).values(state="dropped", payload=None)
_LET_GO = update(PERSON).where(PERSON.c.busy_by.is_not(None)).values(busy_until=None, busy_by=None)
