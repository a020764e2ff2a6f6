"""The emergency cards as a person sees them, with the numbers of every country (safety.md).

They are rendered for each country of contacts.yaml at noon and in the night of the day of the
check, so that open, closed and old lines have been seen.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time

from bot.engine.chat import Chat, Preferences
from bot.engine.effects import Words
from bot.engine.events import CommandGiven
from bot.flows.red import help_lines
from bot.safety.fallback import FALLBACK
from bot.texts.markup import plain
from bot.texts.problems import Problem
from bot.texts.render import LONGEST_MESSAGE, Context, NoWords, render
from bot.texts.rules.given import Given, Piece

FIRST_NUMBER_WITHIN = 80  # characters
_FALLBACK = "card.fallback"
_HOURS = (time(3), time(12))
# A list is as long as the country has lines, and is asked for by a tap below the numbers.
_LISTS = {"numbers", "ways"}


def long_card(given: Given) -> Iterator[Problem]:
    """A card with its numbers has at most 500 characters, in every country."""
    for piece in _cards(given):
        size, country = max(
            ((len(text), country) for country, text in _shown(given, piece)), default=(0, "")
        )
        if size > LONGEST_MESSAGE:
            told = f"{size} characters with the numbers of {country}, at most {LONGEST_MESSAGE}"
            yield piece.fault(f"{told}: say less")


def late_number(given: Given) -> Iterator[Problem]:
    """The first number of a card stands within its first 80 characters."""
    for lang, phrase in given.phrases():
        if not phrase.id.startswith("card."):
            continue
        piece = Piece(lang, phrase.path, phrase.line, phrase.id, phrase.forms[0])
        for country, text in _shown(given, piece):
            if not any(sign.isdecimal() for sign in text[:FIRST_NUMBER_WITHIN]):
                limit = f"within {FIRST_NUMBER_WITHIN} characters ({country})"
                yield piece.fault(f"no number {limit}: put it first")
                break


def fallback_differs(given: Given) -> Iterator[Problem]:
    """The card in memory, for when nothing else works, says what the catalogue says."""
    if not given.whole:
        return
    for lang, catalogue in given.bundle.catalogues.items():
        phrase = catalogue.phrases.get(_FALLBACK)
        if phrase is None:
            path = f"{given.folder.name}/{lang}/messages.po"
            yield Problem(path, 1, f"{_FALLBACK} is missing: copy it from bot/safety/fallback.py")
        elif plain(phrase.forms[0]) != FALLBACK.get(lang):
            told = f"{_FALLBACK}: not the words of bot/safety/fallback.py, change both"
            yield Problem(phrase.path, phrase.line, told)


def _cards(given: Given) -> Iterator[Piece]:
    for lang, phrase in given.phrases():
        if phrase.id.startswith("card.") and not _LISTS & phrase.holes:
            yield Piece(lang, phrase.path, phrase.line, phrase.id, phrase.forms[0])


def _shown(given: Given, piece: Piece) -> Iterator[tuple[str, str]]:
    """Give each country with the text as it is read there; what is missing is told elsewhere."""
    if f"{given.folder.name}/{piece.lang}/contacts.yaml" in given.broken:
        return
    for country in given.bundle.data[piece.lang].contacts:
        for hour in _HOURS:
            at = datetime.combine(given.on, hour, UTC)
            chat = Chat("check", preferences=Preferences(country=country))
            values = help_lines(chat, CommandGiven(at=at, name="sos"))
            try:
                context = Context(piece.lang, "UTC", at, country)
                text = render(given.bundle, Words(piece.name, values), context).text
            except NoWords:
                continue
            yield country, text
