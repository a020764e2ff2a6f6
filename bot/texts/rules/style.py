"""How things are said: what is never claimed, sex that is never assumed, discreet openings."""

import re
from collections.abc import Iterator

from bot.texts.markup import Run
from bot.texts.problems import Problem
from bot.texts.rules.given import Given, Piece
from bot.texts.rules.sentences import unquoted
from bot.texts.styles import Style

DISCREET_FOR = 60  # characters of a push that a locked screen may show (content.md A12)

_PUSHED = re.compile(
    r"reminder\..+|notice\.(?!answer_).+|red\.follow_up|pushes\.back|fade\..+|discreet\.push"
)
_QUOTED = re.compile(r"«([^«»]*)»|“([^“”]*)”")
# «stanco/a», "he/she", but not an address or a command; «stanc*», «tutt@», «stanchə»; "(s)he".
_TWO_IN_ONE = re.compile(
    r"(?<![\w./])[^\W\d_]+/[^\W\d_]+|\w+\*|\w+@(?!\w)|\w*[əɜ]\w*|\w+\([a-z]{1,2}\)|\([a-z]\)\w+",
    re.IGNORECASE,
)


def banned_words(given: Given) -> Iterator[Problem]:
    """Claims about the bot, promises, labels, doses: each language has its list, with reasons."""
    for piece in _all(given):
        for ban in given.styles[piece.lang].bans:
            text = _in_one_line(piece.text)
            found = ban.pattern.search(text if ban.quoted else unquoted(text))
            if found:
                yield piece.fault(f"«{found[0].strip()}»: {ban.why}")


def two_forms_in_one(given: Given) -> Iterator[Problem]:
    """No slash, asterisk, schwa or bracket that writes two forms as one."""
    for piece in _all(given):
        for found in _TWO_IN_ONE.finditer(piece.text):
            yield piece.fault(f"«{found[0]}» is two forms in one: find words that fit everybody")


def gendered_ending(given: Given) -> Iterator[Problem]:
    """The reader's sex is never assumed: a fault in the interface, a warning in modules."""
    for piece in _all(given):
        style = given.styles[piece.lang]
        text = _in_one_line(piece.text)
        spoken = text if piece.label else " · ".join("".join(two) for two in _QUOTED.findall(text))
        for found in (*_gendered(style, text), *_said_by_reader(style, spoken)):
            told = f"«{found[0]}» tells the sex of the reader: say it another way"
            exception = "or add it to the exceptions in style.yaml"
            yield piece.fault(f"{told}, {exception}", warning=piece.prose)


def loud_push(given: Given) -> Iterator[Problem]:
    """The first 60 characters of a message nobody asked for may be read by anybody."""
    for piece in given.pieces:
        if not _PUSHED.fullmatch(piece.name) or piece.prose:
            continue
        opening = piece.text[:DISCREET_FOR]
        found = given.styles[piece.lang].push.search(opening) or re.search(r"\{\w*", opening)
        if found:
            told = (
                f"«{found[0]}» in the first {DISCREET_FOR} characters: a locked screen shows them"
            )
            yield piece.fault(f"{told}, begin with something neutral")


def _all(given: Given) -> Iterator[Piece]:
    yield from given.pieces
    for document in given.documents():
        line = document.front.lines["title"]
        title = (Run(document.front.title),)
        yield Piece(document.lang, document.path, line, "title", title, label=True, prose=True)


def _gendered(style: Style, text: str) -> Iterator[re.Match[str]]:
    return (m for m in style.second_person.finditer(text) if not _excused(style, text, m))


def _said_by_reader(style: Style, text: str) -> Iterator[re.Match[str]]:
    return (m for m in style.first_person.finditer(text) if not _excused(style, text, m))


def _excused(style: Style, text: str, found: re.Match[str]) -> bool:
    """Whether an exception stands at the end of what was found: its last word, or a phrase."""
    return any(
        other.end() >= found.end() > other.start() for other in style.exceptions.finditer(text)
    )


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
