"""How hard a text is to read: Gulpease for Italian, Flesch for English (content.md A2).

`textstat` computes both; it is loaded here only, and belongs to the authors' extra. The words of
the buttons do not count. A crisis text is judged as it is written, each placeholder as one word:
nobody can shorten the name of a help line. Its size with the real numbers is looked at in `cards`.
"""

from collections.abc import Callable, Iterator

from bot.texts.markup import plain
from bot.texts.modules import Document
from bot.texts.problems import Problem
from bot.texts.rules.given import Given
from bot.texts.rules.sentences import count_words, filled

ENOUGH_WORDS = 100  # a module below that is too short to judge
_MODULE = {"it": 65.0, "en": 70.0}
_CRISIS = {"it": 75.0, "en": 80.0}
_SCALE = {"it": "Gulpease", "en": "Flesch"}
_LOCALE = {"it": "it", "en": "en_US"}

Score = Callable[[str], float]


def hard_module(given: Given) -> Iterator[Problem]:
    """A module reaches Gulpease 65 or Flesch 70 on the whole."""
    for lang, score in _scores().items():
        for document in given.bundle.documents.get(lang, {}).values():
            text = _whole(document)
            if count_words(text) < ENOUGH_WORDS:
                continue
            found = score(text)
            if found < _MODULE[lang]:
                yield Problem(document.path, 1, _told(lang, found, _MODULE[lang]))


def hard_phrases(given: Given) -> Iterator[Problem]:
    """What is said of sentences, and the phrases to say, are as easy as a module on the whole."""
    scores = _scores()
    for lang, folder, data in given.data():
        entries = data.phrases.entries.values()
        text = "\n\n".join(plain(runs) for entry in entries for runs in entry.texts.values())
        if lang not in scores or count_words(text) < ENOUGH_WORDS:
            continue
        found = scores[lang](text)
        if found < _MODULE[lang]:
            yield Problem(f"{folder}/phrases.yaml", 1, _told(lang, found, _MODULE[lang]))


def hard_crisis_text(given: Given) -> Iterator[Problem]:
    """A text read in an emergency reaches Gulpease 75 or Flesch 80."""
    scores = _scores()
    for piece in given.messages():
        if piece.crisis and piece.lang in scores:
            found = scores[piece.lang](filled(piece.text))
            if found < _CRISIS[piece.lang]:
                yield piece.fault(_told(piece.lang, found, _CRISIS[piece.lang]))


def no_textstat(given: Given) -> Iterator[Problem]:
    """Without the tool nothing was judged, and that must not look like a pass."""
    if not _scores():
        told = "readability was not judged: pip install 'accanto[authors]'"
        yield Problem(given.folder.name, 1, told)


def _scores() -> dict[str, Score]:
    """Return the score of each language; nothing where the tool is not installed."""
    try:
        from textstat.textstat import textstatistics  # noqa: PLC0415 - the authors' extra
    except ImportError:
        return {}
    scores: dict[str, Score] = {}
    for lang, locale in _LOCALE.items():
        tool = textstatistics()
        tool.set_lang(locale)
        score = tool.gulpease_index if lang == "it" else tool.flesch_reading_ease
        scores[lang] = _clamped(score)
    return scores


def _clamped(score: Score) -> Score:
    return lambda text: min(100.0, max(0.0, score(text)))


def _whole(document: Document) -> str:
    return "\n\n".join(p.text for section in document.sections.values() for p in section.parts)


def _told(lang: str, found: float, least: float) -> str:
    return f"{_SCALE[lang]} {found:.0f}, at least {least:.0f}: shorter sentences, plainer words"
