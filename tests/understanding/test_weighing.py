"""What a finding amounts to where it stands: said not to be so, told of a film, asked about."""

from functools import cache

import pytest

from bot.safety.reading import Tier
from bot.understanding.lexicon import compile_lexicon
from bot.understanding.matching import Matcher
from bot.understanding.reader import Reader, build_reader
from bot.understanding.weighing import Evidence, weigh
from tests.understanding.test_lexicon import LANGUAGES, content


@cache
def reader() -> Reader:
    """The lexicons of both languages, alone."""
    return build_reader({language: content(language) for language in LANGUAGES})


@pytest.mark.parametrize(
    ("plain", "negated", "trigger"),
    [
        ("beve tutte le sere", "non beve tutte le sere, anzi", "A4"),
        ("mi controlla il telefono", "non mi controlla il telefono", "A7"),
        ("ha smesso le medicine", "non ha smesso le medicine", "A2"),
        ("she stopped taking her meds", "she hasn't stopped taking her meds", "A2"),
        ("he is getting worse", "he is not getting worse", "A1"),
    ],
)
def test_an_amber_that_is_said_not_to_be_so_is_none(plain: str, negated: str, trigger: str) -> None:
    """«Non beve più» is good news."""
    assert reader().read(plain).trigger == trigger
    assert reader().read(negated).tier is Tier.NONE


@pytest.mark.parametrize("text", ["cosa faccio se beve tutte le sere", "e se beve? beve ogni sera"])
def test_a_question_about_it_is_no_denial(text: str) -> None:
    """Who asks what to do if has seen something."""
    assert reader().read(text).trigger == "A4"


def test_an_amber_of_long_ago_that_is_over_is_none() -> None:
    """It was then."""
    text = "dieci anni fa mi controllava il telefono, adesso va bene"
    assert reader().read("mi controllava il telefono").trigger == "A7"
    assert reader().read(text).tier is Tier.NONE


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dice che vuole morire", "red"),
        ("non vuole morire", "doubted"),
        ("nel film la protagonista dice che vuole morire", "proposed"),
        ("nel film la protagonista non vuole morire", "doubted"),
    ],
)
def test_a_film_leaves_the_word_to_whoever_reads_the_whole(text: str, found: str) -> None:
    """A clear expression out of a film is proposed; alone, the lexicon still asks."""
    evidence, lexicon = Evidence(), compile_lexicon("it", content("it"))
    for form in lexicon.speller.forms(text):
        weigh(form, Matcher(lexicon.entries).find(form), evidence)
    strongest = next(kind for kind in ("red", "doubted", "proposed") if getattr(evidence, kind))
    assert strongest == found
    assert reader().read(text).tier is (Tier.RED if found == "red" else Tier.CHECK)
