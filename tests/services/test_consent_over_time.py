"""Consent through the services: renewed, run out, revoked between two moments; the quiet alarm."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.engine.chat import CONSENT_LASTS, Call, Chat
from bot.services import renewal
from bot.services.carrying import NotOpened
from bot.services.heard import Heard
from bot.store.tables import CALL_REQUEST, CASE, CONSENT, DUE, MEMBER
from bot.terminal.stage import ACCOUNTS
from tests.performance import Seen
from tests.services.evening import PARTNER, PATIENT, THERAPIST, Evening

DAY = timedelta(days=1)
FORTNIGHT = CONSENT_LASTS - 14 * DAY


def _to(role: str, seen: tuple[Seen, ...]) -> list[str]:
    return [one.text for one in seen if one.role == role]


def test_M11_two_weeks_before_the_patient_is_asked_once_and_renews(evening: Evening) -> None:
    """At eleven in the morning, and nobody else hears of it."""
    began = evening.now
    assert evening.waits(began + FORTNIGHT - DAY) == ()
    asked = evening.waits(began + FORTNIGHT + DAY)
    assert [one.role for one in asked] == [PATIENT]
    assert not asked[0].silent
    done = evening.does(PATIENT, "press renew", "press renew")
    assert _to(PARTNER, done) == _to(THERAPIST, done) == []
    assert evening.chat(PARTNER).case.until == (evening.now + CONSENT_LASTS).date()  # type: ignore[union-attr]
    assert evening.waits(began + CONSENT_LASTS + 10 * DAY) == ()
    assert evening.chat(PARTNER).scopes


def test_M11_P8_what_nobody_renews_closes_to_the_second_and_is_told_neutrally(
    evening: Evening,
) -> None:
    """The partner reads the very words of any other closing; no word says why."""
    ends = evening.theatre.script.begins - timedelta(seconds=1) + CONSENT_LASTS
    evening.waits(ends)
    at_the_end = evening.does(PARTNER, "/contact")
    assert not any("recapiti" in text for text in _to(PARTNER, at_the_end))
    told = evening.waits(ends + 2 * DAY)
    assert {one.role for one in told} == {PARTNER, PATIENT, THERAPIST}
    revoked = _notices_after_revocation(evening)
    assert _to(PARTNER, told) == _to(PARTNER, revoked)
    assert _to(THERAPIST, told) == _to(THERAPIST, revoked)


def _notices_after_revocation(evening: Evening) -> tuple[Seen, ...]:
    evening.does(PATIENT, "/menu", "press change", *("press yes",) * 5, "press confirm")
    evening.waits(evening.now + timedelta(minutes=1))
    return evening.does(PATIENT, "/revoke")


def test_P8_a_patient_who_cannot_be_reached_holds_nothing_open(evening: Evening) -> None:
    """The hourly job seals it and tells the others; doing it twice tells nobody twice."""
    evening.hears(Heard(ACCOUNTS[PATIENT], "blocked"))
    late = evening.now + CONSENT_LASTS + DAY
    assert evening.waits(late) == ()
    for _ in range(2):
        renewal.seal_what_ran_out(evening.parts, evening.now)
    told = evening.waits(evening.now + timedelta(minutes=1))
    assert sorted(one.role for one in told) == [PARTNER, THERAPIST]


def test_P8_consent_revoked_between_the_notice_and_its_sending_is_not_spoken_of(
    evening: Evening,
) -> None:
    """What was claimed already is looked at again, and nothing is left to claim."""
    therapist = ACCOUNTS[THERAPIST]
    evening.does(THERAPIST, "/cases", "press case", "press readings", "press module not_willpower")
    evening.hears_press(therapist, "give")
    claimed = [due for due in evening.claimed(evening.now) if due.about.startswith("module")]
    assert claimed
    evening.hears(Heard(ACCOUNTS[PATIENT], "command", lang="it", name="revoke"))
    assert not any(evening.fires(due, evening.now) for due in claimed)
    left = evening.claimed(evening.now + timedelta(minutes=5))
    assert not any(due.about.startswith("module") for due in left)


def test_P8_consent_revoked_between_the_page_and_the_press_stops_the_press(
    evening: Evening,
) -> None:
    """The button was honest when it was shown."""
    evening.does(PARTNER, "/contact", "press back", "press topic", "press request")
    evening.does(PATIENT, "/revoke")
    evening.does(PARTNER, "press send")
    assert evening.chat(THERAPIST).cases[0].requests == ()
    with evening.parts.database.reading() as unit:
        about = unit.connection.scalars(select(DUE.c.about)).all()
    assert not any(each.startswith("contact_requested") for each in about)


def _rows(evening: Evening) -> list[list[tuple[object, ...]]]:
    """Everything kept about the case, but for the moments and numbers of rows."""
    with evening.parts.database.reading() as unit:
        return [
            sorted(
                tuple(
                    str(value)
                    for name, value in row._mapping.items()  # noqa: SLF001 - SQLAlchemy's own name
                    if not name.endswith(("_id", "_at", "id", "about", "label", "plan"))
                )
                for row in unit.connection.execute(select(table))
            )
            for table in (CASE, MEMBER, CONSENT, CALL_REQUEST)
        ]


def _quietly(chat: Chat) -> object:
    return chat.cases[0].scopes, chat.cases[0].modules, chat.cases[0].call, chat.place.flow


def test_M11_P9_a_quiet_alarm_cannot_be_told_from_a_revocation(
    evening: Evening, another_evening: Evening
) -> None:
    """Not by what partner and therapist read or see, and not by what is kept."""
    for one in (evening, another_evening):
        one.does(THERAPIST, "/menu")
        one.does(PARTNER, "/menu")
        one.does(PATIENT, "/menu", "press more")
    alarmed = evening.does(PATIENT, "press unsafe")
    revoked = another_evening.does(PATIENT, "/revoke")
    for role in (PARTNER, THERAPIST):
        assert _to(role, alarmed) == _to(role, revoked) != []
        assert _quietly(evening.chat(role)) == _quietly(another_evening.chat(role))
    assert _rows(evening) == _rows(another_evening)


def test_M11_P9_the_wish_to_be_called_reaches_the_therapist_and_never_the_partner(
    evening: Evening,
) -> None:
    """It is read, taken over, and the patient reads just that."""
    evening.does(PATIENT, "/unsafe")
    asked = evening.does(PATIENT, "press ask", "press yes")
    assert _to(PARTNER, asked) == []
    assert len(_to(THERAPIST, asked)) == 1
    assert evening.chat(PARTNER).cases[0].call is None
    evening.does(THERAPIST, "press calls", "press call")
    call = evening.chat(PATIENT).cases[0].call
    assert isinstance(call, Call)
    assert call.seen_at
    assert not call.closed_at
    taken = evening.does(THERAPIST, "press take")
    assert _to(PARTNER, taken) == _to(PATIENT, taken) == []
    assert evening.chat(PATIENT).cases[0].call.closed_at  # type: ignore[union-attr]


def test_P2_a_case_whose_id_is_taken_is_not_announced(evening: Evening) -> None:
    """The turn is undone, so no link is shown that would open nothing; the next try has another."""
    therapist = ACCOUNTS[THERAPIST]
    for label in ("Uno", "Due"):
        evening.does(THERAPIST, "/menu", "press new")
        before = evening.chat(THERAPIST)
        named = Heard(therapist, "text", lang="it", text=label)
        if label == "Uno":
            evening.hears(named)
            continue
        with pytest.raises(NotOpened):
            evening.hears(named)
        assert evening.chat(THERAPIST) == before
    evening.does(THERAPIST, "Due")
    assert [case.label for case in evening.chat(THERAPIST).cases][1:] == ["Uno", "Due"]
