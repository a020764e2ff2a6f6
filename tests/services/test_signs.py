"""M05 from end to end: list, word, look, plan and pinned card, through services and database."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from bot.engine.chat import Scope
from bot.services import deliver, pinning
from bot.services.heard import Heard
from bot.store import cases
from bot.store.tables import PERSON
from bot.terminal.stage import ACCOUNTS
from tests.services.evening import OWN_GOAL, PARTNER, PATIENT, Evening

WEEK, DAY, HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)
LISTED = ("/segnali", "press add", "press area body", "press sign", "press propose")
ALLOWED = ("/segnali", "press yes")
PLANNED = ("/piano", "press make", "press say today", "press whom doctor")


def rome(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of March 2027 by the clocks of Rome, before summer time."""
    return datetime(2027, 3, day, hour - 1, minute, tzinfo=UTC)


def _with_list(evening: Evening, *more: str) -> None:
    evening.does(PARTNER, *LISTED)
    evening.does(PATIENT, *ALLOWED)
    if more:
        evening.does(PARTNER, *more)


def _texts(seen: object) -> str:
    return "\n".join(one.text for one in seen)  # type: ignore[attr-defined]


def test_M05_a_sign_counts_once_the_patient_has_said_yes(evening: Evening) -> None:
    """Proposed, told to the patient, approved, told to the partner without the answer."""
    proposed = evening.does(PARTNER, *LISTED)
    assert "propone qualcosa da notare" in _texts(s for s in proposed if s.role is PATIENT)
    assert [s.state for s in evening.chat().case.signs] == ["proposed"]  # type: ignore[union-attr]
    answered = evening.does(PATIENT, *ALLOWED)
    told = _texts(s for s in answered if s.role is PARTNER)
    assert "ha letto le tue proposte" in told
    assert "Sonno" not in told
    assert [s.state for s in evening.chat().case.signs] == ["approved"]  # type: ignore[union-attr]


def test_M05_the_weekly_look_takes_the_place_of_that_days_reminder(evening: Evening) -> None:
    """One message that evening; the goal's reminder on every other one."""
    evening.takes_goal("18:30", OWN_GOAL)
    _with_list(evening, "/segnali", "press change", "press weekly_on")
    for day in range(2, 9):  # somebody who is heard from is asked every day
        evening.waits(rome(day, 12))
        evening.does(PARTNER, "/menu")
    monday = [s for s in evening.waits(rome(8, 23)) if s.role is PARTNER]
    assert len(monday) == 1
    assert "È passata una settimana" in monday[0].text
    evening.does(PARTNER, "/menu")
    tuesday = [s for s in evening.waits(rome(9, 23)) if s.role is PARTNER]
    assert len(tuesday) == 1
    assert "È passata una settimana" not in tuesday[0].text
    assert evening.due(kind="sign_check")[-1] == ("03-15", "waiting")


def test_M05_a_stop_ends_the_weekly_look_and_undo_brings_it_back(evening: Evening) -> None:
    """Nothing is asked meanwhile."""
    _with_list(evening, "/segnali", "press change", "press weekly_on", "/basta")
    assert [s for s in evening.waits(rome(16, 12)) if s.role is PARTNER] == []
    evening.does(PARTNER, "press undo")
    assert "È passata una settimana" in _texts(evening.waits(rome(16, 23)))


def test_M05_a_look_leaves_nothing_but_its_date(evening: Evening) -> None:
    """Neither a tier note, nor an answer, nor a place that remembers what was seen."""
    _with_list(evening, "/segnali", "press look", "press begin", "press seen", "press later")
    chat = evening.chat()
    assert chat.case is not None
    assert chat.case.plan.asked_on == rome(1, 17).date()
    assert dict(chat.memory) == {"trigger": "A1"}
    evening.does(PARTNER, "press home")
    assert dict(evening.chat().memory) == {}


def test_P8_a_look_is_not_sent_once_the_scope_is_gone_between_claim_and_send(
    evening: Evening,
) -> None:
    """The row was claimed, then the patient withdrew: nothing goes out, the rhythm is kept."""
    _with_list(evening, "/segnali", "press change", "press weekly_on")
    at = rome(8, 18, 30)
    row = next(due for due in evening.claimed(at) if due.kind == "sign_check")
    case, patient = evening.chat().case, evening.person(PATIENT)
    assert case is not None
    with evening.parts.database.unit() as unit:
        cases.revoke_consent(unit, patient, case.id, {Scope.SIGNS}, at)
    assert not evening.fires(row, at)
    assert evening.due(kind="sign_check")[-2:] == [("03-08", "skipped"), ("03-09", "waiting")]


def test_P6_a_late_look_is_passed_over_and_asked_the_day_after(evening: Evening) -> None:
    """Two hours are the window, as for every reminder."""
    _with_list(evening, "/segnali", "press change", "press weekly_on")
    at = rome(8, 20, 31)
    row = next(due for due in evening.claimed(at) if due.kind == "sign_check")
    assert not evening.fires(row, at)
    assert evening.due(kind="sign_check") == [("03-08", "skipped"), ("03-09", "waiting")]


def test_M05_the_plan_is_pinned_and_taken_down_with_the_scope_P8(evening: Evening) -> None:
    """The revocation's notice takes the card down, and its words with it."""
    _with_list(evening, *PLANNED)
    card = evening.chat().pinned
    assert card is not None
    evening.hears(Heard(ACCOUNTS[PATIENT], "command", name="revoke"))
    claimed = evening.claimed(evening.now + HOUR)
    row = next(due for due in claimed if due.person == evening.person())
    assert evening.fires(row, evening.now + HOUR)
    first, *_rest = deliver.unsent(evening.parts, evening.person(), row.id)
    assert (first.message.op, first.message.message_id) == ("unpin", card)
    assert "Sonno" not in first.message.text
    assert evening.chat().pinned is None


def test_M05_a_new_card_takes_the_place_of_the_old_one(evening: Evening) -> None:
    """One pinned card, whatever is changed."""
    _with_list(evening, *PLANNED)
    before = evening.chat().pinned
    evening.hears_press(ACCOUNTS[PARTNER], "pin")
    *_closed, last = deliver.unsent(evening.parts, evening.person())
    assert (last.message.pins, last.message.unpins) == (True, before)
    pinning.note(evening.parts, evening.person(), 77)
    assert evening.chat().pinned == 77


def test_M05_in_discreet_mode_nothing_is_pinned(evening: Evening) -> None:
    """The plan is made and shown all the same."""
    who = evening.person()
    with evening.parts.database.unit() as unit:
        unit.connection.execute(update(PERSON).where(PERSON.c.id == who).values(discreet=True))
    _with_list(evening)
    shown = evening.does(PARTNER, *PLANNED)
    assert "Il mio piano" in shown[-1].text
    assert evening.chat().pinned is None


def test_M05_erasing_oneself_takes_the_card_down(evening: Evening) -> None:
    """The last words come with it."""
    _with_list(evening, *PLANNED)
    card, person = evening.chat().pinned, evening.person()
    evening.hears(Heard(ACCOUNTS[PARTNER], "command", name="delete"))
    evening.hears_press(ACCOUNTS[PARTNER], "yes")
    taken_down = [
        parcel.message.message_id
        for parcel in deliver.unsent(evening.parts, person)
        if parcel.message.op == "unpin"
    ]
    assert taken_down == [card]
