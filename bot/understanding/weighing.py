"""What the findings in one form amount to, once each was seen in its place.

Nothing cancels a clear expression. Words directly before it may show that it was never said
(«non vuole morire»): it is then a doubt, which is asked about. Open ones only propose; an idiom
that covers them, a reported denial or a past that is over lets them go. Source of every rule:
safety.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.safety.reading import About
from bot.understanding.lexicon import Kind
from bot.understanding.matching import Finding

_SENTENCE_ENDS = ".?"
_CLAUSE_ENDS = ".?;"
_WORDS_TO_QUOTE = 3
_WORDS_TO_QUOTE_MARK = 12
_WORDS_OF_A_NO = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """One danger that was read: the trigger and who is meant."""

    trigger: str
    about: About


@dataclass(slots=True)
class Evidence:
    """Everything one text gave, gathered over languages and forms.

    `red`: clear expressions that stand. `doubted`: clear ones said to be untrue or bygone.
    `proposed`: open ones, and clear ones out of a film. `dismissed`: whether one of them was
    reported not to be there, or long over. `amber`: what is not plainly said not to be so.
    """

    red: list[Claim] = field(default_factory=list)
    doubted: list[Claim] = field(default_factory=list)
    proposed: list[Claim] = field(default_factory=list)
    amber: list[str] = field(default_factory=list)
    friction: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    denied: bool = False
    harmless: bool = False
    dismissed: bool = False


def weigh(form: str, findings: Sequence[Finding], evidence: Evidence, heard_until: int = 0) -> None:
    """Add to `evidence` what the findings in `form` amount to.

    heard_until: findings that end here or before were answered with an earlier message
    """
    place = _Place(form, findings)
    evidence.denied |= bool(place.of(Kind.DENIAL))
    evidence.harmless |= bool(place.of(Kind.IDIOM) or place.of(Kind.ELSEWHERE))
    for finding in (finding for finding in findings if finding.end > heard_until):
        entry = finding.entry
        if entry.kind is Kind.CLEAR:
            _weigh_clear(finding, place, evidence)
        elif entry.kind is Kind.OPEN and not place.lets_go(finding):
            if place.is_denied(finding) or place.is_over(finding):
                evidence.dismissed = True
            else:
                evidence.proposed.append(Claim(entry.key, place.about(finding)))
        elif entry.kind is Kind.AMBER:
            if not (place.is_negated(finding) or place.is_over(finding)):
                evidence.amber.append(entry.key)
        elif entry.kind is Kind.FRICTION:
            evidence.friction.append(entry.key)
        elif entry.kind is Kind.LABEL:
            evidence.labels.append(entry.key)


def _weigh_clear(finding: Finding, place: "_Place", evidence: Evidence) -> None:
    claim = Claim(finding.entry.key, place.about(finding))
    if place.stands(finding):
        evidence.red.append(claim)
    elif place.is_denied(finding) or place.is_over(finding):
        evidence.dismissed = True
    elif place.is_told(finding):
        evidence.proposed.append(claim)
    else:
        evidence.doubted.append(claim)


class _Place:
    """One form with its clauses, and the rules that look around a finding."""

    def __init__(self, form: str, findings: Sequence[Finding]) -> None:
        self._form = form
        self._findings = findings
        contrasts = [finding.start for finding in self.of(Kind.CONTRAST)]
        self._sentences = _borders(form, _SENTENCE_ENDS, ())
        self._clauses = _borders(form, _CLAUSE_ENDS, contrasts)

    def of(self, kind: Kind) -> list[Finding]:
        return [finding for finding in self._findings if finding.entry.kind is kind]

    def stands(self, finding: Finding) -> bool:
        """Whether a clear expression is stated here and now of somebody near."""
        return not self._is_untrue(finding) and not self._is_elsewhere(finding)

    def is_told(self, finding: Finding) -> bool:
        """Whether all that keeps a clear expression from standing is a film, a book, a funeral."""
        return not self._is_untrue(finding) and self._is_elsewhere(finding)

    def is_negated(self, finding: Finding) -> bool:
        """Whether it is plainly said not to be so; «what do I do if» leaves it open."""
        return any(
            before.end == finding.start
            and len(self._form[before.start : before.end].split()) <= _WORDS_OF_A_NO
            for before in self.of(Kind.NEGATION)
        )

    def lets_go(self, finding: Finding) -> bool:
        """Whether an open expression is part of an idiom, or told of a film."""
        return any(
            idiom.start <= finding.start and finding.end <= idiom.end
            for idiom in self.of(Kind.IDIOM)
        ) or self._shares(self._sentences, finding, Kind.ELSEWHERE)

    def is_denied(self, finding: Finding) -> bool:
        """Whether a denial stands in the same clause or opens the next one."""
        clause = _number(self._clauses, finding.start)
        return any(
            _number(self._clauses, denial.start) in {clause, clause + 1}
            for denial in self.of(Kind.DENIAL)
        )

    def is_over(self, finding: Finding) -> bool:
        """Whether it lies in a far past that is also told to be over."""
        return self._shares(self._sentences, finding, Kind.WHEN) and bool(self.of(Kind.OVER))

    def about(self, finding: Finding) -> About:
        """Return who is meant; quoted speech of somebody else is about somebody else."""
        entry = finding.entry
        if entry.about is About.OTHER:
            return About.OTHER
        quoted = any(self._is_quoted(said, finding) for said in self.of(Kind.REPORTED))
        if entry.key == "R7":
            # Who did the violence is never guessed: the wrong card there does harm.
            return About.UNCLEAR if quoted else entry.about
        if quoted:
            return About.OTHER
        if entry.about is About.SELF:
            return About.SELF
        sentence = _number(self._sentences, finding.start)
        meant = {
            person.entry.about
            for person in self.of(Kind.PERSON)
            if _number(self._sentences, person.start) == sentence
        }
        return meant.pop() if len(meant) == 1 else About.UNCLEAR

    def _is_untrue(self, finding: Finding) -> bool:
        negated = any(before.end == finding.start for before in self.of(Kind.NEGATION))
        bygone = finding.entry.past and self._shares(self._sentences, finding, Kind.WHEN)
        return negated or bygone

    def _is_elsewhere(self, finding: Finding) -> bool:
        return self._shares(self._sentences, finding, Kind.ELSEWHERE)

    def _is_quoted(self, said: Finding, finding: Finding) -> bool:
        if said.end > finding.start:
            return False
        between = self._form[said.end : finding.start].split()
        after_mark = self._form[: finding.start].endswith(": ")
        if after_mark and len(between) <= _WORDS_TO_QUOTE_MARK:
            return True
        pauses = any(mark in between for mark in ",;.?")
        return not pauses and len(between) <= _WORDS_TO_QUOTE

    def _shares(self, borders: Sequence[int], finding: Finding, kind: Kind) -> bool:
        here = _number(borders, finding.start)
        return any(_number(borders, other.start) == here for other in self.of(kind))


def _borders(form: str, marks: str, more: Iterable[int]) -> list[int]:
    return sorted([at for at, sign in enumerate(form) if sign in marks] + list(more))


def _number(borders: Sequence[int], at: int) -> int:
    """Return the number of the stretch that `at` lies in."""
    return sum(1 for border in borders if border <= at)
