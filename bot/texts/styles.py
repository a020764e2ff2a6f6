"""`style.yaml`: what the texts of one language never say, and why. Read by the check only.

    everywhere     {pattern, why}: never, not even inside « » or “ ”
    in_our_voice   {pattern, why}: never outside them, where we speak ourselves
    push           what does not stand in the first 60 characters of a message nobody asked for
    gendered       words that would tell the sex of whoever reads; Italian has them
      after        «sei» of «sei stanco»: what an ending in -o or -a follows
      between      «molto», «così»: what may stand in the middle
      first_person the same as `after`, on buttons and in quotes, where the reader speaks
      always       whole words and phrases
      exceptions   words with such an ending that say nothing about anybody, and whole phrases

Patterns are Python's regular expressions, in either case; a blank stands for any space.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.texts.lined import Fields, Node, read_yaml
from bot.texts.problems import Report

NEVER = re.compile(r"(?!)")
# Italian forms agree in -o and -a; a gerund («stai facendo») agrees with nobody.
_ENDING = r"(?P<word>(?!\w+[ae]ndo\b)\w{2,}[oa])\b"


@dataclass(frozen=True, slots=True)
class Ban:
    """What is not said, why, and whether that holds inside quotes too."""

    pattern: re.Pattern[str]
    why: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Style:
    """The style of one language; where it has no rule, the pattern matches nothing."""

    bans: tuple[Ban, ...] = ()
    push: re.Pattern[str] = NEVER
    second_person: re.Pattern[str] = NEVER
    first_person: re.Pattern[str] = NEVER
    exceptions: re.Pattern[str] = NEVER


def read_style(text: str, report: Report) -> Style:
    """Return the style a file describes; what cannot be used is reported and left out."""
    root = read_yaml(text, report)
    if root is None:
        return Style()
    fields = Fields(root, report)
    bans = [*_bans(fields, "everywhere", quoted=True), *_bans(fields, "in_our_voice", quoted=False)]
    push = _any_of(_words(fields, "push", report))
    gendered = fields.node("gendered", needed=False)
    fields.close()
    if gendered is None:
        return Style(tuple(bans), push)
    return _with_genders(tuple(bans), push, gendered, report)


def _with_genders(
    bans: tuple[Ban, ...], push: re.Pattern[str], node: Node, report: Report
) -> Style:
    fields = Fields(node, report)
    names = ("after", "between", "first_person", "always", "exceptions")
    after, between, first_person, always, exceptions = (
        _words(fields, name, report) for name in names
    )
    fields.close()
    if not (after and between and first_person and always and exceptions):
        return Style(bans, push)  # a list is missing, which has been reported
    filling = rf"(?:\s+(?:{'|'.join(between)}))*\s+"
    return Style(
        bans,
        push,
        _compiled(rf"\b(?:{'|'.join(after)}){filling}{_ENDING}|\b(?:{'|'.join(always)})\b"),
        _compiled(rf"\b(?:{'|'.join(first_person)}){filling}{_ENDING}"),
        _any_of(exceptions),
    )


def _bans(fields: Fields, name: str, *, quoted: bool) -> Iterable[Ban]:
    for node in fields.items(name):
        ban = Fields(node, fields.report)
        pattern, why = ban.text("pattern"), ban.text("why")
        ban.close()
        if _sound(pattern, ban.line("pattern"), fields.report):
            yield Ban(_compiled(pattern), why, quoted)


def _words(fields: Fields, name: str, report: Report) -> tuple[str, ...]:
    line = fields.line(name)
    return tuple(word for word in fields.texts(name) if _sound(word, line, report))


def _sound(pattern: str, line: int, report: Report) -> bool:
    try:
        re.compile(pattern)
    except re.error as error:
        report.add(line, f"{pattern}: not a regular expression: {error}")
        return False
    return True


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return _compiled(rf"\b(?:{'|'.join(patterns)})\b") if patterns else NEVER


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
