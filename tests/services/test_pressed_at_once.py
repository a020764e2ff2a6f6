"""One button pressed a hundred times at the same moment, and buttons of somebody else."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from bot.messenger.buttons import sign, verify
from bot.services.heard import Heard, ShownButton
from bot.store.tables import CALL_REQUEST, CONTACT_REQUEST, DUE
from bot.terminal.stage import ACCOUNTS
from tests.services.evening import PARTNER, PATIENT, THERAPIST, Evening

TAPS = 100
KEY = bytes(32)


def _taps(evening: Evening, account: int, move: str, value: str = "") -> None:
    """A hundred updates of their own, from eight threads, all on the page as it is now."""
    revision = evening.chat_of(account).revision
    heard = [
        Heard(account, "button", 7_000 + n, name=move, value=value, revision=revision)
        for n in range(TAPS)
    ]
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(evening.hears, heard))) == TAPS


def _rows(evening: Evening, table: object, *where: object) -> int:
    with evening.parts.database.reading() as unit:
        counted = select(func.count()).select_from(table).where(*where)  # type: ignore[arg-type]
        return unit.connection.scalar(counted) or 0


def test_P2_a_request_sent_a_hundred_times_at_once_is_one_request(evening: Evening) -> None:
    """And whoever leads the therapy is told once."""
    evening.does(PARTNER, "/menu", "press contact", "press topic", "press request")
    _taps(evening, ACCOUNTS[PARTNER], "send")
    assert _rows(evening, CONTACT_REQUEST) == 1
    assert _rows(evening, DUE, DUE.c.about.startswith("contact_requested")) == 1


def test_P2_a_wish_to_be_called_a_hundred_times_at_once_is_one_wish(evening: Evening) -> None:
    """The same on the patient's side."""
    evening.does(PATIENT, "/unsafe", "press ask")
    _taps(evening, ACCOUNTS[PATIENT], "yes")
    assert _rows(evening, CALL_REQUEST) == 1
    assert _rows(evening, DUE, DUE.c.about.startswith("call_asked")) == 1


@pytest.mark.parametrize("shown_to", [PARTNER, PATIENT, THERAPIST])
def test_P9_what_one_of_three_was_shown_opens_nothing_for_the_others(
    evening: Evening, shown_to: str
) -> None:
    """Every button on everybody's screen, as the others would send it."""
    for role in (PARTNER, PATIENT, THERAPIST):
        evening.does(role, "/menu")
    evening.theatre.stage.speaker = next(role for role in ACCOUNTS if role == shown_to)
    buttons = [b for shown in evening.theatre.stage.shown() for b in shown.buttons]
    assert buttons
    for button in buttons:
        data = sign(KEY, ACCOUNTS[evening.theatre.stage.speaker], button)
        for role, account in ACCOUNTS.items():
            read = verify(KEY, account, data)
            assert (read is not None) == (role == shown_to)
            assert read is None or read == ShownButton(
                "", button.move, button.value, button.revision
            )
