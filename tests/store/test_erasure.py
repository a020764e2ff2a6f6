"""Erasing a person: nothing stays but what safety needs, and that not for long."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.engine.chat import Case, Chat, Goal, Preferences, Role
from bot.safety.alarm import Alarm, Card, Level
from bot.safety.reading import Tier
from bot.store import cases, dues, goals, journal, outbox, people, progress, updates
from bot.store.erasure import _OWNED
from bot.store.tables import MEMBER, PERSON, SQLModel
from tests.store.scene import EVERY_SCOPE, NOON, Scene, Three

HOURS_72 = timedelta(hours=72)


def _lived(scene: Scene) -> Three:
    """A partner who has used everything."""
    three = scene.three()
    me = three.partner
    before = scene.chat(me)
    scene.does(people.save, before, replace(before, role=Role.PARTNER, agreed=True, revision=9))
    scene.does(goals.save_goal, me, Goal("g", words="parole mie"), NOON)
    scene.does(goals.record_answer, me, "g", NOON.date(), "done")
    scene.does(progress.save_progress, me, "m", "start", NOON, finished=False)
    scene.does(cases.raise_request, me, three.case, "r", NOON)
    scene.does(dues.plan, dues.Kind.REMINDER, me, NOON.date(), NOON)
    scene.does(outbox.put, me, [{"text": "x"}], NOON)
    scene.does(journal.note_tier, me, Tier.RED, "R3", NOON)
    scene.does(updates.set_aside, 1, "x", NOON, me)
    return three


def test_every_row_of_the_person_goes(scene: Scene) -> None:
    """In every table that names a person, whatever is added later."""
    three = _lived(scene)
    scene.does(people.erase, three.partner, NOON)
    with scene.database.reading() as unit:
        for table in SQLModel.metadata.sorted_tables:
            for column in table.columns:
                if any(key.column is PERSON.c.id for key in column.foreign_keys):
                    rows = unit.connection.execute(
                        table.select().where(column == three.partner)
                    ).all()
                    assert rows == [], table.name


def test_every_table_with_something_of_a_person_is_thought_of() -> None:
    """A new table has to be added to the erasure."""
    named = {
        table.name
        for table in SQLModel.metadata.sorted_tables
        if "person_id" in table.columns and table is not MEMBER
    }
    assert {table.name for table in _OWNED} == named


def test_an_erased_account_is_a_stranger_until_it_speaks_again(scene: Scene) -> None:
    """It then finds an empty chat in the language it had, and an address."""
    three = _lived(scene)
    scene.does(people.erase, three.partner, NOON)
    account = 5_000_000_002
    assert scene.does(people.find, account) is None
    again = scene.does(people.create, account, "en", NOON)
    assert scene.chat(again) == Chat(again, preferences=Preferences(lang="it"))
    assert scene.does(people.address, again) == account
    assert scene.does(people.find, account) == again
    assert scene.does(people.forget_blank, NOON + HOURS_72) == 0


def test_the_data_key_is_destroyed(scene: Scene) -> None:
    """What a backup or a log file still holds opens for nobody any more."""
    person = scene.somebody()
    with scene.unit() as unit:
        sealed = unit.vault(person).seal("goal", "words", "parole mie")
        old = unit.connection.scalar(PERSON.select().with_only_columns(PERSON.c.data_key))
        people.erase(unit, person, NOON)
        new = unit.connection.scalar(PERSON.select().with_only_columns(PERSON.c.data_key))
    assert old != new
    with scene.unit() as unit, pytest.raises(Exception, match="does not open"):
        unit.vault(person).open("goal", "words", sealed)


def test_last_words_are_put_after_and_still_find_their_address(scene: Scene) -> None:
    """Once they are sent, the address goes, and with it the row."""
    person = scene.somebody()
    with scene.unit() as unit:
        people.erase(unit, person, NOON)
        outbox.put(unit, person, [{"text": "Addio, tutto è cancellato."}], NOON)
    assert scene.does(people.forget_blank, NOON) == 0
    assert scene.does(people.address, person) == 5_000_000_001
    (last,) = scene.does(outbox.unsent, person)
    assert last.payload == {"text": "Addio, tutto è cancellato."}
    scene.does(outbox.mark_sent, last.id, 1, NOON)
    assert scene.does(people.forget_blank, NOON) == 1
    assert scene.rows(PERSON) == 0


def test_last_words_that_never_arrive_keep_nothing_longer_than_72_hours(scene: Scene) -> None:
    """Somebody who erased everything and blocked the bot."""
    person = scene.somebody()
    with scene.unit() as unit:
        people.erase(unit, person, NOON)
        outbox.put(unit, person, [{"text": "Addio"}], NOON)
    assert scene.does(people.forget_blank, NOON + HOURS_72 - timedelta(seconds=1)) == 0
    assert scene.does(people.forget_blank, NOON + HOURS_72) == 1


@pytest.mark.parametrize(
    ("trigger", "card"), [("R3", Card.SELF), ("R7", Card.VIOLENCE_UNCLEAR), ("R6", Card.BIRTH)]
)
def test_a_closed_alarm_outlives_the_erasure_for_72_hours_R3_R6_R7(
    scene: Scene, trigger: str, card: Card
) -> None:
    """Level, trigger and when the person was last heard; the card is one for anybody."""
    person = scene.somebody()
    before = scene.chat(person)
    alarm = Alarm(Level.RED, trigger, Card.OTHER, NOON - timedelta(hours=9), NOON)
    scene.does(people.save, before, replace(before, alarm=alarm, own_contact="x"))
    scene.does(people.erase, person, NOON + timedelta(hours=1))
    assert scene.does(people.forget_blank, NOON + timedelta(hours=71)) == 0
    assert scene.does(people.address, person) is None
    assert scene.chat(person) == Chat(
        person,
        alarm=Alarm(Level.RED, trigger, card, None, NOON),
        preferences=Preferences(lang="it"),
    )
    assert scene.does(people.forget_blank, NOON + HOURS_72) == 1


def test_an_open_question_does_not_outlive_the_erasure(scene: Scene) -> None:
    """Only a closed alarm does."""
    person = scene.somebody()
    before = scene.chat(person)
    check = Alarm(Level.CHECK, "R3", None, NOON, NOON)
    scene.does(people.save, before, replace(before, alarm=check))
    scene.does(people.erase, person, NOON)
    assert scene.chat(person).alarm == Alarm()


@pytest.mark.parametrize("who", ["partner", "patient"])
def test_a_case_somebody_left_is_neither_confirmed_nor_consented_to_P8(
    scene: Scene, who: str
) -> None:
    """Whoever takes the seat must be confirmed, and the patient asked, again."""
    three = _lived(scene)
    scene.does(dues.plan, dues.Kind.NOTICE, three.therapist, NOON.date(), NOON, "", three.case)
    scene.does(people.erase, str(getattr(three, who)), NOON)
    left = scene.sees(three.therapist, three.case, Role.THERAPIST)
    assert isinstance(left, Case)
    assert (left.partner_joined, left.patient_joined) == (who != "partner", who != "patient")
    assert (left.confirmed, left.scopes) == (False, frozenset())
    due = scene.does(dues.claim, NOON, "worker", timedelta(minutes=1))
    assert [row.case for row in due if row.case] == []


def test_after_a_partner_left_another_one_needs_all_three_keys_anew_P8_P9(
    scene: Scene,
) -> None:
    """The consent was given for somebody else."""
    three = _lived(scene)
    scene.does(people.erase, three.partner, NOON)
    expires_at = NOON + timedelta(days=7)
    renewed = scene.does(
        cases.renew_invitation,
        three.therapist,
        three.case,
        Role.PARTNER,
        "second",
        expires_at=expires_at,
    )
    assert renewed
    newcomer = scene.somebody()
    assert scene.joins(newcomer, "second")
    assert scene.does(cases.confirm, three.therapist, three.case, NOON)
    seen = scene.sees(newcomer, three.case, Role.PARTNER)
    assert isinstance(seen, Case)
    assert (seen.scopes, seen.modules, seen.requests) == (frozenset(), (), ())


def test_a_therapist_who_is_erased_leaves_the_case_to_the_others(scene: Scene) -> None:
    """Consents stay; the label and the contact details were theirs and are gone."""
    three = _lived(scene)
    scene.does(people.erase, three.therapist, NOON)
    seen = scene.sees(three.partner, three.case, Role.PARTNER)
    assert isinstance(seen, Case)
    assert (seen.scopes, seen.contact_details) == (EVERY_SCOPE, "")
    assert scene.does(cases.member_of, three.case, Role.THERAPIST) is None
    assert scene.chat(three.therapist).roles == ()


def test_erasing_again_changes_nothing_and_nobody_cannot_be_erased(scene: Scene) -> None:
    """A double tap on the last confirmation."""
    three = _lived(scene)
    scene.does(people.erase, three.partner, NOON)
    once = scene.chat(three.partner)
    scene.does(people.erase, three.partner, NOON)
    assert scene.chat(three.partner) == once
    with pytest.raises(LookupError):
        scene.does(people.erase, "nobody", NOON)
