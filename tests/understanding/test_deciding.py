"""The lexicon and the statistical reader together: who decides what."""

from dataclasses import replace

import pytest

from bot.safety.reading import About, Reading, Tier
from bot.understanding.deciding import decide
from bot.understanding.model import Thresholds
from bot.understanding.statistical import Judgement
from bot.understanding.weighing import Claim, Evidence

AT = Thresholds(
    let_go=0.1, confirm=0.5, raise_check=0.4, raise_red=0.9, heed=0.3, kind=0.5, sure=0.7
)
HARMLESS = Judgement(0.05, 0.01, 0.1, {"vent": 0.8, "suicide_other": 0.1}, {"": 0.8, "R7": 0.2}, {})
UNEASY = replace(HARMLESS, alarm=0.2, red=0.05)
DOUBTFUL = replace(HARMLESS, alarm=0.6, red=0.3)
LIKELY = replace(HARMLESS, alarm=0.8, red=0.6)
CERTAIN = replace(HARMLESS, alarm=0.97, red=0.95)

NOTHING = Evidence()
CLEAR = Evidence(red=[Claim("R2", About.OTHER)])
NEGATED = Evidence(doubted=[Claim("R3", About.SELF)])
OPEN = Evidence(proposed=[Claim("R9", About.UNCLEAR)])
BURDEN = Evidence(proposed=[Claim("R3", About.OTHER)])
DENIED = Evidence(denied=True, dismissed=True)
AMBER = Evidence(amber=["A2"])


@pytest.mark.parametrize(
    ("evidence", "judgement", "tier"),
    [
        # A clear expression decides alone.
        (CLEAR, None, Tier.RED),
        (CLEAR, HARMLESS, Tier.RED),
        # In doubt it is asked about, whatever else is thought.
        (NEGATED, None, Tier.CHECK),
        (NEGATED, HARMLESS, Tier.CHECK),
        (NEGATED, LIKELY, Tier.CHECK),
        (NEGATED, CERTAIN, Tier.CHECK),
        # An open one is asked about alone; the statistical reader confirms it or lets it go.
        (OPEN, None, Tier.CHECK),
        (OPEN, HARMLESS, Tier.NONE),
        (OPEN, UNEASY, Tier.CHECK),
        (OPEN, DOUBTFUL, Tier.CHECK),
        (OPEN, LIKELY, Tier.RED),
        # What no list holds is raised, to red only when it is certain.
        (NOTHING, None, Tier.NONE),
        (NOTHING, HARMLESS, Tier.NONE),
        (NOTHING, UNEASY, Tier.NONE),
        (NOTHING, DOUBTFUL, Tier.CHECK),
        (NOTHING, LIKELY, Tier.CHECK),
        (NOTHING, CERTAIN, Tier.RED),
        # Signs and talk of suicide are asked about: that is the question.
        (BURDEN, HARMLESS, Tier.NONE),
        (BURDEN, CERTAIN, Tier.CHECK),
        (NOTHING, replace(CERTAIN, triggers={"R2": 0.9, "R7": 0.1}), Tier.CHECK),
        # What was reported not to be there is asked about at most.
        (DENIED, None, Tier.NONE),
        (DENIED, HARMLESS, Tier.NONE),
        (DENIED, DOUBTFUL, Tier.CHECK),
        (DENIED, CERTAIN, Tier.CHECK),
        # Amber from either, below the rest.
        (AMBER, None, Tier.AMBER),
        (AMBER, HARMLESS, Tier.AMBER),
        (AMBER, DOUBTFUL, Tier.CHECK),
        (NOTHING, replace(HARMLESS, heed=0.35), Tier.AMBER),
    ],
)
def test_the_tier(evidence: Evidence, judgement: Judgement | None, tier: Tier) -> None:
    """Every row of the order in safety.md."""
    assert decide(evidence, judgement, AT if judgement else None).tier is tier


@pytest.mark.parametrize("judgement", [None, HARMLESS])
def test_what_was_denied_and_reads_harmless_ends_with_the_line_that_sos_stays(
    judgement: Judgement | None,
) -> None:
    """And only that: neither a calm text nor one that is asked about."""
    assert decide(DENIED, judgement, AT).ruled_out
    assert not decide(NOTHING, judgement, AT).ruled_out
    assert not decide(DENIED, DOUBTFUL, AT).ruled_out


@pytest.mark.parametrize(
    ("triggers", "labels", "reading"),
    [
        (
            {"R2": 0.6, "A6": 0.9},
            {"suicide_other": 0.5, "suicide_self": 0.4, "vent": 0.9},
            Reading(Tier.CHECK, "R2", "suicide_other", About.UNCLEAR, sure=True),
        ),
        (
            {"R3": 0.6},
            {"suicide_other": 0.1, "suicide_self": 0.6},
            Reading(Tier.CHECK, "R3", "suicide_self", About.SELF, sure=True),
        ),
        (
            {"R4": 0.6},
            {"suicide_other": 0.6, "suicide_self": 0.1},
            Reading(Tier.CHECK, "R4", "suicide_other", About.OTHER, sure=True),
        ),
        # Who did the violence is never guessed: the wrong card there does harm.
        (
            {"R7": 0.6},
            {"violence": 0.6, "suicide_other": 0.2},
            Reading(Tier.CHECK, "R7", "violence", About.UNCLEAR, sure=True),
        ),
    ],
)
def test_a_danger_that_no_list_holds_names_its_card(
    triggers: dict[str, float], labels: dict[str, float], reading: Reading
) -> None:
    """The likeliest trigger of red, the likeliest danger, and a person only where one is."""
    judgement = replace(DOUBTFUL, triggers=triggers, labels=labels)
    assert decide(NOTHING, judgement, AT) == reading


def test_the_lexicon_names_the_trigger_where_it_found_one() -> None:
    """An expression was written for a trigger; the statistical reader only weighs the danger."""
    reading = decide(OPEN, replace(LIKELY, triggers={"R3": 0.9}), AT)
    assert (reading.trigger, reading.label) == ("R9", "medical_emergency")
    amber = decide(AMBER, replace(HARMLESS, triggers={"A6": 0.9}), AT)
    assert (amber.trigger, amber.label) == ("A2", "worsening")


def test_an_amber_that_no_list_holds_goes_to_the_likeliest_address() -> None:
    """The trigger decides whom to turn to."""
    judgement = replace(
        HARMLESS, heed=0.6, triggers={"R3": 0.5, "A6": 0.3}, labels={"partner_exhausted": 0.5}
    )
    reading = decide(NOTHING, judgement, AT)
    assert (reading.tier, reading.trigger) == (Tier.AMBER, "A6")
    assert reading.label == "partner_exhausted"


def test_a_calm_text_has_a_likeliest_label_and_two_others() -> None:
    """No danger is offered as a guess; what the lexicon names is likelier than it looks."""
    labels = {"vent": 0.45, "done_report": 0.3, "friction": 0.1, "suicide_self": 0.15}
    judgement = replace(HARMLESS, labels=labels, kinds={"guilt": 0.2, "threat": 0.3})
    unsure = decide(NOTHING, judgement, AT)
    assert (unsure.label, unsure.also, unsure.sure) == ("vent", ("done_report", "friction"), False)
    named = decide(Evidence(labels=["done_report"]), judgement, AT)
    assert (named.label, named.also, named.sure) == ("done_report", ("vent", "friction"), True)
    alone = decide(Evidence(labels=["done_report"]), None, None)
    assert (alone.label, alone.also, alone.sure) == ("done_report", (), True)
    assert not decide(Evidence(harmless=True), None, None).sure


def test_friction_has_at_least_one_kind_and_the_strongest_first() -> None:
    """Those of the lexicon, then the likely ones; else the likeliest."""
    judgement = replace(
        HARMLESS, labels={"friction": 0.9}, kinds={"guilt": 0.6, "threat": 0.7, "sarcasm": 0.1}
    )
    found = decide(Evidence(friction=["sarcasm"]), judgement, AT)
    assert found.friction == ("sarcasm", "threat", "guilt")
    faint = replace(judgement, kinds={"guilt": 0.2, "threat": 0.1})
    assert decide(NOTHING, faint, AT).friction == ("guilt",)


def test_an_access_request_is_told_from_a_question_nobody_here_can_answer() -> None:
    """A8 is about the other person's therapy, A11 asks for a diagnosis or advice."""
    judgement = replace(HARMLESS, labels={"access_request": 0.9})
    for trigger in ("A8", "A11"):
        found = decide(NOTHING, replace(judgement, triggers={trigger: 0.6, "R3": 0.7}), AT)
        assert (found.tier, found.trigger) == (Tier.NONE, trigger)
    assert decide(Evidence(labels=["access_request"]), None, None).trigger == "A8"
