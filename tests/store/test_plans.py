"""How the database goes about it: a service with a million rows must not read them all."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import SQLModel

from bot.engine.chat import Goal, Plan, Sign
from bot.safety.reading import Tier
from bot.store import cases, dues, goals, journal, outbox, people, progress, signs, updates
from bot.store.database import Database, Unit
from tests.store.scene import EVERY_SCOPE, NOON, Scene, Three, observed

SOON = NOON + timedelta(minutes=1)
# The one index that is read from end to end: it holds unsent replies alone.
WHOLE = {"SCAN reply USING INDEX ix_reply_unsent"}


def _a_day(unit: Unit, three: Three) -> None:
    """One of everything that happens while people are waiting."""
    me, them = three.partner, three.therapist
    people.find(unit, 5_000_000_001)
    updates.take(unit, 1, NOON)
    updates.failed(unit, 2, NOON)
    for person in (me, them, three.patient):
        chat = people.lock_and_load(unit, person)
        people.save(unit, chat, replace(chat, revision=1))
    goals.save_goal(unit, me, Goal("g"), NOON)
    goals.record_answer(unit, me, "g", NOON.date(), "done")
    progress.save_progress(unit, me, "m", "s", NOON, finished=True)
    journal.note_tier(unit, me, Tier.RED, "R3", NOON)
    cases.find_invitation(unit, "nothing", me, NOON)
    signs.propose(unit, me, three.case, Sign("s", slug="slower"), NOON)
    signs.answer(unit, three.patient, three.case, "s", NOON, approved=True)
    signs.raise_to_top(unit, me, three.case, "s")
    signs.save_plan(unit, me, three.case, Plan(whom="doctor"))
    people.lock_and_load(unit, me, NOON)
    signs.remove(unit, me, three.case, "s")
    cases.assign(unit, them, three.case, "m", NOON)
    cases.raise_request(unit, me, three.case, "r", NOON)
    cases.acknowledge(unit, them, "r", "call", NOON)
    cases.revoke_consent(unit, three.patient, three.case, EVERY_SCOPE, NOON)
    outbox.hold(unit, me, "one", NOON, timedelta(seconds=6))
    outbox.holds(unit, me, "one", NOON)
    outbox.keep(unit, me, "one", SOON)
    outbox.put(unit, me, [{"text": "x"}], NOON)
    (reply,) = outbox.unsent(unit, me)
    outbox.mark_sent(unit, reply.id, 1, NOON)
    outbox.recent_messages(unit, me, NOON)
    dues.plan(unit, dues.Kind.REMINDER, me, NOON.date(), NOON)
    (due,) = dues.claim(unit, NOON, "one", timedelta(minutes=1))
    dues.mark(unit, due.id, dues.State.SENDING, at=NOON, worker="one", lease_until=SOON)
    outbox.unsent(unit, me, due.id)
    dues.mark(unit, due.id, dues.State.SKIPPED, at=NOON, worker="one")
    dues.drop(unit, person=me)
    dues.next_due_at(unit)
    outbox.waiting_people(unit, NOON, 10)
    people.forget_blank(unit, NOON)


def test_nothing_on_the_way_of_a_turn_or_a_tick_reads_a_whole_table(
    sqlite_database: Database,
) -> None:
    """Every statement finds its rows by a key or by an index."""
    scene = Scene(sqlite_database)
    three = scene.three()
    with scene.unit() as unit:
        with observed(unit.connection.engine) as seen:
            _a_day(unit, three)
        assert len(seen) > 60
        for statement, values in seen:
            plan = unit.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]
            scans = {row.detail for row in plan if row.detail.startswith("SCAN")}
            of_tables = {s for s in scans if s.split()[1] in SQLModel.metadata.tables}
            assert of_tables <= WHOLE, statement
