"""The data of a language: checked strictly, every problem told at once with its place."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from bot.safety.reading import CALM, FRICTION_KINDS, About, Tier
from bot.understanding.lexicon import (
    AMBER_TRIGGERS,
    LABELS,
    RED_TRIGGERS,
    Kind,
    LexiconError,
    compile_lexicon,
)
from bot.understanding.reader import Reader, build_reader, understand_line
from tests.files import read_yaml

CONTENT = Path(__file__).parents[2] / "content"
LANGUAGES = ["it", "en"]

Data = dict[str, Any]


def content(language: str) -> Data:
    """Return the data of one language as it ships."""
    data: Data = read_yaml(CONTENT / language / "safety.yaml")
    return data


def small(**changes: object) -> Data:
    """Return the smallest complete data, with sections changed."""
    data: Data = {
        "status": "draft",
        "clinical_reviewer": "none",
        "words": {"vuole": "vuole|vorrebbe"},
        "spelling": {"nn": "non"},
        "misspelt": ["morire"],
        "clear": {
            trigger: {"other": [f"chiaro {trigger}"], "self": [f"mio {trigger}"]}
            for trigger in RED_TRIGGERS
        },
        "open": {trigger: {"unclear": [f"aperto {trigger}"]} for trigger in RED_TRIGGERS},
        "amber": {trigger: [f"ambra {trigger}"] for trigger in AMBER_TRIGGERS},
        "labels": {label: [f"segno {label}".replace("_", " ")] for label in LABELS},
        "idioms": ["aperto R3 dal ridere"],
        "negations": ["non"],
        "denials": ["il medico lo esclude"],
        "long_past": {"when": ["anni fa"], "over": ["oggi sta bene"]},
        "elsewhere": ["nel film"],
        "reported": ["mi ha scritto"],
        "persons": {"self": ["io"], "other": ["lui"]},
        "contrast": ["ma"],
    }
    data["labels"]["friction"] = {
        kind: [f"frase {kind}".replace("_", " ")] for kind in FRICTION_KINDS
    }
    data["clear"]["R3"]["unclear"] = ["<vuole> morire"]
    return data | deepcopy(changes)


def reader(**changes: object) -> Reader:
    """Return a reader of the small data."""
    return build_reader({"it": small(**changes)})


def problems(**changes: object) -> list[str]:
    """Return what is told about changed data."""
    with pytest.raises(LexiconError) as told:
        compile_lexicon("it", small(**changes))
    return list(told.value.problems)


# --- what ships


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_ships_can_be_used(language: str) -> None:
    """Every kind of entry is there, every trigger has clear and open words."""
    entries = compile_lexicon(language, content(language)).entries
    assert {entry.kind for entry in entries} == set(Kind)
    for kind in (Kind.CLEAR, Kind.OPEN):
        assert {entry.key for entry in entries if entry.kind is kind} == set(RED_TRIGGERS)
    assert {entry.key for entry in entries if entry.kind is Kind.AMBER} == set(AMBER_TRIGGERS)
    assert {entry.key for entry in entries if entry.kind is Kind.FRICTION} == set(FRICTION_KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_ships_is_honest_about_its_review(language: str) -> None:
    """A draft has no reviewer; whoever signs writes name and day."""
    data = content(language)
    assert (data["status"] == "draft") == (data["clinical_reviewer"] == "none")


@pytest.mark.parametrize("language", LANGUAGES)
def test_R3_and_R7_know_who_is_meant(language: str) -> None:
    """The card depends on it: both persons have words of their own."""
    for trigger in ("R3", "R7"):
        assert {"self", "other"} <= set(content(language)["clear"][trigger])


# --- what is told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"idoms": ["x"]}, "it: idoms: is no section of the schema; rename it or take it out"),
        ({"idioms": []}, "it: idioms: is no list with entries; add at least one entry"),
        (
            {"idioms": ["(aperto"]},
            "it: idioms, entry 1: «(aperto» opens a bracket that is never closed; add `)`",
        ),
        (
            {"idioms": ["aperto", {"say": "aperto"}]},
            "it: idioms, entry 2: {'say': 'aperto'} is no expression; write text, or say and past",
        ),
        ({"spelling": {"no": True}}, "it: spelling: 'no': True is not text; put both in quotes"),
        ({"misspelt": [1]}, "it: misspelt: 1 is not text; put it in quotes"),
        (
            {"persons": {"self": ["io"]}},
            "it: persons: other is missing; add it with at least one expression",
        ),
        ({"persons": "io"}, "it: persons: holds no names; write `name:` lines below it"),
        (
            {"amber": {"A10": ["x"]}},
            "it: amber: 'A10' is unknown; use one of A1, A2, A3, A4, A5, A6, A7, A9, A12",
        ),
        ({"open": {}}, "it: open: R9 is missing; add it with at least one expression"),
        (
            {"clear": {"R1": {"mine": ["x"]}}},
            "it: clear.R1: 'mine' is unknown; use one of self, other, unclear",
        ),
    ],
)
def test_a_problem_names_thing_place_and_mend(changes: Mapping[str, object], told: str) -> None:
    """Whoever edits the file finds the line without asking a developer."""
    assert told in problems(**changes)


def test_all_problems_are_told_at_once_for_all_languages() -> None:
    """One run of the check is enough to mend a file."""
    with pytest.raises(LexiconError) as told:
        build_reader({"it": small(idioms=[], contrast=["("]), "en": small(denials=[])})
    assert [problem.split(":")[0] for problem in told.value.problems] == ["it", "it", "en"]


# --- how findings are weighed


@pytest.mark.parametrize(
    ("message", "tier"),
    [
        ("vuole morire", Tier.RED),
        ("vorrebbe moriire", Tier.RED),
        ("nn vuole morire", Tier.CHECK),
        ("vuole morire dal ridere", Tier.RED),
        ("chiaro R3 ma il medico lo esclude", Tier.RED),
        ("nel film lui vuole morire", Tier.CHECK),
        ("aperto R3", Tier.CHECK),
        ("aperto R3 dal ridere", Tier.NONE),
        ("aperto R3 dal ridere, poi aperto R3", Tier.CHECK),
        ("nel film aperto R3", Tier.NONE),
        ("nel film no. aperto R3", Tier.CHECK),
        ("aperto R3 ma il medico lo esclude", Tier.NONE),
        ("non vuole morire, il medico lo esclude", Tier.NONE),
        ("il medico lo esclude. poi di nuovo. aperto R3", Tier.CHECK),
        ("anni fa aperto R3, oggi sta bene", Tier.NONE),
        ("anni fa aperto R3", Tier.CHECK),
        ("aperto R3, oggi sta bene", Tier.CHECK),
        ("ambra A1", Tier.AMBER),
        ("ambra A1 e aperto R3", Tier.CHECK),
        ("ambra A1 e chiaro R3", Tier.RED),
        ("ciao", Tier.NONE),
    ],
)
def test_nothing_cancels_what_is_clear_and_reasons_let_go_of_what_is_open(
    message: str, tier: Tier
) -> None:
    """Clear words decide; open ones go with an idiom, a film, a report or a past that is over."""
    assert reader().read(message).tier is tier


def test_what_was_done_once_long_ago_is_asked_about() -> None:
    """«ha tentato» of twenty years ago is no emergency now; a wish said now always is."""
    one = reader(clear=small()["clear"] | {"R1": {"other": [{"say": "ha tentato", "past": True}]}})
    assert one.read("ha tentato").tier is Tier.RED
    assert one.read("anni fa ha tentato").tier is Tier.CHECK
    assert one.read("anni fa ha tentato, oggi sta bene").tier is Tier.NONE


@pytest.mark.parametrize(
    ("message", "about"),
    [
        ("chiaro R3", About.OTHER),
        ("mio R3", About.SELF),
        ("mi ha scritto: mio R3", About.OTHER),
        ("mi ha scritto mio R3", About.OTHER),
        ("mi ha scritto. mio R3", About.SELF),
        ("vuole morire", About.UNCLEAR),
        ("lui vuole morire", About.OTHER),
        ("lui e io, vuole morire", About.UNCLEAR),
        ("chiaro R3 e mio R3", About.UNCLEAR),
        ("chiaro R7", About.OTHER),
        ("mio R7", About.SELF),
        ("mi ha scritto: mio R7", About.UNCLEAR),
        ("lui aperto R7", About.UNCLEAR),
    ],
)
def test_who_is_meant_chooses_the_card_and_is_never_guessed_in_R7(
    message: str, about: About
) -> None:
    """A quoted «voglio morire» is the other's; who did the violence is never concluded."""
    assert reader().read(message).about is about


def test_the_most_urgent_trigger_is_answered() -> None:
    """What takes minutes comes before what takes hours; the same day before 72 hours."""
    assert reader().read("chiaro R3 e chiaro R1").trigger == "R1"
    assert reader().read("aperto R1 e chiaro R3").trigger == "R3"
    assert reader().read("ambra A1 e ambra A2").trigger == "A2"


def test_A8_an_access_request_gets_the_boundary() -> None:
    """No danger, and yet an answer of its own."""
    reading = reader().read("segno access request")
    assert (reading.tier, reading.trigger, reading.label) == (Tier.NONE, "A8", "access_request")


def test_friction_kinds_are_told_in_order_and_once() -> None:
    """The phrase coach names the pattern; two of them are two."""
    reading = reader().read("frase guilt, frase threat, frase guilt")
    assert (reading.label, reading.friction) == ("friction", ("guilt", "threat"))


def test_a_message_about_nothing_is_calm() -> None:
    """No label is invented."""
    assert reader().read("ciao") == CALM
    assert reader().read("") == CALM


def test_a_line_of_the_understand_command_keeps_its_id() -> None:
    """The answer has the fields that the scorer reads."""
    assert understand_line(reader(), {"id": "x-1", "lang": "it", "text": "chiaro R1"}) == {
        "id": "x-1",
        "tier": "red",
        "trigger": "R1",
        "label": "suicide_other",
        "friction": [],
    }


@pytest.mark.parametrize("record", [{"id": "x"}, {"text": "x"}, {"id": 1, "text": "x"}])
def test_a_line_without_id_or_text_says_what_to_add(record: Mapping[str, object]) -> None:
    """Wrong input is told in one line."""
    with pytest.raises(ValueError, match='needs "id" and "text"'):
        understand_line(reader(), record)
