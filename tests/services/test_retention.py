from datetime import timedelta

from sqlalchemy import func, select

from bot.services import retention
from bot.store.tables import GOAL, PERSON
from tests.services.evening import PARTNER, PATIENT, Evening


def _rows(evening: Evening, table: object) -> int:
    with evening.parts.database.reading() as unit:
        return unit.connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def test_what_a_withdrawn_consent_sealed_is_erased_after_thirty_days_m11(evening: Evening) -> None:
    """Until then a new consent brings it back; after that nothing is left of it."""
    evening.takes_goal()
    evening.does(PATIENT, "/revoke")
    retention.forget_old(evening.parts, evening.now + timedelta(days=29))
    assert _rows(evening, GOAL) == 1
    retention.forget_old(evening.parts, evening.now + timedelta(days=31))
    assert _rows(evening, GOAL) == 0


def test_nothing_outlives_an_erasure_by_more_than_three_days(evening: Evening) -> None:
    """The blank row that carried the last words goes; doing it twice changes nothing."""
    evening.does(PARTNER, "/delete", "press yes")
    people = _rows(evening, PERSON)
    for _ in range(2):
        retention.forget_old(evening.parts, evening.now + timedelta(days=3, minutes=1))
    assert _rows(evening, PERSON) == people - 1
