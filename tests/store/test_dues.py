"""What must happen later: once, in its time, by one worker, whatever dies in between."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.store import dues, outbox
from bot.store.database import Database
from bot.store.dues import Due, Kind, State
from bot.store.tables import DUE, REPLY
from tests.store.scene import DAY, NOON, Scene

TODAY = date(2027, 3, 10)
LEASE = timedelta(seconds=30)
SOON = timedelta(minutes=1)
THE_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def _claim(
    scene: Scene, at: datetime = NOON, worker: str = "one", limit: int = 30
) -> tuple[Due, ...]:
    return scene.does(dues.claim, at, worker, LEASE, limit)


def _mark(scene: Scene, due: Due, state: State, at: datetime = NOON, worker: str = "one") -> bool:
    until = at + LEASE if state is State.SENDING else None
    return scene.does(dues.mark, due.id, state, at=at, worker=worker, lease_until=until)


def _state(scene: Scene) -> list[str]:
    with scene.database.reading() as unit:
        return [row.state for row in unit.connection.execute(DUE.select().order_by(DUE.c.id))]


def test_there_is_one_reminder_per_person_kind_and_local_date_P6(scene: Scene) -> None:
    """Another day, kind, person or matter is another row; case or none makes no difference."""
    anna, bruno = scene.somebody(), scene.somebody()
    case = scene.opened(scene.therapist())

    def plan(kind: str, person: str, day: date, about: str = "", case: str | None = None) -> bool:
        return scene.does(dues.plan, kind, person, day, NOON, about, case)

    assert plan(Kind.REMINDER, anna, TODAY)
    assert not plan(Kind.REMINDER, anna, TODAY)
    assert plan(Kind.SNOOZE, anna, TODAY)
    assert plan(Kind.REMINDER, bruno, TODAY)
    assert plan(Kind.REMINDER, anna, TODAY + DAY)
    assert plan(Kind.NOTICE, anna, TODAY, "confirmed", case)
    assert not plan(Kind.NOTICE, anna, TODAY, "confirmed", case)
    assert plan(Kind.NOTICE, anna, TODAY, "revoked", case)
    assert scene.rows(DUE) == 6


def test_a_day_whose_reminder_was_sent_gets_no_second_one_P6(scene: Scene) -> None:
    """Nor one that was skipped or may have been lost; dropping does not free the day either."""
    person = scene.somebody()
    for number, state in enumerate((State.SENT, State.SKIPPED, State.UNKNOWN)):
        day = TODAY + DAY * number
        assert scene.does(dues.plan, Kind.REMINDER, person, day, NOON)
        (due,) = _claim(scene)
        _mark(scene, due, State.SENDING)
        assert _mark(scene, due, state)
        assert scene.does(dues.drop, person=person) == 0
        assert not scene.does(dues.plan, Kind.REMINDER, person, day, NOON)
        assert _claim(scene) == ()


def test_only_what_is_due_is_claimed_and_the_earliest_first(scene: Scene) -> None:
    """In batches; a claimed row says all that is needed to work on it."""
    person = scene.somebody()
    case = scene.opened(scene.therapist())
    for hours in (3, 1, 2, 9):
        at = NOON + timedelta(hours=hours)
        scene.does(dues.plan, Kind.NOTICE, person, TODAY, at, f"in {hours}", case)
    assert _claim(scene) == ()
    now = NOON + timedelta(hours=3)
    first = _claim(scene, now, limit=2)
    assert [due.about for due in first] == ["in 1", "in 2"]
    assert [due.about for due in _claim(scene, now)] == ["in 3"]
    assert _claim(scene, now) == ()
    assert first[0] == Due(
        first[0].id, "notice", person, case, "in 1", TODAY, NOON + timedelta(hours=1), 1
    )


def test_the_ticker_knows_when_there_is_something_to_do_next(scene: Scene) -> None:
    """The next row, or the end of a lease somebody may have died under."""
    person = scene.somebody()
    assert scene.does(dues.next_due_at) is None
    scene.does(dues.plan, Kind.REMINDER, person, TODAY, NOON)
    scene.does(dues.plan, Kind.REMINDER, person, TODAY + DAY, NOON + DAY)
    assert scene.does(dues.next_due_at) == NOON
    (due,) = _claim(scene)
    assert scene.does(dues.next_due_at) == NOON + LEASE
    _mark(scene, due, State.SENDING)
    assert scene.does(dues.next_due_at) == NOON + LEASE
    _mark(scene, due, State.SENT)
    assert scene.does(dues.next_due_at) == NOON + DAY


def test_what_waits_can_be_moved_and_nothing_else_P6(scene: Scene) -> None:
    """A worker that has just claimed it loses it."""
    person = scene.somebody()
    later = NOON + timedelta(hours=1)
    scene.does(dues.plan, Kind.REMINDER, person, TODAY, NOON)
    assert not scene.does(dues.replan, Kind.REMINDER, person, TODAY + DAY, later)
    (due,) = _claim(scene)
    assert scene.does(dues.replan, Kind.REMINDER, person, TODAY, later)
    assert not _mark(scene, due, State.SENDING)
    assert _claim(scene) == ()
    (due,) = _claim(scene, later)
    assert _mark(scene, due, State.SENDING, later)
    assert not scene.does(dues.replan, Kind.REMINDER, person, TODAY, NOON + DAY)


def test_dropping_takes_what_waits_for_a_person_or_in_a_case(scene: Scene) -> None:
    """All of it, or some kinds; /stop leaves no push behind, and undoing it plans anew."""
    anna, bruno = scene.somebody(), scene.somebody()
    case = scene.opened(scene.therapist())
    for kind in (Kind.REMINDER, Kind.FOLLOW_UP):
        for person in (anna, bruno):
            scene.does(dues.plan, kind, person, TODAY, NOON)
    scene.does(dues.plan, Kind.NOTICE, bruno, TODAY, NOON, "", case)
    assert scene.does(dues.drop, person=anna, kinds=(Kind.REMINDER, Kind.SNOOZE)) == 1
    assert scene.does(dues.drop, person=anna) == 1
    assert scene.does(dues.drop, case=case) == 1
    assert scene.does(dues.drop, person=bruno, case=case) == 0
    assert [due.person for due in _claim(scene)] == [bruno, bruno]
    assert scene.does(dues.plan, Kind.REMINDER, anna, TODAY, NOON)
    with pytest.raises(ValueError, match="Name the person or the case"):
        scene.does(dues.drop)


def test_a_worker_that_dies_before_sending_is_followed_by_another(scene: Scene) -> None:
    """Nothing went out yet, so the row simply waits until the lease ends."""
    scene.does(dues.plan, Kind.REMINDER, scene.somebody(), TODAY, NOON)
    assert len(_claim(scene)) == 1
    assert _claim(scene, NOON + LEASE - timedelta(seconds=1), "two") == ()
    (again,) = _claim(scene, NOON + LEASE, "two")
    assert again.attempts == 2
    assert not _mark(scene, again, State.SENDING, NOON + LEASE, "one")
    assert _mark(scene, again, State.SENDING, NOON + LEASE, "two")


def test_a_worker_that_is_late_with_its_lease_may_not_send_any_more_P3(scene: Scene) -> None:
    """Even if nobody else took the row yet."""
    scene.does(dues.plan, Kind.REMINDER, scene.somebody(), TODAY, NOON)
    (due,) = _claim(scene)
    assert not _mark(scene, due, State.SENDING, NOON + LEASE)


def test_a_reminder_whose_worker_died_while_sending_is_unknown_for_ever_P3(
    scene: Scene,
) -> None:
    """It may have arrived: it is never sent again, and one can see it."""
    scene.does(dues.plan, Kind.REMINDER, scene.somebody(), TODAY, NOON)
    (due,) = _claim(scene)
    assert _mark(scene, due, State.SENDING)
    assert _claim(scene, NOON + LEASE - timedelta(seconds=1), "two") == ()
    assert _state(scene) == ["sending"]
    assert _claim(scene, NOON + LEASE, "two") == ()
    assert _state(scene) == ["unknown"]
    assert not _mark(scene, due, State.SENT, NOON + LEASE)


@pytest.mark.parametrize("kind", [Kind.CONTACT, Kind.NOTICE])
def test_a_contact_request_whose_worker_died_while_sending_is_sent_again_P3(
    scene: Scene, kind: Kind
) -> None:
    """At least once: better twice than never."""
    scene.does(dues.plan, kind, scene.somebody(), TODAY, NOON)
    (due,) = _claim(scene)
    assert _mark(scene, due, State.SENDING)
    (again,) = _claim(scene, NOON + LEASE, "two")
    assert (again.id, again.attempts) == (due.id, 2)


def test_what_was_refused_for_certain_waits_again_as_long_as_told(scene: Scene) -> None:
    """429 with a time: not earlier; its own moment stays, so that lateness is still seen."""
    scene.does(dues.plan, Kind.REMINDER, scene.somebody(), TODAY, NOON)
    (due,) = _claim(scene)
    _mark(scene, due, State.SENDING)
    back = scene.does(
        dues.mark, due.id, State.WAITING, at=NOON, worker="one", lease_until=NOON + SOON
    )
    assert back
    assert scene.does(dues.next_due_at) == NOON + SOON
    assert _claim(scene, NOON + SOON - timedelta(seconds=1)) == ()
    (again,) = _claim(scene, NOON + SOON)
    assert (again.due_at, again.attempts) == (NOON, 2)


def test_replies_of_a_row_live_and_die_with_it_P3_P4(scene: Scene) -> None:
    """A reminder that may have gone out is not sent by the sweep of unsent replies."""
    person = scene.somebody()
    for number, state in enumerate((State.WAITING, State.SKIPPED, State.UNKNOWN)):
        scene.does(dues.plan, Kind.REMINDER, person, TODAY + DAY * number, NOON)
        (due,) = _claim(scene)
        _mark(scene, due, State.SENDING)
        scene.does(outbox.put, person, [{"text": "come va?"}], NOON, due=due.id)
        assert scene.does(outbox.unsent, person) == ()
        assert scene.does(outbox.waiting_people, NOON + DAY, 10) == ()
        assert len(scene.does(outbox.unsent, person, due.id)) == 1
        assert _mark(scene, due, state)
        assert scene.does(outbox.unsent, person, due.id) == ()
        scene.does(dues.drop, person=person)


@pytest.mark.parametrize("kind", [Kind.REMINDER, Kind.CONTACT])
def test_replies_of_a_dead_workers_row_are_dropped_and_not_said_twice_P3(
    scene: Scene, kind: Kind
) -> None:
    """A contact request is turned again, which renders its replies again."""
    person = scene.somebody()
    scene.does(dues.plan, kind, person, TODAY, NOON)
    (due,) = _claim(scene)
    _mark(scene, due, State.SENDING)
    scene.does(outbox.put, person, [{"text": "one"}], NOON, due=due.id)
    _claim(scene, NOON + LEASE, "two")
    assert scene.does(outbox.unsent, person, due.id) == ()
    with scene.database.reading() as unit:
        row = unit.connection.execute(REPLY.select()).one()
    assert (row.state, row.payload) == ("dropped", None)


def test_two_workers_never_claim_the_same_row_and_never_wait_P2(
    postgresql_database: Database,
) -> None:
    """While one worker's claim is not even committed, the other takes the next batch."""
    scene = Scene(postgresql_database)
    person = scene.somebody()
    for number in range(50):
        scene.does(dues.plan, Kind.NOTICE, person, TODAY, NOON, str(number))
    with scene.unit() as one, scene.unit() as two:
        first = dues.claim(one, NOON, "one", LEASE, 30)
        second = dues.claim(two, NOON, "two", LEASE, 30)
    assert (len(first), len(second)) == (30, 20)
    assert {due.id for due in first}.isdisjoint(due.id for due in second)


def test_four_workers_take_everything_once_P2(database: Database) -> None:
    """Each claims until nothing is left; on SQLite they queue, on PostgreSQL they run along."""
    scene = Scene(database)
    person = scene.somebody()
    with scene.unit() as unit:
        for number in range(80):
            dues.plan(unit, Kind.NOTICE, person, TODAY, NOON, str(number))
    taken: list[int] = []

    def work(worker: str) -> None:
        while batch := _claim(scene, worker=worker, limit=7):
            taken.extend(due.id for due in batch)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 80


def test_what_must_arrive_never_waits_behind_reminders_P3(scene: Scene) -> None:
    """Ten thousand reminders of one minute, and somebody asks to be called just now."""
    person = scene.somebody()
    with scene.unit() as unit:
        for number in range(100):
            day = TODAY - DAY * number
            dues.plan(unit, Kind.REMINDER, person, day, NOON - SOON)
        dues.plan(unit, Kind.NOTICE, person, TODAY, NOON, "called")
    first = _claim(scene, limit=5)
    assert [due.kind for due in first] == ["reminder"] * 4 + ["notice"]
    assert scene.does(dues.claim, NOON, "two", LEASE, 30, 0) == ()
    assert len(scene.does(dues.claim, NOON, "two", LEASE, 30, 7)) == 7


@pytest.mark.parametrize("back", [timedelta(hours=1), 2 * DAY, NOON - THE_BEGINNING])
def test_a_row_in_sending_is_settled_though_the_clock_was_set_back_P3(
    scene: Scene, back: timedelta
) -> None:
    """Its worker is dead, and its lease would end in an hour: one may not wait for that."""
    person = scene.somebody()
    for kind in (Kind.REMINDER, Kind.CONTACT):
        scene.does(dues.plan, kind, person, TODAY, NOON - 365 * 99 * DAY)
    for due in _claim(scene):
        assert _mark(scene, due, State.SENDING)
    assert _claim(scene, NOON - timedelta(seconds=1), "two") == ()
    assert _state(scene) == ["sending", "sending"]
    (again,) = _claim(scene, NOON - back, "two")
    assert again.kind == Kind.CONTACT
    assert _state(scene) == ["unknown", "waiting"]


def test_a_clock_set_forward_for_a_while_doubles_no_reminder_P3(scene: Scene) -> None:
    """The other worker is two days ahead: what is being sent is unknown, and not sent again."""
    scene.does(dues.plan, Kind.REMINDER, scene.somebody(), TODAY, NOON)
    (due,) = _claim(scene)
    assert _mark(scene, due, State.SENDING)
    assert _claim(scene, NOON + 2 * DAY, "two") == ()
    assert not _mark(scene, due, State.SENT, NOON + SOON)
    assert _claim(scene, NOON + SOON) == ()
    assert _state(scene) == ["unknown"]


def test_only_what_a_revoked_scope_covers_is_taken_back_P3_P8(scene: Scene) -> None:
    """A request for contact is not lost because the patient no longer shares modules."""
    three = scene.three()
    for about, scope in (("m", "modules"), ("r", "contact"), ("joined", None)):
        planned = scene.does(
            dues.plan, Kind.NOTICE, three.therapist, TODAY, NOON, about, three.case, scope
        )
        assert planned
    assert scene.does(dues.drop, case=three.case, scopes={"modules", "goals"}) == 1
    assert [due.about for due in _claim(scene)] == ["r", "joined"]
