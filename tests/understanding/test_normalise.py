"""From what a thumb typed to a form: nothing that a phone does to a word may hide it."""

from pathlib import Path

import pytest

from bot.safety.reading import About, Tier
from bot.understanding.normalise import Speller, clean, near_misses
from bot.understanding.reader import Reader, build_reader
from tests.files import read_yaml

ITALIAN = Path(__file__).parents[2] / "content" / "it" / "safety.yaml"
LONGEST_MESSAGE = 4_096  # Telegram's limit, in characters
SPELLER = Speller({"nn": "non", "xke": "perche"}, {"ke": "che"}, {"💊": "pastiglie"})


@pytest.fixture(scope="module")
def reader() -> Reader:
    """Return a reader of Italian."""
    return build_reader({"it": read_yaml(ITALIAN)})


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("VOGLIO Morire", "voglio morire "),
        ("perché più così", "perche piu cosi "),
        ("e' piu' perche'", "e piu perche "),
        ("E’ uscita, c`è", "e uscita , c e "),
        ("v̷̢̛o̴g̶l̸i̵o̸ m̷o̶r̵i̸r̷e̴", "voglio morire "),
        ("vog\u200blio\u202e mor\u00adire\u2069", "voglio morire "),
        ("𝓿𝓸𝓰𝓵𝓲𝓸 𝕞𝕠𝕣𝕚𝕣𝕖", "voglio morire "),
        ("v\u043egli\u043e m\u043erir\u0435", "voglio morire "),  # Cyrillic
        ("ｖｏｇｌｉｏ　ｍｏｒｉｒｅ", "voglio morire "),
        ("nn xke ancke", "non perche ancche "),
        ("💊💊", "pastiglie pastiglie "),
        ("aiuto!!! come??? ok", "aiuto . come ? ok "),
        ("uno\n\ndue", "uno ; due "),
        ("dice: «basta»", "dice : basta : "),
        ("", ""),
        ("🫥", ""),
    ],
)
def test_what_was_typed_becomes_plain_words(typed: str, form: str) -> None:
    """Capitals, accents, ornament, invisible signs and phone spelling leave the same words."""
    assert SPELLER.forms(typed)[0] == form


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("mooorireee", "morire "),
        ("v o g l i o morire", "voglio morire "),
        ("m.o.r.i.r.e", "morire "),
        ("m0r1re", "morire "),
    ],
)
def test_a_stretched_or_disguised_word_is_also_read_plainly(typed: str, form: str) -> None:
    """Runs of three letters, letters apart and figures for letters give one more form."""
    assert form in SPELLER.forms(typed)


@pytest.mark.parametrize("word", ["sonno", "penna", "anno"])
def test_two_letters_are_italian_and_stay(word: str) -> None:
    """«sonno» is not «sono», «penna» is not «pena»: only three letters are a stretch."""
    assert SPELLER.forms(word) == (f"{word} ",)


@pytest.mark.parametrize("mark", ["'", "’", "‘", "`", "´", "ʼ", "′"])
def test_every_apostrophe_is_the_same(mark: str) -> None:
    """A keyboard chooses among them; the words on both sides are found all the same."""
    assert SPELLER.forms(f"l{mark}ha detto") == ("l ha detto ",)


def test_emoji_with_and_without_a_skin_or_style_are_the_same() -> None:
    """A variation selector after a sign is no other sign."""
    assert clean("💊\ufe0f") == "💊"


def test_a_slip_of_the_thumb_is_a_letter_lost_doubled_or_swapped() -> None:
    """The first letter is trusted, the word itself is no slip."""
    slips = near_misses(["morire"])
    assert {"moire", "morrire", "mroire"} <= set(slips)
    assert "orire" not in slips
    assert "morire" not in slips


@pytest.mark.parametrize(
    "typed",
    [
        "v̷̢̛o̴g̶l̸i̵o̸ m̷o̶r̵i̸r̷e̴",
        "\u202evoglio\u202c mor\u200dire",
        "VOGLIOOO MORIREEEE",
        "v\u043eglio m\u043erir\u0435",  # Cyrillic
        "v.o.g.l.i.o m.o.r.i.r.e",
        "vogl1o m0rire",
        "vojo morire",
        "volgio morrire",
    ],
)
def test_R3_is_heard_through_every_disguise(reader: Reader, typed: str) -> None:
    """The cry is the same however the keyboard dressed it."""
    assert reader.read(typed).tier is Tier.RED


@pytest.mark.parametrize(
    "typed",
    ["xké nn vuole più vivere", "perche' non vuole piu' vivere", "PERCHÉ NN VUOLE + VIVERE"],
)
def test_R3_is_heard_with_and_without_accents(reader: Reader, typed: str) -> None:
    """Accents, apostrophes for accents, phone spelling and capitals."""
    reading = reader.read(typed)
    assert (reading.tier, reading.trigger) == (Tier.RED, "R3")


def test_R3_is_heard_at_the_end_of_the_longest_message(reader: Reader) -> None:
    """Somebody may write a whole evening before the one sentence that matters."""
    cry = " Stanotte mi ha detto che vuole morire"
    evening = "oggi abbiamo mangiato la minestra e guardato la pioggia dalla finestra. " * 80
    message = evening[: LONGEST_MESSAGE - len(cry)] + cry
    assert len(message) == LONGEST_MESSAGE
    reading = reader.read(message)
    assert (reading.tier, reading.about) == (Tier.RED, About.OTHER)


def test_R1_is_heard_when_the_sentence_was_sent_in_two(reader: Reader) -> None:
    """Neither half is an alarm; together they are, and only the half that is new counts."""
    assert reader.read("ha preso").tier is Tier.NONE
    assert reader.read("tutte le pastiglie").tier is Tier.NONE
    together = reader.read("tutte le pastiglie", ["ciao", "ha preso"])
    assert (together.tier, together.trigger) == (Tier.RED, "R1")


def test_what_was_answered_with_an_earlier_message_is_not_answered_again(reader: Reader) -> None:
    """Three minutes of memory complete a sentence; they do not repeat an alarm."""
    assert reader.read("ok, adesso dorme qui con me", ["vuole morire"]).tier is Tier.NONE
