"""Every module says where its facts come from (content.md A11)."""

import re
from collections.abc import Iterator

from bot.texts.problems import Problem
from bot.texts.rules.given import Given

FEWEST = 2
_YEAR = re.compile(r"\b(19|20)\d\d\b")


def few_sources(given: Given) -> Iterator[Problem]:
    """A module has two sources or more."""
    for document in given.documents():
        if len(document.front.sources) < FEWEST:
            line = document.front.lines["sources"]
            yield Problem(document.path, line, f"sources: at least {FEWEST}, add another")


def source_without_year(given: Given) -> Iterator[Problem]:
    """A source carries its year, so that a reader can tell old from new."""
    for document in given.documents():
        for source in document.front.sources:
            if not _YEAR.search(source):
                line = document.front.lines["sources"]
                yield Problem(document.path, line, f"sources: «{source}» has no year, add it")
