"""The lexicon and the statistical reader together: one reading (safety.md, "Order and reading").

- A clear expression decides alone, and nothing cancels it.
- A clear one in doubt («non vuole morire») is CHECK.
- An open one is confirmed to RED or CHECK, or let go.
- What no list holds may be raised: to RED above a high threshold, to CHECK above a lower one; to
  CHECK at most where a danger was told to be denied or long over.
- Signs and talk of suicide that nobody said plainly are CHECK at most: the one question that CHECK
  asks is the right next step there, and nowhere else.
- The statistical reader adds AMBER, labels and kinds of friction to those the lexicon names.
"""

from collections.abc import Iterable, Mapping, Sequence

from bot.safety.reading import About, Reading, Tier
from bot.understanding.lexicon import AMBER_TRIGGERS, LABELS, RED_TRIGGERS
from bot.understanding.model import Thresholds
from bot.understanding.statistical import Judgement
from bot.understanding.weighing import Claim, Evidence

RED_ORDER = ("R1", "R6", "R8", "R9", "R4", "R7", "R5", "R2", "R3")
"""When several are read: first what takes minutes, then whoever cannot help themselves."""

AMBER_ORDER = ("A7", "A2", "A3", "A5", "A9", "A4", "A12", "A1", "A6")
"""When several are read: where a wrong address does harm, then the same day, then 72 hours."""

DANGER_LABELS = (
    "suicide_other",
    "suicide_self",
    "violence",
    "child_danger",
    "psychosis_mania",
    "medical_emergency",
)
HEED_LABELS = ("worsening", "partner_exhausted", "risk_question")
_SUICIDE = ("suicide_other", "suicide_self")
_SUICIDE_TRIGGERS = ("R1", "R2", "R3", "R4")
_ASKED_ABOUT = ("R2", "R3")

_LABEL_OF = {
    "R5": "psychosis_mania",
    "R6": "psychosis_mania",
    "R7": "violence",
    "R8": "child_danger",
    "R9": "medical_emergency",
    "A6": "partner_exhausted",
    "A7": "violence",
    "A12": "risk_question",
}
_CALM_TRIGGER_OF = {"access_request": "A8"}

_NAMED = 8.0
"""How many times likelier a label becomes when the lexicon names it."""

_PERSON = 4.0
"""How many times likelier one person must be than the other before the card is only theirs."""

_ALSO = 2


def tier_of(evidence: Evidence, judgement: Judgement | None, at: Thresholds | None) -> Tier:
    """Return the tier; without a judgement that of the lexicon alone, where open means CHECK."""
    if evidence.red:
        return Tier.RED
    if judgement is None or at is None:
        if evidence.doubted or evidence.proposed:
            return Tier.CHECK
        return Tier.AMBER if evidence.amber else Tier.NONE
    if evidence.proposed:
        red, alarm = at.confirm, at.let_go
    else:
        red, alarm = at.raise_red, at.raise_check
    if judgement.red >= red and _beyond_asking(evidence, judgement):
        return Tier.RED
    if evidence.doubted or judgement.alarm >= alarm:
        return Tier.CHECK
    return Tier.AMBER if evidence.amber or judgement.heed >= at.heed else Tier.NONE


def _beyond_asking(evidence: Evidence, judgement: Judgement) -> bool:
    """Whether a likely danger is not one that CHECK's question is made for."""
    if evidence.doubted or (evidence.dismissed and not evidence.proposed):
        return False
    return _danger_trigger(evidence.proposed, judgement) not in _ASKED_ABOUT


def decide(evidence: Evidence, judgement: Judgement | None, at: Thresholds | None) -> Reading:
    """Return the reading.

    judgement, at: what the statistical reader says and where it decides; None without it
    """
    tier = tier_of(evidence, judgement, at)
    friction = _friction(evidence, judgement, at)
    if tier in {Tier.RED, Tier.CHECK}:
        return _danger(tier, evidence, judgement)
    if tier is Tier.AMBER:
        trigger = _amber_trigger(evidence, judgement)
        label = _LABEL_OF.get(trigger, "worsening")
        if not evidence.amber and judgement:
            label = _likeliest(judgement.labels, HEED_LABELS)
        return Reading(tier, trigger, label, friction=friction, sure=True)
    return _calm(evidence, judgement, at, friction)


def _calm(
    evidence: Evidence,
    judgement: Judgement | None,
    at: Thresholds | None,
    friction: tuple[str, ...],
) -> Reading:
    shares = _calm_labels(evidence, judgement)
    label = next(iter(shares), None)
    if label == "friction" and not friction and judgement:
        friction = (_likeliest(judgement.kinds, judgement.kinds),)
    return Reading(
        Tier.NONE,
        _calm_trigger(label, judgement),
        label,
        friction=friction,
        also=tuple(shares)[1:][:_ALSO],
        sure=label is not None and shares[label] >= (at.sure if at else 1.0),
        ruled_out=evidence.dismissed,
    )


def _danger(tier: Tier, evidence: Evidence, judgement: Judgement | None) -> Reading:
    claims = evidence.red or [*evidence.doubted, *evidence.proposed]
    trigger = _danger_trigger(claims, judgement)
    about = _about(claims, trigger)
    if about is About.UNCLEAR and judgement and trigger in _SUICIDE_TRIGGERS:
        about = _person(judgement)
    # Only where nothing in the lexicon stands behind it may the label speak for itself.
    if claims or judgement is None:
        label = _LABEL_OF.get(trigger) or _suicide_label(about, judgement)
    else:
        label = _likeliest(judgement.labels, DANGER_LABELS)
    return Reading(tier, trigger, label, about, sure=True)


def _danger_trigger(claims: Sequence[Claim], judgement: Judgement | None) -> str:
    """Return the most urgent of what was found, else the likeliest."""
    if claims or judgement is None:
        return min((claim.trigger for claim in claims), key=RED_ORDER.index)
    return _likeliest(judgement.triggers, RED_TRIGGERS)


def _about(claims: Sequence[Claim], trigger: str) -> About:
    """Return who is meant by the chosen trigger; two persons are unclear, the card is for both."""
    meant = {claim.about for claim in claims if claim.trigger == trigger} - {About.UNCLEAR}
    return meant.pop() if len(meant) == 1 else About.UNCLEAR


def _person(judgement: Judgement) -> About:
    other, self_ = (judgement.labels.get(name, 0.0) for name in _SUICIDE)
    if other >= _PERSON * self_:
        return About.OTHER
    return About.SELF if self_ >= _PERSON * other else About.UNCLEAR


def _suicide_label(about: About, judgement: Judgement | None) -> str:
    if about is About.UNCLEAR and judgement:
        return _likeliest(judgement.labels, _SUICIDE)
    return "suicide_other" if about is About.OTHER else "suicide_self"


def _amber_trigger(evidence: Evidence, judgement: Judgement | None) -> str:
    if evidence.amber or judgement is None:
        return min(evidence.amber, key=AMBER_ORDER.index)
    return _likeliest(judgement.triggers, (*AMBER_TRIGGERS, "A10"))


def _calm_trigger(label: str | None, judgement: Judgement | None) -> str | None:
    trigger = _CALM_TRIGGER_OF.get(label or "")
    if trigger and judgement:
        return _likeliest(judgement.triggers, ("A8", "A11"))
    return trigger


def _calm_labels(evidence: Evidence, judgement: Judgement | None) -> dict[str, float]:
    """Return the labels that are no danger with their shares of 1, the likeliest first.

    Without a judgement: those that the lexicon names, each as good as certain.
    """
    found = {*evidence.labels, *(["friction"] if evidence.friction else [])}
    named = [label for label in LABELS if label in found]
    if judgement is None:
        if not named and (evidence.denied or evidence.harmless):
            return {"negated_risk" if evidence.denied else "hard_negative": 0.0}
        return dict.fromkeys(named, 1.0)
    weights = {
        label: chance * (_NAMED if label in named else 1.0)
        for label, chance in judgement.labels.items()
        if label not in {*DANGER_LABELS, *HEED_LABELS}
    }
    total = sum(weights.values()) or 1.0
    in_order = sorted(weights, key=lambda label: (-weights[label], label))
    return {label: weights[label] / total for label in in_order}


def _friction(
    evidence: Evidence, judgement: Judgement | None, at: Thresholds | None
) -> tuple[str, ...]:
    """Return the kinds of friction, the strongest first: those of the lexicon, then the likely."""
    named = tuple(dict.fromkeys(evidence.friction))
    if judgement is None or at is None:
        return named
    kinds = judgement.kinds
    likely = {kind for kind, chance in kinds.items() if chance >= at.kind}
    return tuple(
        sorted({*named, *likely}, key=lambda kind: (kind not in named, -kinds.get(kind, 0), kind))
    )


def _likeliest(chances: Mapping[str, float], among: Iterable[str]) -> str:
    return max(among, key=lambda name: chances.get(name, 0.0))
