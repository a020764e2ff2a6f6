"""Backup and restore, from either database into either: whole, or not at all."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Table, create_engine, inspect, select, update
from sqlmodel import SQLModel

from bot.engine.chat import Goal, Role, Scope
from bot.services import backup
from bot.store import (
    agreements,
    cases,
    copying,
    dues,
    endings,
    envelope,
    goals,
    outbox,
    people,
)
from bot.store.database import Database, alembic_config
from bot.store.dues import Kind
from bot.store.encryption import Keyring
from bot.store.errors import Missing, NotEmpty, UnusableFile, WrongKeys
from bot.store.tables import CASE, DUE, GOAL, MEMBER, PERSON, REPLY
from tests.store.scene import DAY, NOON, Scene, Three

LATER = NOON + DAY
TODAY = date(2027, 3, 10)


@pytest.fixture
def target(scene: Scene, request: pytest.FixtureRequest, keyring: Keyring) -> Iterator[Database]:
    """Where a backup is restored: a database of the other kind, that does not exist yet."""
    with scene.database.reading() as unit:
        here = unit.connection.dialect.name
    yield from _anew("postgresql" if here == "sqlite" else "sqlite", request, keyring)


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, keyring: Keyring) -> Iterator[Database]:
    """A database of either kind, that does not exist yet."""
    yield from _anew(request.param, request, keyring)


def _anew(kind: str, request: pytest.FixtureRequest, keyring: Keyring) -> Iterator[Database]:
    made = Database(request.getfixturevalue(f"fresh_{kind}_url"), keyring)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "b.sealed"


def rows(database: Database, table: Table) -> list[tuple[object, ...]]:
    """Every row of a table, in the order of its key."""
    with database.reading() as unit:
        found = unit.connection.execute(table.select().order_by(*table.primary_key))
        return [tuple(row) for row in found]


def value(database: Database, column: object, **key: object) -> object:
    """One value of one row."""
    with database.reading() as unit:
        return unit.connection.scalar(select(column).filter_by(**key))  # type: ignore[call-overload]


def lived_in(scene: Scene) -> Three:
    """Three people with something in most tables."""
    three = scene.three()
    scene.does(goals.save_goal, three.partner, Goal("g", words="due passi è", own=True), NOON)
    scene.does(
        goals.save_goal, three.partner, Goal("s", slug="short_walk", own=False), NOON, three.case
    )
    scene.does(cases.assign, three.therapist, three.case, "not_willpower", NOON)
    scene.does(cases.raise_request, three.partner, three.case, "r", NOON)
    return three


def test_what_is_restored_is_what_was_there(scene: Scene, either: Database, file: Path) -> None:
    """Every row of every table, from SQLite and PostgreSQL into SQLite and PostgreSQL."""
    three = lived_in(scene)
    number = backup.backup(scene.database, file, NOON)
    backup.restore(either, file, None, LATER)
    assert number == sum(len(rows(scene.database, t)) for t in SQLModel.metadata.sorted_tables)
    for table in SQLModel.metadata.sorted_tables:
        assert rows(either, table) == rows(scene.database, table), table.name
    there = Scene(either)
    assert there.chat(three.partner).goals == scene.chat(three.partner).goals
    assert there.sees(three.therapist, three.case, Role.THERAPIST) == scene.sees(
        three.therapist, three.case, Role.THERAPIST
    )
    # Numbers go on behind the loaded ones, and accounts are still found by their hash.
    there.does(outbox.put, three.partner, [{"text": "new"}], LATER)
    assert there.does(people.find, 5_000_000_001) == three.therapist


def test_every_column_there_is_can_be_copied() -> None:
    """A new kind of column is noticed here, and not by whoever restores."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            assert copying.kind_of(column)


def test_a_backup_is_one_moment_while_the_bot_writes(scene: Scene, file: Path) -> None:
    """What is committed meanwhile is not half in it: counted rows and owners fit."""
    lived_in(scene)
    seen = []

    def meanwhile() -> None:
        if not seen:
            seen.append(lived_in(scene))

    backup.backup(scene.database, file, NOON, meanwhile)
    people_in = [
        line
        for line in map(json.loads, envelope.opened(file, "backup", scene.database.keyring))
        if isinstance(line, list) and seen[0].partner in line
    ]
    assert (len(seen), people_in) == (1, [])


def test_nothing_typed_and_no_account_is_in_a_backup_even_with_its_key_P10(
    scene: Scene, file: Path
) -> None:
    """Data stay sealed inside; the key list is not in it."""
    lived_in(scene)
    backup.backup(scene.database, file, NOON)
    held = b"".join(envelope.opened(file, "backup", scene.database.keyring))
    for canary in ("due passi", "5000000001", "label of", "link case"):
        assert canary.encode() not in held


@pytest.mark.parametrize("harm", ["another key", "cut off", "changed", "newer", "too old"])
def test_a_backup_that_cannot_be_used_is_one_line_and_nothing_is_written(
    scene: Scene, tmp_path: Path, file: Path, harm: str, keyring: Keyring
) -> None:
    """Not even the file of the database it would have gone into."""
    lived_in(scene)
    backup.backup(scene.database, file, NOON)
    whole, at, keys = file.read_bytes(), NOON, keyring
    if harm == "another key":
        keys = Keyring.parse(Keyring.new_key())
    elif harm == "cut off":
        file.write_bytes(whole[:-20])
    elif harm == "changed":
        file.write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
    elif harm == "newer":
        lines = [json.loads(line) for line in envelope.opened(file, "backup", keys)]
        with envelope.sealing(file, "backup", keys) as write:
            for line in ({**lines[0], "revision": "9999"}, *lines[1:]):
                write(copying.written(line))
    else:
        at = NOON + backup.OLDEST + DAY
    url = f"sqlite:///{tmp_path / 'into.db'}"
    into = Database(url, keys)
    with pytest.raises((UnusableFile, WrongKeys)) as raised:
        backup.restore(into, file, None, at)
    into.close()
    assert "\n" not in str(raised.value)
    assert harm == "newer" or str(file) in str(raised.value)
    assert (tmp_path / "into.db").read_bytes() == b""


def test_a_backup_is_never_restored_over_people(scene: Scene, file: Path) -> None:
    """What is there stays as it is."""
    lived_in(scene)
    backup.backup(scene.database, file, NOON)
    before = rows(scene.database, PERSON)
    with pytest.raises(NotEmpty, match="is not empty"):
        backup.restore(scene.database, file, None, LATER)
    assert rows(scene.database, PERSON) == before


def test_a_database_that_only_has_its_tables_is_empty(
    scene: Scene, target: Database, file: Path
) -> None:
    """A bot that was started too early has made tables and secrets of its own."""
    three = lived_in(scene)
    backup.backup(scene.database, file, NOON)
    target.upgrade()
    backup.restore(target, file, None, LATER)
    assert Scene(target).chat(three.partner).goals


def test_a_backup_of_an_older_version_is_brought_forward(
    scene: Scene, target: Database, file: Path
) -> None:
    """It is loaded into the tables of its own revision; what came since has its default."""
    person = scene.somebody()
    backup.backup(scene.database, file, NOON)
    keys = scene.database.keyring
    lines = [json.loads(line) for line in envelope.opened(file, "backup", keys)]
    old, kept, rows_ = _as_of_the_first_revision(lines)
    with envelope.sealing(file, "backup", keys) as write:
        for line in ({**lines[0], "revision": "0001"}, *old, {"rows": rows_}):
            write(copying.written(line))
    backup.restore(target, file, None, LATER)
    assert kept
    assert Scene(target).chat(person).person == person


def _as_of_the_first_revision(
    lines: list[copying.Line],
) -> tuple[list[copying.Line], set[str], int]:
    """Leave out what the first revision did not have."""
    known = {}
    with create_engine("sqlite://").begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        there = inspect(connection)
        for table in there.get_table_names():
            known[table] = {column["name"] for column in there.get_columns(table)}
    out: list[copying.Line] = []
    keep: list[int] | None = None
    seen: set[str] = set()
    number = 0
    for line in lines[1:-1]:
        if isinstance(line, dict):
            columns = known.get(line["table"])
            keep = columns and [n for n, c in enumerate(line["columns"]) if c[0] in columns]
            if keep:
                seen.add(line["table"])
                out.append({**line, "columns": [line["columns"][n] for n in keep]})
        elif keep:
            number += 1
            out.append([line[n] for n in keep])
    return out, seen, number


# --- what was withdrawn since -----------------------------------------------------------------


def listed(database: Database, folder: Path, at: object = LATER) -> Path:
    """The list of withdrawals as it is now."""
    file = folder / backup.WITHDRAWALS
    backup.list_withdrawals(database, file, at)  # type: ignore[arg-type]
    return file


def test_whoever_was_erased_after_the_backup_is_erased_again_P8(
    scene: Scene, target: Database, file: Path, tmp_path: Path
) -> None:
    """Words and places in cases; also when the live database has forgotten them already."""
    three = lived_in(scene)
    backup.backup(scene.database, file, NOON)
    scene.does(people.erase, three.partner, NOON + timedelta(hours=1))
    assert scene.does(people.forget_blank, LATER)
    done = backup.restore(target, file, listed(scene.database, tmp_path), LATER)
    assert done["erased again"] == 1
    there = Scene(target)
    assert there.does(people.find, 5_000_000_002) is None
    assert there.rows(GOAL) == 0
    assert not there.sees(three.partner, three.case, Role.PARTNER)
    for table in SQLModel.metadata.sorted_tables:
        assert all(b"due passi" not in bytes(str(row), "utf8") for row in rows(target, table))


def test_whoever_came_back_before_the_backup_stays(
    scene: Scene, target: Database, file: Path, tmp_path: Path
) -> None:
    """An erasure is not repeated on what was begun anew after it."""
    person = scene.somebody()
    scene.does(people.erase, person, NOON)
    account = 5_000_000_001
    assert scene.does(people.create, account, "it", NOON + timedelta(minutes=1)) == person
    backup.backup(scene.database, file, NOON + timedelta(hours=1))
    done = backup.restore(target, file, listed(scene.database, tmp_path), LATER)
    assert done["erased again"] == 0
    assert Scene(target).does(people.find, account) == person


def test_what_was_revoked_after_the_backup_stays_revoked_P8(
    scene: Scene, target: Database, file: Path, tmp_path: Path
) -> None:
    """For everybody, at once; what was consented to again before the backup stands."""
    three = lived_in(scene)
    scene.does(cases.revoke_consent, three.patient, three.case, {Scope.MODULES}, NOON)
    old = listed(scene.database, tmp_path, NOON)
    every = frozenset(Scope)
    scene.does(cases.give_consent, three.patient, three.case, every, NOON + timedelta(hours=1))
    backup.backup(scene.database, file, NOON + timedelta(hours=2))
    assert backup.restore(target, file, old, LATER)["revoked again"] == 0
    _empty(target)
    scene.does(cases.revoke_consent, three.patient, three.case, {Scope.GOALS}, LATER)
    done = backup.restore(target, file, listed(scene.database, tmp_path), LATER)
    assert done["revoked again"] == 1
    partner = Scene(target).chat(three.partner)
    assert [goal.id for goal in partner.goals] == ["g"]
    assert Scope.GOALS not in partner.cases[0].scopes
    assert Scope.CONTACT in partner.cases[0].scopes


def _empty(database: Database) -> None:
    with database.unit() as unit:
        for table in reversed(SQLModel.metadata.sorted_tables):
            unit.connection.execute(table.delete())


def test_a_closed_case_and_stopped_pushes_and_discretion_stay_P8(
    scene: Scene, target: Database, file: Path, tmp_path: Path
) -> None:
    """Whatever somebody said no to after the backup."""
    three = lived_in(scene)
    with scene.unit() as unit:
        unit.connection.execute(update(PERSON).values(pushes=True))
    scene.does(dues.plan, Kind.NOTICE, three.partner, TODAY, NOON, "n:x:1", three.case)
    scene.does(dues.plan, Kind.REMINDER, three.partner, TODAY + 3 * DAY, NOON + 3 * DAY)
    backup.backup(scene.database, file, NOON)
    with scene.unit() as unit:
        endings.close(unit, three.therapist, three.case, NOON + timedelta(hours=1), "death_patient")
        which = PERSON.c.id == three.patient
        unit.connection.execute(update(PERSON).where(which).values(pushes=False, discreet=True))
    done = backup.restore(target, file, listed(scene.database, tmp_path), LATER)
    assert (done["closed again"], done["stopped again"], done["discreet again"]) == (1, 1, 1)
    assert not Scene(target).chat(three.partner).cases[0].open
    assert value(target, CASE.c.ending, id=three.case) == "death_patient"
    patient = Scene(target).chat(three.patient).preferences
    assert (patient.pushes, patient.discreet) == (False, True)
    assert Scene(target).rows(DUE) == 0


def test_an_agreement_taken_back_and_topics_left_alone_stay_P8(
    scene: Scene, target: Database, file: Path, tmp_path: Path
) -> None:
    """What partner and patient settled after the backup; what was before it is in it."""
    three = lived_in(scene)
    scene.does(agreements.agree, three.partner, three.case, NOON)
    scene.does(agreements.choose_topics, three.patient, three.case, ["work"])
    early = listed(scene.database, tmp_path, NOON - DAY)
    backup.backup(scene.database, file, NOON)
    scene.does(agreements.disagree, three.partner, three.case)
    scene.does(agreements.choose_topics, three.patient, three.case, ["money", "children"])
    assert backup.restore(target, file, early, LATER)["topics again"] == 0
    _empty(target)
    done = backup.restore(target, file, listed(scene.database, tmp_path), LATER)
    assert (done["disagreed again"], done["topics again"]) == (1, 1)
    with target.reading() as unit:
        chosen = unit.connection.scalars(select(MEMBER.c.never_topics)).all()
        agreed = unit.connection.scalars(select(MEMBER.c.agreed_at)).all()
    assert sorted(filter(None, chosen)) == ["children money"]
    assert set(agreed) == {None}


def test_a_weekly_look_goes_on_and_a_question_about_consent_waits(
    scene: Scene, target: Database, file: Path
) -> None:
    """The look that was due is passed over; the question is looked at again when it is asked."""
    three = lived_in(scene)
    with scene.unit() as unit:
        unit.connection.execute(update(PERSON).values(pushes=True))
        dues.plan(unit, Kind.CHECK, three.partner, TODAY, NOON)
        dues.plan(unit, Kind.RENEWAL, three.patient, TODAY, NOON, "x:y:", three.case)
    backup.backup(scene.database, file, NOON)
    assert backup.restore(target, file, None, LATER)["rhythms that go on"] == 1
    with target.reading() as unit:
        found = unit.connection.execute(select(DUE.c.kind, DUE.c.state))
        states = sorted((row.kind, row.state) for row in found)
    assert ("renewal", "waiting") in states
    assert ("sign_check", "skipped") in states


def test_a_list_of_withdrawals_must_be_named_or_given_up_on(file: Path) -> None:
    """Nobody restores without them by mistake."""
    with pytest.raises(Missing, match="--withdrawals"):
        backup.beside(file)


# --- nothing old is sent ------------------------------------------------------------------------


def test_no_old_reminder_is_sent_after_a_restore_and_the_rhythm_goes_on_P6(
    scene: Scene, target: Database, file: Path
) -> None:
    """What was due is skipped, the next daily one planned from now; contact notices stay (P3)."""
    three = lived_in(scene)
    with scene.unit() as unit:
        unit.connection.execute(update(PERSON).values(pushes=True))
        half_past = NOON + timedelta(hours=5, minutes=30)
        for kind in (Kind.REMINDER, Kind.SNOOZE, Kind.FOLLOW_UP):
            dues.plan(unit, kind, three.partner, TODAY, half_past)
        dues.plan(unit, Kind.NOTICE, three.therapist, TODAY, NOON, "contact:r:1", three.case)
        outbox.put(unit, three.partner, [{"text": "said long ago"}], NOON)
    backup.backup(scene.database, file, NOON)
    done = backup.restore(target, file, None, LATER)
    assert done["not sent any more"] == 4
    assert done["rhythms that go on"] == 1
    with target.reading() as unit:
        found = unit.connection.execute(select(DUE.c.kind, DUE.c.state, DUE.c.local_date))
        states = {(row.kind, row.state, row.local_date) for row in found}
        replies = unit.connection.execute(select(REPLY.c.state, REPLY.c.payload)).all()
    assert states == {
        ("reminder", "skipped", TODAY),
        ("snooze", "skipped", TODAY),
        ("follow_up", "skipped", TODAY),
        ("notice", "waiting", TODAY),
        ("reminder", "waiting", TODAY + DAY),
    }
    assert [tuple(row) for row in replies] == [("dropped", None)]


def test_what_was_being_sent_when_the_backup_was_made_is_not_repeated_P3(
    scene: Scene, target: Database, file: Path
) -> None:
    """A reminder is then `unknown`, a notice waits again; nobody holds anything any more."""
    three = lived_in(scene)
    with scene.unit() as unit:
        dues.plan(unit, Kind.REMINDER, three.partner, TODAY, NOON)
        dues.plan(unit, Kind.NOTICE, three.therapist, TODAY, NOON, "contact:r:1", three.case)
        held = {"state": "sending", "lease_by": "w", "lease_until": LATER + DAY}
        unit.connection.execute(update(DUE).values(**held))
        unit.connection.execute(update(PERSON).values(busy_by="w", busy_until=LATER + DAY))
    backup.backup(scene.database, file, NOON)
    backup.restore(target, file, None, LATER)
    with target.reading() as unit:
        found = unit.connection.execute(
            select(DUE.c.kind, DUE.c.state, DUE.c.lease_by).where(DUE.c.local_date == TODAY)
        )
        assert {tuple(row) for row in found} == {
            ("reminder", "unknown", None),
            ("notice", "waiting", None),
        }
        assert set(unit.connection.scalars(select(PERSON.c.busy_by))) == {None}


# --- every day --------------------------------------------------------------------------------


def test_a_daily_backup_is_made_once_a_day_and_seven_are_kept(
    sqlite_database: Database, tmp_path: Path
) -> None:
    """File names carry only the time; the list of withdrawals is not counted."""
    folder = tmp_path / "backups"
    folder.mkdir()
    listed(sqlite_database, folder)
    made = [
        backup.daily(sqlite_database, folder, NOON + hours * timedelta(hours=1)) > 0
        for hours in range(0, 24 * 10, 6)
    ]
    assert made.count(True) == 10
    names = sorted(file.name for file in folder.iterdir())
    assert names[0] == "accanto-20270313T120000Z.sealed"
    assert names[6:] == ["accanto-20270319T120000Z.sealed", "withdrawals.sealed"]
    assert backup.newest(folder) == NOON + 9 * DAY
