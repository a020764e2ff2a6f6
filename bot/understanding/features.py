"""What the statistical reader looks at: the meaning of a text, its spelling, what was found in it.

The encoder knows meaning but loses rare and misspelt words; words and parts of words, hashed into
a fixed number of places, keep them. What the lexicons found says what clinicians know.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from zlib import crc32

from bot.safety.reading import FRICTION_KINDS
from bot.understanding.encoder import WIDTH, encode
from bot.understanding.lexicon import AMBER_TRIGGERS, LABELS, RED_TRIGGERS, Kind
from bot.understanding.normalise import clean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PLACES = 8_192
"""Places that words and parts of words are hashed into."""

FINDINGS = (
    *(f"{kind}.{trigger}" for kind in (Kind.CLEAR, Kind.OPEN) for trigger in RED_TRIGGERS),
    *(f"{Kind.AMBER}.{trigger}" for trigger in AMBER_TRIGGERS),
    *(f"{Kind.FRICTION}.{kind}" for kind in FRICTION_KINDS),
    *(f"{Kind.LABEL}.{label}" for label in LABELS),
    *Kind,
    "stands",
    "doubted",
    "proposed",
    "dismissed",
)
"""What lexicons can find: kinds of entries, with their keys, and what they amount to."""

SIZE = WIDTH + PLACES + len(FINDINGS)
WORDS, PARTS, FINDING = 1.0, 0.5, 0.5
"""How much words, parts of words and a finding count beside a vector of length 1.

Found by cross-validation: words help most; their parts help little there, but are what is left of
a misspelt word.
"""

_COLUMN = {name: WIDTH + PLACES + n for n, name in enumerate(FINDINGS)}
_WORD = re.compile(r"[^\W_]+|\?")
_LONG_RUN = re.compile(r"(.)\1{2,}")
# Combining marks left over after composition (zalgo), zero-width and bidi controls, variations.
_UNSEEN = re.compile(
    "[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+"
)
_LENGTHS = (3, 4)  # letters


def features(texts: Sequence[str], found: Sequence[Collection[str]]) -> "NDArray[np.float32]":
    """Return one row of `SIZE` numbers for each text: vector, places, findings.

    found: for each text the names among `FINDINGS`

    Raises NoEncoder when the encoder is not installed.
    """
    vectors = encode([seen(text) for text in texts])
    import numpy as np  # noqa: PLC0415 - optional: it comes with the encoder

    rows = np.zeros((len(texts), SIZE), dtype=np.float32)
    rows[:, :WIDTH] = vectors
    for row, text, names in zip(rows, texts, found, strict=True):
        words = _words(text)
        for signs, share in ((_pairs(words), WORDS), (_parts(words), PARTS)):
            places = sorted({WIDTH + crc32(sign.encode()) % PLACES for sign in signs})
            if places:
                row[places] += share * len(places) ** -0.5
        row[[_COLUMN[name] for name in names]] = FINDING
    return rows


def seen(text: str) -> str:
    """Return a text as the encoder is to see it: no ornament, no shouting, accents kept."""
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).replace("’", "'")
    text = _LONG_RUN.sub(r"\1\1", text)
    return text.lower() if text.isupper() else text


def _words(text: str) -> list[str]:
    return _WORD.findall(_LONG_RUN.sub(r"\1\1", clean(text)))


def _pairs(words: Sequence[str]) -> Iterator[str]:
    """Yield each word, and each with the word before it."""
    before = ""
    for word in words:
        yield word
        yield f"{before} {word}"
        before = word


def _parts(words: Iterable[str]) -> Iterator[str]:
    """Yield the parts of each word, its ends marked."""
    for word in words:
        framed = f"<{word}>"
        for length in _LENGTHS:
            for start in range(len(framed) - length + 1):
                yield f"#{framed[start : start + length]}"
