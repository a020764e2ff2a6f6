"""The phrase bank: short, free of friction, and something to answer every kind everywhere (M02)."""

from collections import Counter
from collections.abc import Iterator

from bot.flows.own_words import bare
from bot.flows.phrasebook import ANYWHERE
from bot.texts.markup import plain
from bot.texts.phrasebook import PhraseFile
from bot.texts.problems import Problem
from bot.texts.rules.given import Given
from bot.texts.rules.sentences import count_words

LONGEST_PHRASE = 12  # words: what can be said at a bedside (content.md A8)
FEWEST_PHRASES = 8  # of one situation
FEWEST_ANSWERS = 2  # to one kind of friction in one situation


def long_phrase(given: Given) -> Iterator[Problem]:
    """A phrase has at most twelve words."""
    for path, file in _files(given):
        for slug, phrase in file.phrases.items():
            words = count_words(plain(phrase.texts["text"]))
            if words > LONGEST_PHRASE:
                told = f"{slug}: {words} words, at most {LONGEST_PHRASE}: leave out what can wait"
                yield Problem(path, phrase.line, told)


def heavy_phrase(given: Given) -> Iterator[Problem]:
    """A phrase holds no word that weighs: those listed under `never`."""
    for path, file in _files(given):
        for slug, phrase in file.phrases.items():
            text = bare(plain(phrase.texts["text"]))
            for found in (word.search(text) for word in file.never):
                if found:
                    told = f"{slug}: «{found[0]}» weighs: say it so that a no is easy"
                    yield Problem(path, phrase.line, told)


def few_phrases(given: Given) -> Iterator[Problem]:
    """A situation has at least eight phrases, and one situation fits everywhere."""
    for path, file in _files(given):
        counted = Counter(phrase.situation for phrase in file.phrases.values())
        for name, place in file.situations.items():
            if counted[name] < FEWEST_PHRASES:
                told = f"{name}: {counted[name]} phrases, at least {FEWEST_PHRASES}: write more"
                yield Problem(path, place.line, told)
        if ANYWHERE not in file.situations:
            yield Problem(path, 1, f"the situation {ANYWHERE} is missing: it fits everywhere")


def few_answers(given: Given) -> Iterator[Problem]:
    """In each situation at least two phrases answer each kind, those that fit everywhere too."""
    for path, file in _files(given):
        answers = Counter((p.situation, kind) for p in file.phrases.values() for kind in p.kinds)
        for name, place in file.situations.items():
            here = {name, ANYWHERE}
            for kind in file.kinds:
                found = sum(answers[somewhere, kind] for somewhere in here)
                if found < FEWEST_ANSWERS:
                    told = f"{name}: {found} answers to {kind}, at least {FEWEST_ANSWERS}"
                    yield Problem(path, place.line, f"{told}: add one, here or in {ANYWHERE}")


def _files(given: Given) -> Iterator[tuple[str, PhraseFile]]:
    """Give the bank of each language that has one, with its path."""
    for _lang, folder, data in given.data():
        if data.phrases.entries:
            yield f"{folder}/phrases.yaml", data.phrases
