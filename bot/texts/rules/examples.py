"""The labelled messages and what the statistical reader learnt from them (safety.md).

What they mean is known by `understanding`, which the texts do not know; the program hands in what
reads them.
"""

from collections.abc import Iterator

from bot.texts.problems import Problem
from bot.texts.rules.given import Given

LEARNT = "understanding.json"


def unusable_example(given: Given) -> Iterator[Problem]:
    """A labelled message that cannot be learnt from, or measured with."""
    for path, line, told in given.program.examples(given.folder):
        yield Problem(f"{given.folder.name}/{path}", line, told)


def stale_reader(given: Given) -> Iterator[Problem]:
    """What was learnt belongs to other examples: nobody would know what the reader knows."""
    told = given.program.reader(given.folder)
    if told:
        yield Problem(f"{given.folder.name}/{LEARNT}", 1, told)
