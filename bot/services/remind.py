"""What is due is done: one row, one transaction, everything looked at again at that moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.engine.chat import Chat, Role, Scope
from bot.engine.effects import PlanCheck, PlanReminder
from bot.engine.events import CheckDue, Event, FollowUpDue, NoticeDue, ReminderDue
from bot.services.carrying import Turned, plan_check, plan_reminder
from bot.services.converse import turned
from bot.services.parts import Parts
from bot.services.speaking import has_words
from bot.store import access, dues, outbox, people
from bot.store.database import Unit
from bot.store.dues import Due, Kind, State
from bot.store.slots import take as take_slots

WINDOW = timedelta(hours=2)
LEASE = timedelta(seconds=30)
APART = timedelta(milliseconds=50)
"""From one slot to the next: twenty a second, over all workers. Replies have no such limit."""
UNREACHED = timedelta(hours=1)
"""After which somebody who blocks the bot is looked for again, with what must arrive."""
KEPT_FOR = timedelta(days=30)
"""For how long."""
REMINDERS = frozenset({Kind.REMINDER, Kind.SNOOZE, Kind.CHECK})


def claim(
    parts: Parts, at: datetime, worker: str, limit: int = dues.BATCH, pushes: int = dues.BATCH
) -> tuple[Due, ...]:
    """Take a batch of what is due, under a lease; at most so many that wait for a slot."""
    with parts.database.unit() as unit:
        return dues.claim(unit, at, worker, LEASE, limit, pushes)


def slots(parts: Parts, many: int) -> float:
    """Take so many slots from those of all workers; return the seconds until the first one."""
    with parts.database.unit() as unit:
        return take_slots(unit, "pushes", many, APART)


def fire(parts: Parts, due: Due, at: datetime, worker: str, seed: bytes) -> bool:
    """Do what a claimed row asks for; return whether it has messages that may now be sent.

    A reminder later than its window is not sent any more, and the next day's is planned. What
    must arrive waits for somebody who blocks the bot, until they unblock it.
    """
    with parts.database.unit() as unit:
        chat = people.lock_and_load(unit, due.person, at)
        late = due.kind in REMINDERS and at - due.due_at > WINDOW
        is_out_of_reach = people.address(unit, due.person) is None
        if is_out_of_reach and due.kind in dues.AT_LEAST_ONCE and at - due.due_at < KEPT_FOR:
            again = at + UNREACHED
            dues.mark(unit, due.id, State.WAITING, at=at, worker=worker, lease_until=again)
            return False
        if late or is_out_of_reach or not _is_covered(unit, due, at):
            _pass_over(parts, unit, due, chat, at, worker)
            return False
        if not dues.mark(unit, due.id, State.SENDING, at=at, worker=worker, lease_until=at + LEASE):
            return False
        turn, messages = turned(parts, unit, due.person, chat, _event(due, at, seed))
        if not has_words(messages):
            _pass_over(parts, unit, due, turn.chat, at, worker)
            return False
        outbox.put(unit, due.person, [message.stored() for message in messages], at, due=due.id)
        return True


def _is_covered(unit: Unit, due: Due, at: datetime) -> bool:
    """Whether the consent that a row is sent under stands at this moment (P8)."""
    if due.case is None or due.scope is None:
        return True
    return due.scope in access.consented(unit, due.case, at)


def _pass_over(parts: Parts, unit: Unit, due: Due, chat: Chat, at: datetime, worker: str) -> None:
    """Send nothing, and keep the daily rhythm."""
    if dues.mark(unit, due.id, State.SKIPPED, at=at, worker=worker):
        unit.after_commit(lambda: parts.observer.due(due.kind, State.SKIPPED))
    if due.kind == Kind.REMINDER:
        may_open = any(case.open and case.mine is Role.PARTNER for case in chat.cases)
        plan_reminder(Turned(unit, due.person, chat, at), PlanReminder(at), goes_on=may_open)
    if due.kind == Kind.CHECK:
        again = PlanCheck(due.local_date, goes_on=Scope.SIGNS not in chat.scopes)
        plan_check(Turned(unit, due.person, chat, at), again)


def settle(
    parts: Parts,
    due: Due,
    state: State,
    at: datetime,
    worker: str,
    retry_in: timedelta,
    arrived: Sequence[tuple[int, int | None]] = (),
) -> None:
    """Note how the sending of a row ended; `waiting` rows are tried again after `retry_in`.

    `arrived` are the messages that were accepted, each with its number at the messenger.
    """
    with parts.database.unit() as unit:
        for parcel, message_id in arrived:
            outbox.mark_sent(unit, parcel, message_id, at)
        if dues.mark(unit, due.id, state, at=at, worker=worker, lease_until=at + retry_in):
            unit.after_commit(lambda: parts.observer.due(due.kind, state))


def next_due_at(parts: Parts) -> datetime | None:
    """Return when something is due next."""
    with parts.database.reading() as unit:
        return dues.next_due_at(unit)


def _event(due: Due, at: datetime, seed: bytes) -> Event:
    if due.kind == Kind.REMINDER:
        return ReminderDue(at=at, seed=seed, day=due.local_date)
    if due.kind == Kind.SNOOZE:
        return ReminderDue(at=at, seed=seed, day=due.local_date, goal=due.about)
    if due.kind == Kind.FOLLOW_UP:
        return FollowUpDue(at=at, seed=seed)
    if due.kind == Kind.CHECK:
        return CheckDue(at=at, seed=seed, day=due.local_date)
    if due.kind in {Kind.NOTICE, Kind.RENEWAL}:
        kind, about, rest = due.about.split(":", 2)
        named = rest.partition(":")[0]
        role = next((role for role in Role if role == named), None)
        return NoticeDue(at=at, seed=seed, kind=kind, about=about, role=role)
    raise ValueError(f"nobody knows the due kind {due.kind!r}: drop the row or update the code")
