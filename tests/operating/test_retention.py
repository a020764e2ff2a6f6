"""What is kept for how long: the product's figures, on both databases, in small batches."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, insert, update

from bot.engine.chat import Scope
from bot.safety.reading import Tier
from bot.services import retention
from bot.services.retention import KEPT_FOR
from bot.store import cases, dues, forgetting, journal, outbox, people, updates
from bot.store.database import Database, Unit
from bot.store.tables import (
    ACCESS_LOG,
    CALL_REQUEST,
    CASE,
    CONTACT_REQUEST,
    DUE,
    ERASURE,
    GOAL,
    GUESS,
    INVITATION,
    MEMBER,
    PERSON,
    REPLY,
    TIER_NOTE,
    UPDATE_SEEN,
)
from tests.store.scene import DAY, NOON, Scene, Three

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"
MOMENT = timedelta(seconds=1)


class _Parts:
    """What the retention asks of its parts."""

    def __init__(self, database: Database) -> None:
        self.database = database


def forget(database: Database, at: datetime, **how: int) -> dict[str, int]:
    """Let go of what is too old at a moment."""
    return dict(retention.forget_old(_Parts(database), at, **how))  # type: ignore[arg-type]


def _ends(unit: Unit, _three: Three) -> None:
    unit.connection.execute(update(CASE).values(closed_at=NOON))


def _calls(unit: Unit, three: Three) -> None:
    row = {"case_id": three.case, "practice_id": "practice", "person_id": three.patient}
    unit.connection.execute(insert(CALL_REQUEST), {**row, "asked_at": NOON})


def _looked(unit: Unit, three: Three) -> None:
    row = {"person_id": three.patient, "role": "therapist", "what": "case", "at": NOON}
    unit.connection.execute(insert(ACCESS_LOG), row)


def _aside(unit: Unit, three: Three) -> None:
    updates.set_aside(unit, 1, "x", NOON, three.partner)


def _replied(unit: Unit, three: Three) -> None:
    outbox.put(unit, three.partner, [{"text": "x"}], NOON)
    outbox.mark_sent(unit, outbox.unsent(unit, three.partner)[0].id, 1, NOON)


def _reminded(unit: Unit, three: Three) -> None:
    dues.plan(unit, "reminder", three.partner, NOON.date(), NOON)
    unit.connection.execute(update(DUE).values(state="sent"))


def _visited(unit: Unit, _three: Three) -> None:
    unit.connection.execute(update(PERSON).values(agreed=True))
    people.create(unit, 99, "it", NOON - DAY)
    person = people.find(unit, 99)
    assert person
    people.note_heard(unit, person, NOON)


def _guessed(unit: Unit, _three: Three) -> None:
    unit.connection.execute(insert(GUESS), {"bucket": "b", "hour": NOON, "wrong": 1})


# Name, table, and what leaves one row there that is as old as NOON.
_LEFT: tuple[tuple[str, Table, Callable[[Unit, Three], object]], ...] = (
    (
        "contact requests",
        CONTACT_REQUEST,
        lambda u, t: cases.raise_request(u, t.partner, t.case, "r", NOON),
    ),
    ("call requests", CALL_REQUEST, _calls),
    ("closed cases", CASE, _ends),
    ("tier rows", TIER_NOTE, lambda u, t: journal.note_tier(u, t.partner, Tier.RED, "R3", NOON)),
    ("access log", ACCESS_LOG, _looked),
    ("updates set aside", UPDATE_SEEN, _aside),
    ("update ids", UPDATE_SEEN, lambda u, _t: updates.take(u, 1, NOON)),
    ("emptied replies", REPLY, _replied),
    ("settled due rows", DUE, _reminded),
    (
        "unused invitations",
        INVITATION,
        lambda u, _t: cases.add_invitation(u, "practice", "s", expires_at=NOON),
    ),
    ("unfinished visitors", PERSON, _visited),
    ("wrong guesses", GUESS, _guessed),
    ("erasures", ERASURE, lambda u, t: people.erase(u, t.partner, NOON)),
)


@pytest.mark.parametrize(("name", "table", "leaves"), _LEFT, ids=[left[0] for left in _LEFT])
def test_each_thing_is_kept_for_its_time_and_not_longer(
    scene: Scene, name: str, table: Table, leaves: Callable[[Unit, Three], object]
) -> None:
    """There a moment before, gone a moment after; nothing else goes with it at that moment."""
    three = scene.three()
    scene.does(leaves, three)
    there = scene.rows(table)
    before = forget(scene.database, NOON + KEPT_FOR[name])
    assert name not in before
    assert scene.rows(table) == there
    assert forget(scene.database, NOON + KEPT_FOR[name] + MOMENT)[name] == 1
    assert scene.rows(table) == there - 1
    assert name not in forget(scene.database, NOON + KEPT_FOR[name] + MOMENT)


def test_every_rule_of_the_store_has_its_time_and_is_tried() -> None:
    """Nothing is forgotten about."""
    names = set(forgetting.names())
    assert names | {retention.SEALED, retention.ERASED} == set(KEPT_FOR)
    assert names == {name for name, _, _ in _LEFT}


def test_the_times_are_the_products() -> None:
    """30 days, 90 days, 12 and 6 months, seven days, two, three."""
    days = {name: round(kept / DAY) for name, kept in KEPT_FOR.items()}
    assert days == {
        "sealed data": 30,
        "contact requests": 90,
        "call requests": 90,
        "closed cases": 182,
        "tier rows": 365,
        "access log": 365,
        "updates set aside": 7,
        "update ids": 2,
        "emptied replies": 3,
        "settled due rows": 90,
        "unused invitations": 0,
        "unfinished visitors": 30,
        "wrong guesses": 0,
        "erased accounts": 3,
        "erasures": 31,
    }


@pytest.mark.parametrize("name", sorted(KEPT_FOR))
def test_every_time_is_documented(name: str) -> None:
    """An operator, and whoever asks one, reads how long what is kept."""
    assert f"| {name} |" in OPERATING.read_text(encoding="utf-8")


def test_many_rows_go_in_small_transactions(scene: Scene) -> None:
    """No more at once than a batch, no more in one run than its batches; the rest next time."""
    with scene.unit() as unit:
        for number in range(25):
            updates.take(unit, number, NOON)
    later = NOON + 3 * DAY
    seen: list[int] = []
    parts = _Parts(scene.database)

    def between() -> None:
        seen.append(scene.rows(UPDATE_SEEN))

    gone = retention.forget_old(parts, later, batch=4, batches=3, between=between)  # type: ignore[arg-type]
    assert gone["update ids"] == 12
    assert {21, 17, 13} <= set(seen)
    assert forget(scene.database, later)["update ids"] == 13


def test_a_closed_case_takes_everything_of_it_and_leaves_what_is_ones_own(scene: Scene) -> None:
    """Memberships, consents, shared goals; people and their own care stay."""
    three = scene.three()
    with scene.unit() as unit:
        row = {"person_id": three.partner, "effort": 1, "smaller": False, "active": True}
        more = {"misses": 0, "done": 0, "created_at": NOON}
        for name, own, case in (("mine", True, None), ("ours", False, three.case)):
            unit.connection.execute(
                insert(GOAL), {**row, **more, "id": name, "own": own, "case_id": case}
            )
        unit.connection.execute(update(PERSON).values(agreed=True))
        _ends(unit, three)
    assert forget(scene.database, NOON + KEPT_FOR["closed cases"] + DAY)["closed cases"] == 1
    assert (scene.rows(MEMBER), scene.rows(GOAL)) == (0, 1)
    assert [goal.id for goal in scene.chat(three.partner).goals] == ["mine"]


def test_a_visitor_in_an_alarm_or_in_a_case_is_not_forgotten(scene: Scene) -> None:
    """Whoever was shown a card, whoever joined and never agreed, whoever works here."""
    scene.three()
    alarmed = scene.somebody()
    with scene.unit() as unit:
        heard = {"alarm_level": "red", "alarm_heard_at": NOON + 29 * DAY}
        unit.connection.execute(update(PERSON).where(PERSON.c.id == alarmed).values(**heard))
    assert "unfinished visitors" not in forget(scene.database, NOON + 31 * DAY)
    assert forget(scene.database, NOON + 60 * DAY)["unfinished visitors"] == 1


def test_sealed_data_go_after_thirty_days_m11(scene: Scene) -> None:
    """The scope that was revoked, with what it covered."""
    three = scene.three()
    scene.does(cases.revoke_consent, three.patient, three.case, {Scope.MODULES}, NOON)
    assert forget(scene.database, NOON + 29 * DAY).get(retention.SEALED) is None
    assert forget(scene.database, NOON + 31 * DAY)[retention.SEALED] == 1
