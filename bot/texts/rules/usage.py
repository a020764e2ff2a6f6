"""What is said stands in the catalogue, and what stands there is said; `said` tells how we know."""

from collections.abc import Iterator

from bot.texts.problems import Problem
from bot.texts.rules.given import Given
from bot.texts.said import Mention


def missing_entry(given: Given) -> Iterator[Problem]:
    """An entry that the program says stands in the catalogue."""
    if not given.whole:
        return
    there = {phrase.id for _lang, phrase in given.phrases()}
    told: set[str] = set()
    for mention in sorted(given.said.mentions):
        for name in _meant(given, mention) if mention.sure else ():
            known = name in there or ("*" in name and any(mention.fits(id_) for id_ in there))
            if not known and name not in told:
                told.add(name)
                where = f"{name} is said here and is not in the catalogue"
                mend = "add it to messages.po in every language"
                yield Problem(mention.path, mention.line, f"{where}: {mend}")


def unused_entry(given: Given) -> Iterator[Problem]:
    """An entry that nothing seems to say is a warning: it may be said soon, or be forgotten."""
    if not given.whole:
        return
    named = {name for mention in given.said.mentions for name in _meant(given, mention)}
    patterns = [Mention(name, "", 1) for name in named if "*" in name]
    for _lang, phrase in given.phrases():
        if phrase.id not in named and not any(pattern.fits(phrase.id) for pattern in patterns):
            told = f"{phrase.id}: nothing says it, take it out or use it"
            yield Problem(phrase.path, phrase.line, told, warning=True)


def _meant(given: Given, mention: Mention) -> tuple[str, ...]:
    """Return the entries a mention stands for; a pattern that no family lists stays one."""
    return given.program.families.get(mention.id, (mention.id,))
