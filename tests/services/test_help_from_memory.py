"""P7: the card that was meant, when the database is gone or locked or a text is missing."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.engine.effects import Words
from bot.safety.alarm import Level
from bot.safety.fallback import FALLBACK
from bot.safety.reading import About, Reading, Tier
from bot.services import converse, outage
from bot.services.heard import Heard
from bot.services.parts import LastKnown, Parts
from bot.services.speaking import context_of
from bot.store.errors import Unreachable
from bot.terminal.stage import ACCOUNTS
from bot.texts.render import label
from tests.parts import FILE, parts_in
from tests.script import Script
from tests.services.conftest import BEGINS
from tests.services.evening import PARTNER, SEED, Evening, without
from tests.theatre import Theatre

ME = ACCOUNTS[PARTNER]
STRANGER = 77
WITHIN = 1.0  # seconds

_READ = {
    "pastiglie": Reading(Tier.RED, "R1", about=About.OTHER),
    "morire": Reading(Tier.RED, "R3", about=About.OTHER),
    "gola": Reading(Tier.RED, "R7", about=About.OTHER),
    "peso": Reading(Tier.CHECK, "R3", about=About.OTHER),
}
CARDS = {"pastiglie": "card.now", "morire": "card.other", "gola": "card.violence"}


def read(text: str, earlier: tuple[str, ...] = ()) -> Reading:
    """Read a few words; two of them only together."""
    whole = " ".join((*earlier, text))
    if "ha preso tutte" in " ".join(earlier) and "quelle" in text:
        return _READ["pastiglie"]
    return next((made for word, made in _READ.items() if word in whole), Reading())


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """The real parts, but for the reader."""
    with parts_in(tmp_path, read) as made:
        yield made


@pytest.fixture
def evening(parts: Parts) -> Evening:
    """Three people; the partner has written once, from Great Britain."""
    evening = Evening(Theatre(parts, Script("", "en", "", BEGINS, with_case=True, lines=())))
    evening.hears(Heard(ME, "command", 1, "it", name="menu"))
    return evening


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the writer's lock of the database, as a backup gone wrong would."""
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


@pytest.mark.parametrize(("word", "card"), CARDS.items())
def test_P7_the_card_that_was_meant_with_the_numbers_of_the_country(
    evening: Evening, tmp_path: Path, word: str, card: str
) -> None:
    """With the database locked, within a second, in the language the person has chosen."""
    with locked(tmp_path):
        since = time.monotonic()
        shown = outage.fallback(evening.parts, Heard(ME, "text", 2, "it", word), evening.now)
        assert time.monotonic() - since < WITHIN
    assert shown
    context = context_of(evening.parts, evening.chat(), evening.now)
    begins = label(evening.parts.bundle, Words(card, {"emergency": "999", **_LINES}), context)
    assert shown.text.replace("\n", " ").startswith(begins[:40])
    assert "999" in shown.text
    assert [b.move for row in shown.rows for b in row] == [
        "more_numbers",
        "text_instead",
        "sos",
        "menu",
    ]
    assert all(button.revision is None for row in shown.rows for button in row)
    assert shown.tier == "red"


_LINES = {"line": "", "violence": "", "child": ""}


@pytest.mark.parametrize("move", ["sos", "danger_now", "more_numbers", "text_instead"])
def test_P7_the_buttons_of_that_card_need_no_database_either(evening: Evening, move: str) -> None:
    """One card leads to the other; a doubt gets the numbers, for its answer could not be kept."""
    shown = outage.fallback(evening.parts, Heard(ME, "button", 2, "it", name=move), evening.now)
    doubt = outage.fallback(evening.parts, Heard(ME, "text", 3, "it", "un peso"), evening.now)
    assert shown
    assert doubt
    assert "999" in shown.text[:80]
    assert "116 123" in doubt.text


@pytest.mark.parametrize("missing", ["card.other", "line.always"])
def test_P7_without_its_words_the_card_that_needs_nothing(evening: Evening, missing: str) -> None:
    """Content gone from under the bot, in whole or in part."""
    with without(evening.parts, missing):
        shown = outage.fallback(evening.parts, Heard(ME, "text", 2, "it", "morire"), evening.now)
    assert shown
    assert (shown.text, shown.rows) == (FALLBACK["it"], ())


def test_P7_a_stranger_gets_the_card_that_needs_nothing(evening: Evening) -> None:
    """After a restart nobody is known: 112, elsewhere the local number, and the directory."""
    shown = outage.fallback(evening.parts, Heard(STRANGER, "text", 2, "it", "morire"), evening.now)
    assert shown
    assert shown.text == FALLBACK["it"]


def test_P7_a_cry_in_pieces_is_read_whole_although_its_turn_fails_R1(
    evening: Evening, tmp_path: Path
) -> None:
    """The pieces before it were read while everything worked."""
    evening.hears(Heard(ME, "text", 2, "it", "ha preso tutte"))
    last = Heard(ME, "text", 3, "it", "quelle del bagno")
    with locked(tmp_path):
        reading = converse.read(evening.parts, last, evening.now)
        with pytest.raises(Unreachable):
            converse.answer(evening.parts, last, reading, evening.now, SEED)
        shown = outage.fallback(evening.parts, last, evening.now)
    assert shown
    assert "999" in shown.text
    assert evening.chat().alarm.level is Level.GREEN, "the update comes again"


def test_words_behind_a_command_are_read_when_its_turn_fails_P7(evening: Evening) -> None:
    """«/menu vuole morire» is a cry as well."""
    heard = Heard(ME, "command", 2, "it", "vuole morire", "menu", "vuole morire")
    assert outage.fallback(evening.parts, heard, evening.now)
    heard = Heard(ME, "command", 2, "it", "", "menu", "vuole morire")
    assert outage.fallback(evening.parts, heard, evening.now)
    assert not outage.fallback(
        evening.parts, Heard(ME, "command", 2, "it", name="menu"), evening.now
    )


def test_whoever_was_erased_is_not_remembered_P10(evening: Evening) -> None:
    """What is known of an account for the card goes with the rest."""
    assert evening.parts.known.of(ME)
    evening.hears(Heard(ME, "command", 2, "it", name="delete"))
    evening.hears_press(ME, "yes")
    assert evening.parts.known.of(ME) is None


def test_what_is_remembered_has_an_end(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest account goes first."""
    monkeypatch.setattr("bot.services.parts.MOST_ACCOUNTS", 2)
    known, wishes = LastKnown(), evening.chat().preferences
    for account in (1, 2, 1, 3):
        known.note(account, wishes)
    assert [known.of(account) is not None for account in (1, 2, 3)] == [True, False, True]
