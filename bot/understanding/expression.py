"""The small language in which clinicians write expressions, compiled to regular expressions.

    vuole morire              these words, in this order; commas and quotes between them are skipped
    (vuole|vorrebbe) morire   one of several; a branch may hold several words, groups may nest
    suicid*                   a word that begins so
    non (lo|la)? vuole        an optional group, word or name
    ha preso ... pastiglie    a gap of up to four words, never across the end of a sentence
    <vuole> morire            a named group of `words:`
    mi spinge !(a|verso)      the next word is none of these (anywhere but at the beginning)
    perche non esci ?         a question mark on its own is a question mark
    ha partorito & voci       both, in any order, at most 300 characters apart

Spelling, accents and capitals of an expression do not matter: its words are read with the
`Speller` that reads the messages. Gaps and repetitions are bounded, so time grows with the length
of the message and not with its shape.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

MOST_GAPS = 3
"""Each gap multiplies the work on a hostile message by five."""

_GAP_WORDS = 4
_START = r"(?<![^ ])"
# Possessive: a mark once skipped stays skipped, or a `!` could be dodged by giving it back.
_END = r" (?:[,:;] )?+"
_ANY_WORD = rf"[^ ,:;.?]++{_END}"
_LEXEME = re.compile(
    r"\s*(\.\.\.|<[a-z0-9_]+>\??|\(|\)\??|\||!|(?<!\S)\?(?!\S)|[^\s()|!?<>*.&]+\*?\??)"
)


class ExpressionError(ValueError):
    """An expression cannot be read; the message says what and how to mend it."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A word that must be there before an expression is worth trying."""

    word: str
    begins: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One side of an `&`: its regular expression, its possible anchors, its width in words."""

    pattern: str
    anchors: tuple[frozenset[Anchor], ...]
    width: int

    @property
    def regex(self) -> re.Pattern[str]:
        """The expression compiled, at its first use: most never meet a message with their anchor.

        Compiling all of them at the start would take seconds.
        """
        return _compiled(self.pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


class _Node(NamedTuple):
    """A piece of an expression: its regex, its possible anchors, its greatest width in words.

    A tuple, because a hundred thousand of them are made when the bot starts.
    """

    regex: str
    anchors: tuple[frozenset[Anchor], ...] = ()
    width: int = 0
    gaps: int = 0


class Expressions:
    """Reads the expressions of one language; what many of them name is read once.

    spell: what one word as written stands for, one or more words (the star is taken off)
    names: named groups, as the text that stands between the brackets
    """

    def __init__(self, spell: Callable[[str], tuple[str, ...]], names: Mapping[str, str]) -> None:
        self.word = cache(self._word)
        self.named = cache(self._named)
        self._spell = spell
        self._names = names

    def parse(self, source: str) -> tuple[Part, ...]:
        """Return the parts of an expression. Raises ExpressionError."""
        parts = []
        for side in source.split("&"):
            node = _Parser(side, self).whole()
            if not node.anchors:
                raise ExpressionError("holds no word that must be there; add one outside `?`")
            if node.gaps > MOST_GAPS:
                raise ExpressionError(f"has more than {MOST_GAPS} gaps; split it in two or use &")
            parts.append(Part(_START + node.regex, node.anchors, node.width))
        return tuple(parts)

    def _named(self, name: str) -> _Node:
        if name not in self._names:
            raise ExpressionError(f"names <{name}>, which `words:` does not hold above; add it")
        return _Parser(f"({self._names[name]})", self).whole()

    def _word(self, word: str) -> _Node:
        begins = word.endswith("*")
        spelt = (word[:-1],) if begins else self._spell(word)
        if begins and "'" in word:
            raise ExpressionError(f"has an apostrophe in `{word}`; write it as two words")
        return _joined([_spelt(one, begins=begins) for one in spelt])


class _Parser:
    """One reading of one side of an expression."""

    def __init__(self, source: str, language: Expressions) -> None:
        self._language = language
        self._lexemes = list(_lexemes(source))
        self._at = 0

    def whole(self) -> _Node:
        if self._peek() in {"!", "..."}:
            raise ExpressionError(f"begins with `{self._peek()}`; begin with a word")
        node = self._sequence()
        if self._peek() is not None:
            raise ExpressionError(f"has a stray `{self._peek()}`; put alternatives in brackets")
        return node

    def _peek(self) -> str | None:
        return self._lexemes[self._at] if self._at < len(self._lexemes) else None

    def _sequence(self) -> _Node:
        items = []
        while (lexeme := self._peek()) is not None and lexeme[0] not in "|)":
            items.append(self._item())
        if not any(item.regex for item in items):
            raise ExpressionError("has an empty place; put a word there or take it out")
        return _joined(items)

    def _item(self) -> _Node:
        lexeme = self._lexemes[self._at]
        self._at += 1
        if lexeme == "...":
            return _Node(f"(?:{_ANY_WORD}){{0,{_GAP_WORDS}}}?", (), _GAP_WORDS, 1)
        if lexeme == "!":
            if self._peek() in {None, "!", "...", "?"}:
                raise ExpressionError("has a `!` before nothing; write the words after it")
            refused = self._item()
            return _Node(f"(?!{refused.regex})", (), refused.width)
        if lexeme == "?":
            return _Node(r"\? ", (frozenset({Anchor("?", begins=False)}),), 1)
        if lexeme == "(":
            return self._group()
        optional = lexeme.endswith("?")
        lexeme = lexeme.rstrip("?")
        node = (
            self._language.named(lexeme[1:-1]) if lexeme[0] == "<" else self._language.word(lexeme)
        )
        return _optional(node) if optional else node

    def _group(self) -> _Node:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        closing = self._peek()
        if closing is None:
            raise ExpressionError("opens a bracket that is never closed; add `)`")
        self._at += 1
        node = _either(branches)
        return _optional(node) if closing == ")?" else node


def _spelt(word: str, *, begins: bool) -> _Node:
    regex = re.escape(word) + ("[^ ]*+" if begins else "") + _END
    return _Node(regex, (frozenset({Anchor(word, begins)}),), 1)


def _lexemes(source: str) -> Iterator[str]:
    at = 0
    text = source.strip()
    while at < len(text):
        match = _LEXEME.match(text, at)
        if match is None:
            raise ExpressionError(f"cannot be read from `{text[at:]}` on; see the list of signs")
        yield match[1]
        at = match.end()


def _joined(nodes: list[_Node]) -> _Node:
    if len(nodes) == 1:
        return nodes[0]
    return _Node(
        "".join(node.regex for node in nodes),
        tuple(anchor for node in nodes for anchor in node.anchors),
        sum(node.width for node in nodes),
        sum(node.gaps for node in nodes),
    )


def _either(nodes: list[_Node]) -> _Node:
    if len(nodes) == 1:
        return nodes[0]
    # One anchor of each branch together is what must be there; the longest is the rarest.
    anchors: tuple[frozenset[Anchor], ...] = ()
    if all(node.anchors for node in nodes):
        best = (_rarest(node.anchors) for node in nodes)
        anchors = (frozenset().union(*best),)
    return _Node(
        "(?:" + "|".join(node.regex for node in nodes) + ")",
        anchors,
        max(node.width for node in nodes),
        max(node.gaps for node in nodes),
    )


def _optional(node: _Node) -> _Node:
    return _Node(f"(?:{node.regex})?", (), node.width, node.gaps)


def _rarest(anchors: tuple[frozenset[Anchor], ...]) -> frozenset[Anchor]:
    if len(anchors) == 1:
        return anchors[0]
    return max(anchors, key=lambda one: min(len(anchor.word) for anchor in one))
