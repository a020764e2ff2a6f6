"""The gate before own words, over the lists that are shipped: what it stops and what it lets by."""

import pytest

from bot.bootstrap import content_folder
from bot.flows.own_words import KINDS, Gate
from bot.services.parts import offer_of
from bot.texts.bundle import load
from tests.texts.small import Small

STOPPED = {
    "phone": (
        "chiama mia sorella 333 123 4567",
        "ring +44 20 7946 0958",
        "06-5550100",
        "call 0800123456",
    ),
    "medicine": (
        "salta le pastiglie",
        "mezza DOSE la sera",
        "prende 20 mg",
        "skips her pills",
        "stops the meds",
    ),
    "food": (
        "mangia poco",
        "perde peso",
        "60 kg",
        "eats too little",
        "weight on the scales",
        "la dieta",
    ),
    "demand": (
        "farlo alzare alle 7",
        "farla uscire di casa",
        "deve reagire",
        "convincerlo a venire",
        "che si lavi",
        "Alzati!",
        "controllare che esca",
        "make him get up",
        "get her out of bed",
        "she must wash",
        "check his phone",
    ),
    "verdict": (
        "è pigra",
        "fa apposta a non parlare",
        "non gli importa di noi",
        "è colpa sua",
        "he is lazy",
        "doesn’t care about us",
        "playing the victim",
    ),
}
LET_BY = (
    "salta due pasti",
    "a letto a mezzogiorno",
    "non risponde ai messaggi da 2 giorni",
    "la sera resta in macchina",
    "piatti fermi da giorni",
    "sonno spostato da 3 notti",
    "colazione insieme a tavola",
    "cinque minuti fuori insieme",
    "farle compagnia dieci minuti",
    "farle sapere che ci sono",
    "un bicchiere d'acqua al risveglio",
    "alle 18:30 due passi",
    "skips two meals",
    "still in bed at noon",
    "no answer to messages for 2 days",
    "post left unopened since 12 May",
    "hours on the tablet",
    "breakfast at the table, together",
    "a walk at 18:30, 10 minutes",
    "bring them a glass of water",
    "lies in bed all day",
    "I have to call my sister",
)


@pytest.fixture(scope="module")
def gate() -> Gate:
    """The gate as the flows get it: both languages, whichever is set."""
    return offer_of(load(content_folder())).gate


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in STOPPED.items() for text in texts]
)
def test_M05_what_does_not_belong_on_a_list_is_stopped(gate: Gate, kind: str, text: str) -> None:
    """In either language, whatever the capitals, accents and apostrophes."""
    assert gate.stops(text) == kind


@pytest.mark.parametrize("text", LET_BY)
def test_M05_what_can_be_seen_or_done_is_let_by(gate: Gate, text: str) -> None:
    """A list that stops too much teaches nobody."""
    assert gate.stops(text) == ""


def test_M05_what_the_catalogues_offer_is_let_by(gate: Gate) -> None:
    """Nobody is turned away with our own words."""
    bundle = load(content_folder())
    offered = [
        "".join(run.text for run in entry.texts[name])
        for data in bundle.data.values()
        for entries in (data.goals, data.signs)
        for entry in entries.values()
        for name in entry.texts
    ]
    assert {text: gate.stops(text) for text in offered if gate.stops(text)} == {}


def test_M05_ten_thousand_characters_are_judged_at_once(gate: Gate) -> None:
    """No pattern walks into the woods."""
    for text in ("a" * 10_000, "1 " * 5_000, "farlo " * 2_000, "non " * 2_500):
        gate.stops(text)


def test_every_language_stops_every_kind() -> None:
    """A list that was forgotten would let everything by."""
    for lang, data in load(content_folder()).data.items():
        assert [kind for kind, patterns in data.gate.kinds if patterns] == list(KINDS), lang


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("phone: ['(']", "own_words.yaml:1: phone: no regular expression"),
        ("phone: []", "own_words.yaml:1: phone is a list with at least one item"),
        ("weather: ['rain']", "own_words.yaml:1: weather is not a field of this file"),
    ],
)
def test_a_list_that_cannot_be_used_is_told(content: Small, text: str, told: str) -> None:
    """With its file and line, as everything in content."""
    content.write("it/own_words.yaml", text + "\n")
    assert any(told in problem for problem in content.problems())
