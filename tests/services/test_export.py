import json
from dataclasses import fields
from typing import Any

import pytest

from bot.engine.chat import Case, Role
from bot.services import deliver, export
from bot.services.export import _FIELDS
from bot.services.heard import Heard
from bot.store.held import TOLD
from bot.store.tables import SQLModel
from bot.terminal.stage import ACCOUNTS
from tests.services.evening import PARTNER, PATIENT, SHARED_GOAL, THERAPIST, Evening


def _copy(evening: Evening, role: Role = PARTNER) -> dict[str, Any]:
    """Ask for the copy; return what is in the file."""
    evening.does(role, "/export")
    evening.hears_press(ACCOUNTS[role], "yes")
    file, words = deliver.unsent(evening.parts, evening.person(role))
    attached = file.message.file
    assert attached
    assert (attached.name, attached.media) == ("data.json", "application/json")
    assert words.message.text.startswith("Il file è qui sopra.")
    for parcel in (file, words):
        deliver.sent(evening.parts, parcel.id, 1, evening.now)
    found: dict[str, Any] = json.loads(attached.data)
    return found


def test_a_partner_gets_everything_that_is_their_own(evening: Evening) -> None:
    """Settings, goals and answers, readings, codes, requests, dates; words in the clear."""
    evening.takes_goal("18:30", SHARED_GOAL)
    evening.does(PARTNER, "/goals", "press open", "press goal_done")
    evening.does(PARTNER, "/pause", "20 marzo", "dice che vuole morire")
    held = _copy(evening)
    assert (held["format"], held["version"]) == ("accanto-copy", 1)
    assert held["settings"]["pause_until"] == "2027-03-20"
    assert held["person"]["telegram_account"] == ACCOUNTS[PARTNER]
    assert [answer["answer"] for answer in held["goal_answers"]] == ["done"]
    assert held["goals"][0]["done"] == 1
    assert [note["code"] for note in held["safety"]["notes"]] == ["R3"]
    assert held["safety"]["level"] == "red"
    assert held["cases"][0]["mine"] == "partner"
    assert held["messages"]


def test_P8_what_is_sealed_is_in_no_copy(evening: Evening) -> None:
    """Nor are the answers about it; consented to again, both are back."""
    evening.takes_goal("18:30", SHARED_GOAL)
    evening.does(PARTNER, "/goals", "press open", "press goal_done")
    evening.does(PATIENT, "/revoke")
    held = _copy(evening)
    assert (held["goals"], held["goal_answers"], held["cases"][0]["modules"]) == ([], [], [])


@pytest.mark.parametrize("role", [PARTNER, PATIENT, THERAPIST])
def test_P9_nothing_of_others_is_in_a_copy(evening: Evening, role: Role) -> None:
    """No account and no id of anybody else, nobody's contact details, nobody's label."""
    evening.takes_goal("18:30", SHARED_GOAL)
    told = json.dumps(_copy(evening, role), ensure_ascii=False)
    others = {PARTNER, PATIENT, THERAPIST} - {role}
    for other in others:
        assert str(ACCOUNTS[other]) not in told
        assert evening.person(other) not in told
    details = evening.chat(THERAPIST).own_contact
    label = evening.chat(THERAPIST).roster[0].label
    assert (details in told) is (role is THERAPIST)
    assert (label in told) is (role is THERAPIST)


def test_a_patient_gets_the_consents_they_gave_with_their_dates(evening: Evening) -> None:
    """Also those that were revoked."""
    evening.does(PATIENT, "/revoke")
    consents = _copy(evening, PATIENT)["cases"][0]["consents"]
    assert {one["scope"] for one in consents} == {
        "modules",
        "goals",
        "signs",
        "session",
        "contact",
    }
    assert all(one["given_at"] and one["revoked_at"] for one in consents)


def test_a_copy_can_be_had_before_anything_was_agreed_to(evening: Evening) -> None:
    """Nobody is refused their own."""
    evening.hears(Heard(4711, "command", name="start"))
    chat = evening.chat_of(4711)
    with evening.parts.database.unit() as unit:
        told = export.tree(unit, chat, evening.now)
    assert told["person"]["agreed"] is False
    assert told["cases"] == []


def test_every_table_with_something_of_a_person_is_in_the_copy() -> None:
    """A new table has to be told in the copy, too."""
    named = {
        table.name for table in SQLModel.metadata.sorted_tables if "person_id" in table.columns
    }
    assert {table.name for table in TOLD} == named


def test_every_field_of_a_case_that_is_told_exists() -> None:
    """Otherwise a copy would fail on the day somebody asks for it."""
    known = {field.name for field in fields(Case)}
    for told in _FIELDS.values():
        assert told <= known
