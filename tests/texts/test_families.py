"""The list of names that the program puts together is the source's own."""

from pathlib import Path

from bot.flows.amber import _THERAPIST as TO_THE_THERAPIST
from bot.flows.notices import _NOTICES as NOTICES
from bot.texts.families import FAMILIES
from bot.texts.rules.lexicon import FAULT
from bot.texts.said import read_source
from bot.understanding.lexicon import LexiconError, compile_lexicon

BOT = Path(__file__).parent.parent.parent / "bot"


def test_every_pattern_of_the_source_is_listed_and_no_other() -> None:
    """A new f-string for an entry fails here until its family is written down."""
    patterns = {m.id for m in read_source(BOT).mentions if m.sure and "*" in m.id}
    aside = {"amber.*", "command.*"}  # put together first, said later
    assert patterns == set(FAMILIES) - aside


def test_the_notices_are_those_of_the_flow() -> None:
    """Each role with the kinds it is told."""
    told = {f"notice.{role}_{kind}" for role, kinds in NOTICES.items() for kind in kinds}
    assert set(FAMILIES["notice.*_*"]) == told


def test_amber_asks_for_words_without_a_therapist_where_one_is_named() -> None:
    """Whom to turn to differs when nobody leads a therapy."""
    alone = {name for name in FAMILIES["amber.*"] if name.endswith("_alone")}
    assert alone == {f"amber.{trigger.lower()}_whom_alone" for trigger in TO_THE_THERAPIST}


def test_the_faults_of_the_compiler_have_the_form_the_check_reads() -> None:
    """Language, place, fault: so that each gets its line in safety.yaml."""
    try:
        compile_lexicon("it", {"clear": {"R1": {"other": ["(", "[x"]}}, "nowhere": []})
    except LexiconError as error:
        faults = error.problems
    assert len(faults) > 20
    places = [found["place"] for fault in faults if (found := FAULT.fullmatch(fault))]
    assert len(places) == len(faults)
    assert {"clear", "clear.R1.other", "nowhere"} <= set(places)
