from datetime import timedelta

from sqlalchemy import select

from bot.services.heard import Heard
from bot.store.tables import DUE
from bot.terminal.stage import ACCOUNTS
from tests.services.evening import PARTNER, PATIENT, THERAPIST, Evening

FIRST, SECOND = 71, 72


def notices(evening: Evening) -> list[str]:
    """What people are to be told, in order."""
    with evening.parts.database.reading() as unit:
        rows = unit.connection.scalars(
            select(DUE.c.about).where(DUE.c.kind == "notice").order_by(DUE.c.id)
        )
        return [about.partition(":")[0] for about in rows]


def test_P2_two_people_with_one_link_and_only_one_of_them_is_announced(evening: Evening) -> None:
    """Both stand before the last key; whoever turns it second has not joined."""
    seen = evening.does(THERAPIST, "/menu", "press new", "Nuvola")
    link = next(one.text for one in seen if "t.me/" in one.text).partition("start=")[2]
    for account in (FIRST, SECOND):
        evening.hears(Heard(account, "command", lang="it", name="start", value=link))
        for move, value in (("next", ""), ("yes", ""), ("country", "IT"), ("next", "")):
            evening.hears_press(account, move, value)
        evening.hears_press(account, "next")
        evening.hears_press(account, "no")
    for account in (FIRST, SECOND):
        evening.hears_press(account, "agree")
    assert evening.chat_of(FIRST).case
    assert evening.chat_of(SECOND).case is None
    assert notices(evening) == ["partner_joined"]


def test_a_notice_wakes_whoever_works_what_is_due_once_it_is_committed(evening: Evening) -> None:
    """Not before, or a worker would look and find nothing."""
    woken: list[list[str]] = []
    evening.parts.wake = lambda: woken.append(notices(evening))
    evening.hears_press(ACCOUNTS[PATIENT], "revoke")
    assert woken == [["consent_narrowed", "consent_revoked"]] * 2


def test_P2_consent_that_changes_nothing_is_told_to_nobody(evening: Evening) -> None:
    """The same scopes again: nobody has to read about it."""
    scopes = ("press yes",) * 5
    evening.does(PATIENT, "/menu", "press change", *scopes, "press confirm")
    assert notices(evening) == []


def test_a_case_that_is_closed_pushes_nothing_more(evening: Evening) -> None:
    """Not even the goal that both had agreed on."""
    evening.takes_goal("18:30")
    evening.does(THERAPIST, "/menu", "press cases", "press case", "press manage")
    evening.does(THERAPIST, "press close", "press ended", "press close 1")
    assert evening.waits(evening.now + timedelta(days=2)) == ()
    assert evening.chat(PARTNER).case is None
