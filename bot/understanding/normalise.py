"""From what a thumb typed to the forms that expressions are matched against.

A form is a line of lower-case words without accents, each followed by one space, with marks as
words of their own: `.` and `?` end a sentence, `;` a line, `:` opens speech, `,` is a pause.
Words of an expression pass through the same `Speller` as words of a message. Whatever matches
as typed therefore still matches after phone spelling was resolved, and the raw text is covered.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_QUOTES = '"«»“”„‟‹›″「」'
_APOSTROPHES = "'’‘`´ʼ′＇ʹ‛"
_LOOKALIKES = dict(
    zip(
        "авеёзкмнорстухіїјѕԁԛԝһ" + "αβειηκνορτυχω" + "ıłøđħŧɑɡ",
        "abee3kmhopctyxiijsdqwh" + "abeihkvoptuxw" + "ilodhtag",
        strict=True,
    )
)


def _small_capitals() -> dict[str, str]:
    """Return the phonetic small capitals, which compatibility decomposition leaves alone."""
    blocks = (range(0x0250, 0x02B0), range(0x1D00, 0x1D80), range(0xA720, 0xA800))
    found = {}
    for code in (code for block in blocks for code in block):
        name = unicodedata.name(chr(code), "")
        if match := re.fullmatch(r"LATIN LETTER SMALL CAPITAL ([A-Z])", name):
            found[chr(code)] = match[1].lower()
    return found


def _enclosed_letters() -> dict[str, str]:
    """Return the white-on-black and squared letters used as decoration."""
    starts = (0x1F130, 0x1F150, 0x1F170)
    return {chr(start + n): chr(ord("a") + n) for start in starts for n in range(26)}


# Before decomposition, because `´` would fall apart into a space and an accent.
_QUOTES_AND_APOSTROPHES = str.maketrans(
    dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_QUOTES, '"') | {"…": "..."}
)
_LETTERS = str.maketrans(_LOOKALIKES | _small_capitals() | _enclosed_letters())
# Combining marks (accents, zalgo), zero-width and bidi controls, variation selectors, soft hyphen.
_INVISIBLE = re.compile(
    "[\u00ad\u0300-\u036f\u0483-\u0489\u061c\u115f\u1160\u17b4\u17b5\u180e\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u3164\ufe00-\ufe0f"
    "\ufe20-\ufe2f\ufeff\uffa0\U0001f3fb-\U0001f3ff\U000e0000-\U000e01ef]+"
)
_TOKEN = re.compile(
    r"(?P<word>[^\W_]+(?:'[^\W_]+)*'?|\+)"
    r"|(?P<pause>\.\.+[.!?]*|[,()\[\]/–—]|(?<=\s)-+(?=\s))"
    r"|(?P<ask>[.!]*\?[.!?]*)|(?P<stop>[.!]+)|(?P<line>[;\n]\s*)|(?P<say>[:\"]+)"
)
_MARKS = {"pause": ",", "ask": "?", "stop": ".", "line": ";", "say": ":"}
_STRENGTH = ",:;.?"
_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}")
_HELD_WORD = re.compile(r"[^\W\d_]*([^\W\d_])\1{2,}[^\W\d_]*")
_DOTTED = re.compile(r"(?<![^\W_])(?:[^\W\d_][.\-_*·]){2,}[^\W\d_](?![^\W_])")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_] ){3,}[^\W\d_](?![^\W_])")
_DISGUISED = re.compile(r"(?<![^\W_])(?=\w*[^\W\d_])[\w@$!|]*[0-9@$!|](?=[^\W\d_])[\w@$!|]*")
_DISGUISES = str.maketrans("0134578@$!|", "oieastbasii")


def clean(text: str) -> str:
    """Return `text` in lower case without accents, ornament, disguise of script or controls."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_QUOTES_AND_APOSTROPHES))
        text = _INVISIBLE.sub("", text).lower().translate(_LETTERS)
        return _INVISIBLE.sub("", unicodedata.normalize("NFKD", text))
    return text.translate(_QUOTES_AND_APOSTROPHES).lower()


@dataclass(frozen=True, slots=True)
class Speller:
    """How one language is spelt on a phone.

    words: a token as typed (clean) to what it stands for, one or more words
    letters: replacements inside words that `words` does not know (`ke` to `che`)
    emoji: single characters to the words they stand for
    slips: slips of a thumb to the words they were meant as; read beside what was typed, never
        instead of it
    known: words that expressions look for; a held key is let go where one of them appears
    """

    words: Mapping[str, str] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    emoji: Mapping[str, str] = field(default_factory=dict)
    slips: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    def forms(self, text: str) -> tuple[str, ...]:
        """Return the distinct forms of `text`, the plain one first.

        Runs of three or more letters are read as two, as one, and word by word as what is known;
        text that spells words out letter by letter, or with figures for letters, is also read as
        the word, and slips of a thumb as what they were meant as.
        """
        plain = self._with_words_for_emoji(clean(text))
        found = [self._line(_LONG_RUN.sub(r"\1\1", plain))]
        if _LONG_RUN.search(plain):
            found.append(self._line(_LONG_RUN.sub(r"\1", plain)))
            found.append(self._line(_HELD_WORD.sub(self._let_go, plain)))
        shown = _undisguise(plain)
        if shown != plain:
            found.append(self._line(_LONG_RUN.sub(r"\1", shown)))
        if self.slips:
            found += [self._meant(form) for form in found]
        return tuple(dict.fromkeys(found))

    def _let_go(self, held: re.Match[str]) -> str:
        twice, once = (_LONG_RUN.sub(letters, held[0]) for letters in (r"\1\1", r"\1"))
        return twice if twice in self.known else once

    def _meant(self, form: str) -> str:
        return " ".join(self.slips.get(word, word) for word in form.split(" "))

    def spell(self, word: str) -> tuple[str, ...]:
        """Return the words that one clean token stands for."""
        known = self.words.get(word)
        if known is not None:
            return tuple(known.split())
        if "'" in word:
            parts = (part for part in word.split("'") if part)
            return tuple(spelt for part in parts for spelt in self.spell(part))
        for typed, meant in self.letters.items():
            word = word.replace(typed, meant)
        return (word,)

    def _with_words_for_emoji(self, text: str) -> str:
        if self.emoji and not text.isascii():
            for sign, meant in self.emoji.items():
                text = text.replace(sign, f" {meant} ")
        return text

    def _line(self, text: str) -> str:
        tokens: list[str] = []
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup or ""
            if kind == "word":
                tokens.extend(self.spell(match[0]))
            else:
                _add_mark(tokens, _MARKS[kind])
        return " ".join(tokens) + " " if tokens else ""


def near_misses(words: Iterable[str]) -> dict[str, str]:
    """Return the slips of a thumb for each word: a letter lost, doubled, or two swapped.

    The first letter is trusted: people rarely miss it, and other words begin there.
    """
    slips: dict[str, str] = {}
    for word in words:
        for n in range(1, len(word)):
            head, letter, tail = word[:n], word[n], word[n + 1 :]
            slips.setdefault(head + tail, word)
            slips.setdefault(head + letter + letter + tail, word)
            if tail:
                slips.setdefault(head + tail[0] + letter + tail[1:], word)
        slips.pop(word, None)
    return slips


def _add_mark(tokens: list[str], mark: str) -> None:
    """Append a mark; of several in a row only the strongest stays."""
    if not tokens:
        return
    if tokens[-1] in _STRENGTH:
        tokens[-1] = max(tokens[-1], mark, key=_STRENGTH.index)
    else:
        tokens.append(mark)


def _undisguise(text: str) -> str:
    text = _DOTTED.sub(lambda match: re.sub(r"[^\w]|_", "", match[0]), text)
    text = _SPACED.sub(lambda match: match[0].replace(" ", ""), text)
    return _DISGUISED.sub(lambda match: match[0].translate(_DISGUISES), text)
