"""Sentences, words and quotes, as the limits count them."""

import re

# A full stop inside a number or an address ends nothing; a closing quote belongs to its sentence.
_END = re.compile(r"(?<=[.!?…])[»”’\")]*\s+|\n+")
_WORD = re.compile(r"\w")
# Straight quotes are not to be used (style.yaml says so), but they quote.
_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|\"[^\"\n]*\"")
_HOLE = re.compile(r"\{\w+\}")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; the end of a line ends one too."""
    return [piece for piece in _END.split(text) if piece.strip()]


def count_words(text: str) -> int:
    """Return how many words a text has: what stands between blanks and has a letter or figure."""
    return sum(bool(_WORD.search(word)) for word in text.split())


def unquoted(text: str) -> str:
    """Return a text without what stands in « » or “ ”: there somebody else speaks."""
    return _QUOTED.sub(" ", text)


def filled(text: str) -> str:
    """Return a text with a number for every placeholder, so that each counts as one word."""
    return _HOLE.sub("112", text)
