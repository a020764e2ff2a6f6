"""What the understanding says about one text: a tier, a trigger, a label; never a score."""

from dataclasses import dataclass
from enum import StrEnum

FRICTION_KINDS = (
    "pressure",
    "minimising",
    "blame_label",
    "absolutes",
    "threat",
    "comparison",
    "guilt",
    "forced_positivity",
    "interrogation",
    "takeover",
    "sarcasm",
    "mindreading",
)
"""What can weigh in a sentence, by the name that a reading, an example and a phrase carry."""


class Tier(StrEnum):
    """How urgently a text is answered, from the most urgent down."""

    RED = "red"
    CHECK = "check"
    AMBER = "amber"
    NONE = "none"


class About(StrEnum):
    """Who is meant. It chooses the card and never the tier."""

    SELF = "self"
    OTHER = "other"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading of one text.

    `trigger` is an id of safety.md (R1-R9, A1-A12) or None; `label` a label of the
    understanding set or None; `friction` the kinds of friction found, in order.
    `sure` says whether `label` may lead on without asking; `also` holds the likeliest other
    labels that are no danger, the likeliest first, for a question with two answers.
    `ruled_out`: a danger was named and told to be denied or long over, and the text read as
    harmless; its answer ends with the one line that SOS stays there.
    `wish` is the kind of `wishes.yaml` that a text without danger is: stop, thanks, no …
    """

    tier: Tier = Tier.NONE
    trigger: str | None = None
    label: str | None = None
    about: About = About.UNCLEAR
    friction: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    sure: bool = False
    ruled_out: bool = False
    wish: str = ""


CALM = Reading()
