"""From a text to its `Reading`: both languages, every form, the most urgent thing first."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.safety.reading import Reading, Tier
from bot.understanding.deciding import decide
from bot.understanding.encoder import NoEncoder
from bot.understanding.lexicon import Entry, Lexicon, LexiconError, compile_lexicon
from bot.understanding.matching import Matcher
from bot.understanding.model import BrokenModel
from bot.understanding.normalise import clean
from bot.understanding.statistical import Judgement, Statistical
from bot.understanding.weighing import Evidence, weigh
from bot.understanding.windows import WIDTH

_URGENCY = tuple(Tier)
_MOST_EARLIER = 2_000
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What the lexicons see in one text: what it amounts to, and the names of what was found."""

    evidence: Evidence
    found: frozenset[str]


class Reader:
    """Reads texts with the lexicons of all languages, and statistically where that is at hand.

    Where the statistical reader fails, the lexicons read alone; the log says so, without a word
    of the text. Where it cannot work at all, it is not asked again. What the program says itself
    raises nothing when it is sent back; what the lexicons find in it holds all the same.
    """

    def __init__(
        self,
        lexicons: Sequence[Lexicon],
        statistical: Statistical | None = None,
        ours: Iterable[str] = (),
    ) -> None:
        self._languages = [(lexicon.speller, Matcher(lexicon.entries)) for lexicon in lexicons]
        self._statistical = statistical
        self._ours = frozenset(map(_bare, ours))

    def read(self, text: str, earlier: Sequence[str] = ()) -> Reading:
        """Return the reading of `text`.

        earlier: what the same person wrote in the last three minutes, oldest first; a danger
        that is complete only together with `text` counts, one that was complete before does not
        """
        text = text.strip()
        before = " ".join(earlier)[-_MOST_EARLIER:].strip() if text else ""
        texts = [text] if text else []
        if before:
            texts += [f"{before} {text}"[-WIDTH:], before[-WIDTH:]]
        look = self.look(text)
        judgements = self._judged(texts, {text: look.found})
        if judgements and _bare(text) in self._ours:
            judgements[0] = replace(judgements[0], alarm=0.0, red=0.0, heed=0.0)
        alone = self._decided(look.evidence, judgements[0] if judgements else None)
        if not before:
            return alone
        together = self._together(text, before, judgements)
        return min(alone, together, key=lambda reading: _URGENCY.index(reading.tier))

    def look(self, text: str, before: str = "") -> Look:
        """Return what the lexicons find in `text`.

        before: how it begins; what ends there was answered with an earlier message
        """
        evidence, found = Evidence(), set[str]()
        for speller, matcher in self._languages:
            heard_until = min((len(form) for form in speller.forms(before)), default=0)
            for form in speller.forms(text):
                findings = matcher.find(form)
                weigh(form, findings, evidence, heard_until)
                found.update(name for finding in findings for name in _names(finding.entry))
        return Look(evidence, frozenset(found.union(_sums(evidence))))

    def _together(self, text: str, before: str, judgements: Sequence[Judgement]) -> Reading:
        """Return the reading of what only both together say."""
        found = self.look(f"{before} {text}", before).evidence
        joined, earlier = judgements[1:] if judgements else (None, None)
        if joined is None or earlier is None:
            return self._decided(found, None)
        asked_from = self._statistical.thresholds.raise_check if self._statistical else 1.0
        # What was answered already must not confirm what came after it.
        heard = earlier.alarm >= asked_from
        if found.doubted or found.proposed:
            return self._decided(found, None if heard else joined)
        reading = self._decided(found, None)
        if reading.tier in {Tier.RED, Tier.CHECK} or heard or joined.alarm < asked_from:
            return reading
        return replace(self._decided(found, joined), tier=Tier.CHECK)

    def _decided(self, evidence: Evidence, judgement: Judgement | None) -> Reading:
        at = self._statistical.thresholds if judgement and self._statistical else None
        return decide(evidence, judgement, at)

    def _judged(self, texts: Sequence[str], known: Mapping[str, frozenset[str]]) -> list[Judgement]:
        """Return the judgements of all texts, or none where the statistical reader failed.

        known: what was found, for texts already looked at
        """
        if self._statistical is None or not texts:
            return []
        try:
            return self._statistical.judge(
                texts, lambda one: known[one] if one in known else self.look(one).found
            )
        except FileNotFoundError:
            _log.info("the lexicon reads alone", reason="nothing was trained here")
            self._statistical = None
        except (NoEncoder, BrokenModel, OSError) as error:
            _log.warning("the lexicon reads alone", reason=str(error))
            self._statistical = None
        except Exception as error:  # noqa: BLE001 - whatever it stumbles over, the lexicon reads on
            # Its name alone: message and traceback could quote the text.
            _log.error("statistical reader failed", error=type(error).__name__)
        return []


def build_reader(
    data: Mapping[str, Mapping[str, object]],
    statistical: Statistical | None = None,
    ours: Iterable[str] = (),
) -> Reader:
    """Return a reader for the parsed `safety.yaml` of each language.

    statistical: what judges beside the lexicons; without it they read alone
    ours: what the program says, and people may send back

    Raises LexiconError with the problems of all languages at once.
    """
    lexicons: list[Lexicon] = []
    problems: list[str] = []
    for language, sections in data.items():
        try:
            lexicons.append(compile_lexicon(language, sections))
        except LexiconError as error:
            problems.extend(error.problems)
    if problems:
        raise LexiconError(problems)
    return Reader(lexicons, statistical, ours)


def _bare(text: str) -> str:
    """Return the words of a text, however it was copied."""
    return " ".join(re.findall(r"\w+", clean(text)))


def understand_line(reader: Reader, record: Mapping[str, object]) -> dict[str, object]:
    """Return the answer of `python -m bot understand` to one line of its input.

    record: `{"id", "lang", "text"}`; `lang` is not looked at, both languages are always read

    Raises ValueError when `id` or `text` is not text.
    """
    name, text = record.get("id"), record.get("text")
    if not isinstance(name, str) or not isinstance(text, str):
        # One error for every line that cannot be used, whatever is wrong with it.
        raise ValueError('a line needs "id" and "text", both text; add them to the line')  # noqa: TRY004 - see above
    reading = reader.read(text)
    return {
        "id": name,
        "tier": reading.tier.value,
        "trigger": reading.trigger,
        "label": reading.label,
        "friction": list(reading.friction),
    }


def _names(entry: Entry) -> Iterator[str]:
    yield entry.kind
    if entry.key:
        yield f"{entry.kind}.{entry.key}"


def _sums(evidence: Evidence) -> Iterator[str]:
    if evidence.red:
        yield "stands"
    if evidence.doubted:
        yield "doubted"
    if evidence.proposed:
        yield "proposed"
    if evidence.dismissed:
        yield "dismissed"
