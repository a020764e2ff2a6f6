"""What a bot in another process has done: read from its database and from Telegram's ledger."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import func, select

from bot.messenger.fake import Entry, ThreadedFakeTelegram
from bot.services.parts import Parts
from bot.store import people
from bot.store.dues import State
from bot.store.tables import DUE, PERSON, REPLY

_SAYING = frozenset({"sendMessage", "editMessageText"})


def open_work(parts: Parts, at: datetime) -> int:
    """Return how many rows the bot still has to work on at a moment: due, or to be sent."""
    with parts.database.reading() as unit:
        due = select(func.count()).where(
            DUE.c.state.in_([State.WAITING, State.SENDING]), DUE.c.due_at <= at
        )
        unsent = (
            select(func.count())
            .select_from(REPLY)
            .join(PERSON, PERSON.c.id == REPLY.c.person_id)
            .where(REPLY.c.state == "unsent", PERSON.c.blocked_at.is_(None))
        )
        return sum(unit.connection.scalar(count) or 0 for count in (due, unsent))


def next_due(parts: Parts, accounts: Collection[int]) -> datetime | None:
    """Return when something is due next for some people."""
    with parts.database.reading() as unit:
        known = [people.find(unit, account) for account in accounts]
        return unit.connection.scalar(
            select(func.min(DUE.c.due_at)).where(
                DUE.c.state == State.WAITING, DUE.c.person_id.in_([one for one in known if one])
            )
        )


def last_lease(parts: Parts, *, but_of: Collection[int]) -> datetime | None:
    """Return when the last lease ends, on a row or a chat, that none of these processes holds."""
    with parts.database.reading() as unit:
        ends = [
            unit.connection.scalar(
                select(func.max(until)).where(*(holder.not_like(f"%.{pid}") for pid in but_of))
            )
            for until, holder in (
                (DUE.c.lease_until, DUE.c.lease_by),
                (PERSON.c.busy_until, PERSON.c.busy_by),
            )
        ]
    return max((end for end in ends if end), default=None)


def said(server: ThreadedFakeTelegram, after: int, chats: Collection[int]) -> Iterator[Entry]:
    """Yield what was said in some chats since the n-th entry of the ledger; not what was closed.

    A card that is closed is edited without buttons: its words were said before.
    """
    for entry in server.ledger[after:]:
        if entry.method in _SAYING and entry.chat_id in chats and not is_closing(entry):
            yield entry


def is_closing(entry: Entry) -> bool:
    """Whether an entry only takes the buttons of a card away."""
    return entry.method == "editMessageText" and "reply_markup" not in entry.payload
