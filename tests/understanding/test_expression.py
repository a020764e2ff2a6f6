"""The expressions that clinicians write: what each sign means, what is told when one is wrong."""

import time

import pytest

from bot.understanding.expression import MOST_GAPS, ExpressionError, Expressions
from bot.understanding.lexicon import Entry, Kind
from bot.understanding.matching import Matcher
from bot.understanding.normalise import Speller, clean

LONGEST_MESSAGE = 4_096  # Telegram's limit, in characters
PATIENCE = 0.050  # seconds
SPELLER = Speller({"nn": "non", "x": "per"})
NAMES = {"vuole": "vuole|vorrebbe", "pills": "pastiglie|gocce"}
LANGUAGE = Expressions(lambda word: SPELLER.spell(clean(word)), NAMES)


def found(expression: str, message: str) -> bool:
    """Return whether an expression is found in a message, the way a reader looks for it."""
    matcher = Matcher([Entry(Kind.CLEAR, LANGUAGE.parse(expression))])
    return any(matcher.find(form) for form in SPELLER.forms(message))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("vuole morire", "Dice che VUOLE, morire"),
        ("vuole morire", "vuole «morire»"),
        ("(vuole|vorrebbe) morire", "vorrebbe morire"),
        ("(vuole|(ha|aveva) deciso di) morire", "aveva deciso di morire"),
        ("suicid*", "il suicidio"),
        ("non (lo|la)? vuole", "non vuole"),
        ("non (lo|la)? vuole", "nn la vuole"),
        ("ha preso ... pastiglie", "ha preso pastiglie"),
        ("ha preso ... pastiglie", "ha preso ieri sera tutte le pastiglie"),
        ("<vuole> morire", "vorrebbe morire"),
        ("<vuole>? sparire", "sparire"),
        ("mi spinge !(a|verso)", "mi spinge contro il muro"),
        ("mi spinge !(a !(terra)|verso)", "mi spinge a terra"),
        ("perché non esci ?", "e perche' non esci???"),
        ("ha partorito & voci", "sente le voci da quando ha partorito"),
        ("ha partorito & voci", "ha partorito, sente le voci"),
        ("x lui", "per lui"),
        ("l'ha detto", "l’ha detto"),
    ],
)
def test_an_expression_finds_what_it_says(expression: str, message: str) -> None:
    """Spelling, accents, capitals, commas and quotes do not matter."""
    assert found(expression, message)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("vuole morire", "non morire, vuole vivere"),
        ("vuole morire", "vuole. morire di freddo no"),
        ("vuole morire", "stravuole morire"),
        ("suicid*", "presuicidio"),
        ("ha preso ... pastiglie", "ha preso il treno e poi a casa le pastiglie"),
        ("ha preso ... pastiglie", "ha preso freddo. pastiglie per la gola"),
        ("mi spinge !(a|verso)", "mi spinge a iscrivermi"),
        ("mi spinge !(a|verso)", "mi spinge, a iscrivermi"),
        ("perché non esci ?", "perché non esci"),
        ("ha partorito & voci", "ha partorito"),
        ("ha partorito & voci", "ha partorito" + " e poi" * 60 + " voci"),
    ],
)
def test_an_expression_finds_nothing_else(expression: str, message: str) -> None:
    """Words have borders, gaps have an end, and no sentence runs into the next one."""
    assert not found(expression, message)


@pytest.mark.parametrize(
    ("expression", "thing", "mend"),
    [
        ("(vuole morire", "opens a bracket that is never closed", "add `)`"),
        ("vuole) morire", "has a stray `)`", "put alternatives in brackets"),
        ("vuole | morire", "has a stray `|`", "put alternatives in brackets"),
        ("(vuole|) morire", "has an empty place", "put a word there or take it out"),
        ("", "has an empty place", "put a word there or take it out"),
        ("vuole &", "has an empty place", "put a word there or take it out"),
        ("... morire", "begins with `...`", "begin with a word"),
        ("!(vuole) morire", "begins with `!`", "begin with a word"),
        ("vuole !", "has a `!` before nothing", "write the words after it"),
        ("(vuole)? (morire)?", "holds no word that must be there", "add one outside `?`"),
        (
            "a ... b ... c ... d ... e",
            f"has more than {MOST_GAPS} gaps",
            "split it in two or use &",
        ),
        ("<voule> morire", "names <voule>, which `words:` does not hold above", "add it"),
        ("l'ult* volta", "has an apostrophe in `l'ult*`", "write it as two words"),
        ("vuole.morire", "cannot be read from `.morire` on", "see the list of signs"),
    ],
)
def test_an_error_names_the_thing_and_the_mend(expression: str, thing: str, mend: str) -> None:
    """A clinician reads it, who has never seen a regular expression."""
    with pytest.raises(ExpressionError) as told:
        LANGUAGE.parse(expression)
    said = str(told.value)
    assert said.startswith(thing)
    assert said.endswith(mend)


HOSTILE = {
    "one word again and again": "vuole ",
    "the beginning of an expression": "ha preso le ",
    "everything but the end": "ha preso tutte le sue ",
    "one letter": "a",
    "marks": ",;:.?!",
    "commas between words": "vuole, ",
    "open quotes": "« ",
    "stars of zalgo": "a\u0336\u0322\u031b",
}


@pytest.mark.parametrize("piece", [pytest.param(HOSTILE[name], id=name) for name in HOSTILE])
def test_a_hostile_message_costs_no_more_than_its_length(piece: str) -> None:
    """No message of any shape may hold up the chats of others."""
    expressions = (
        "ha preso ... (tutte|troppe) ... pastiglie ... insieme",
        "(vuole|vorrebbe) (solo)? (solo)? (solo)? morire !(dal|di)",
        "vuole ... vuole ... vuole ... morire",
        "a* ... a* ... a* ... b*",
        "ha preso & vuole & morire",
    )
    matcher = Matcher([Entry(Kind.CLEAR, LANGUAGE.parse(one)) for one in expressions])
    message = (piece * LONGEST_MESSAGE)[:LONGEST_MESSAGE]
    started = time.thread_time()
    for form in SPELLER.forms(message):
        matcher.find(form)
    assert time.thread_time() - started < PATIENCE
