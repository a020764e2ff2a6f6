"""A request for contact reaches whoever leads the therapy: after a stop, a block, a narrowing."""

from datetime import timedelta

import pytest

from bot.engine.chat import Scope
from bot.services import deliver, remind
from bot.services.heard import Heard
from bot.services.remind import KEPT_FOR, UNREACHED
from bot.store import cases
from bot.terminal.stage import ACCOUNTS
from tests.performance import Seen
from tests.services.evening import PARTNER, PATIENT, THERAPIST, Evening

MINUTE = timedelta(minutes=1)
ASKS = ("/menu", "press contact", "press topic", "press request", "press send")


def to_therapist(seen: tuple[Seen, ...]) -> list[Seen]:
    """What the therapist reads of it."""
    return [one for one in seen if one.role is THERAPIST]


def unread(evening: Evening) -> bool:
    """Whether the partner reads that nobody has read the request."""
    evening.does(PARTNER, "/menu")
    seen = evening.does(PARTNER, "press contact", "press topic", "press status")
    return "Non è ancora stata letta" in seen[-1].text


def test_P3_a_therapist_who_said_stop_is_told_of_a_request_without_a_sound(
    evening: Evening,
) -> None:
    """The one thing that a stop does not stop, and they were told so."""
    (stopped,) = evening.does(THERAPIST, "/stop")
    assert "con una sola eccezione" in stopped.text
    (told,) = to_therapist(evening.does(PARTNER, *ASKS))
    assert told.silent
    assert evening.due(THERAPIST, "notice") == [("03-01", "sent")]
    assert unread(evening)


def test_P3_without_a_stop_a_request_makes_a_sound(evening: Evening) -> None:
    """In the afternoon nothing is quiet."""
    (told,) = to_therapist(evening.does(PARTNER, *ASKS))
    assert not told.silent


def test_a_stop_stops_everything_else_of_the_worklist(evening: Evening) -> None:
    """Nobody waits for it, and the worklist shows it."""
    evening.does(THERAPIST, "/stop")
    assert to_therapist(evening.does(PATIENT, "/revoke")) == []
    (mine,) = evening.does(PARTNER, "/stop")
    assert "niente avvisi" in mine.text


def test_P3_a_request_waits_for_a_therapist_who_blocks_the_bot(evening: Evening) -> None:
    """Tried every hour; after the unblocking it comes, and until then it is truly unread."""
    evening.hears(Heard(ACCOUNTS[THERAPIST], "blocked"))
    assert to_therapist(evening.does(PARTNER, *ASKS)) == []
    assert evening.due(THERAPIST, "notice") == [("03-01", "waiting")]
    assert unread(evening)
    assert to_therapist(evening.waits(evening.now + 30 * UNREACHED)) == []
    evening.hears(Heard(ACCOUNTS[THERAPIST], "unblocked"))
    (told,) = to_therapist(evening.waits(evening.now + UNREACHED))
    assert told.rows
    assert evening.due(THERAPIST, "notice") == [("03-01", "sent")]


def test_P3_nobody_is_looked_for_without_end(evening: Evening) -> None:
    """After a month the row is passed over; the request itself stays unread."""
    evening.hears(Heard(ACCOUNTS[THERAPIST], "blocked"))
    evening.does(PARTNER, *ASKS)
    (row,) = evening.claimed(evening.now + KEPT_FOR + UNREACHED)
    assert not evening.fires(row, evening.now + KEPT_FOR + UNREACHED)
    assert evening.due(THERAPIST, "notice") == [("03-01", "skipped")]


@pytest.mark.parametrize("is_lost", [False, True], ids=["modules revoked", "contact revoked"])
def test_P3_P8_a_request_that_waits_outlives_a_narrowing_of_other_scopes(
    evening: Evening, *, is_lost: bool
) -> None:
    """Between the partner's tap and the push the patient shares less; and what if it is this."""
    evening.does(PARTNER, "/menu", "press contact", "press topic", "press request")
    evening.hears_press(ACCOUNTS[PARTNER], "send")
    left = set(Scope) - {Scope.CONTACT if is_lost else Scope.MODULES}
    case, patient = evening.chat().cases[0].id, evening.person(PATIENT)
    with evening.parts.database.unit() as unit:
        assert cases.give_consent(unit, patient, case, left, evening.now)
    kinds = [row.about.partition(":")[0] for row in evening.claimed(evening.now)]
    assert kinds == ([] if is_lost else ["contact_requested"])


def test_P3_a_request_that_was_sent_halfway_is_sent_again(evening: Evening) -> None:
    """The worker dies between Telegram's answer and its mark: better twice than never."""
    evening.does(PARTNER, "/menu", "press contact", "press topic", "press request")
    evening.hears_press(ACCOUNTS[PARTNER], "send")
    (row,) = evening.claimed(evening.now)
    assert evening.fires(row, evening.now)
    (first,) = deliver.unsent(evening.parts, row.person, row.id)
    (again,) = evening.claimed(evening.now + remind.LEASE)
    assert evening.fires(again, evening.now + remind.LEASE)
    (second,) = deliver.unsent(evening.parts, row.person, row.id)
    assert first.id != second.id
    assert first.message.text == second.message.text


def test_P3_a_request_that_was_sealed_is_told_of_when_the_consent_is_back(
    evening: Evening,
) -> None:
    """What waited was dropped with the consent; unread requests are not forgotten with it."""
    evening.does(PARTNER, "/menu", "press contact", "press topic", "press request")
    evening.hears_press(ACCOUNTS[PARTNER], "send")
    told = evening.does(PATIENT, "/revoke")
    assert "Richieste" not in [label for one in told for row in one.rows for label in row]
    again = evening.does(PATIENT, "press change", *["press yes"] * 5, "press confirm")
    labels = [label for one in to_therapist(again) for row in one.rows for label in row]
    assert labels.count("Richieste") == 1
    assert unread(evening)
