"""A text in the stretches that are read one by one, so that a cry in a long text is not drowned.

A message of usual length is one stretch. A longer one is cut between its sentences into stretches
that overlap by one sentence; a sentence too long for a stretch is cut between words.
"""

import re
from collections.abc import Iterator

WIDTH = 240
"""Characters: nine of ten messages typed on a phone are shorter."""

_OVERLAP = 60
_SENTENCE = re.compile(r"[^.!?…\n]*[.!?…\n]*\s*")


def windows(text: str) -> list[str]:
    """Return the stretches of a text, in order; none of an empty one.

    Each is at most `WIDTH` characters long and the text costs at most twice its own length.
    """
    text = text.strip()
    if len(text) <= WIDTH:
        return [text] if text else []
    found: list[str] = []
    held = last = ""
    for sentence in _sentences(text):
        if len(held) + len(sentence) > WIDTH and held:
            found.append(held)
            held = last if len(last) <= _OVERLAP else ""
        if len(held) + len(sentence) > WIDTH:
            held = ""
        held += sentence
        last = sentence
    found.append(held)
    return [stretch.strip() for stretch in found if stretch.strip()]


def _sentences(text: str) -> Iterator[str]:
    """Yield the sentences; one longer than a window in overlapping pieces of whole words."""
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        while len(sentence) > WIDTH:
            cut = sentence.rfind(" ", WIDTH // 2, WIDTH) + 1 or WIDTH
            yield sentence[:cut]
            # Without a blank to cut at there is no word to begin with again.
            back = sentence.find(" ", cut - _OVERLAP, cut - 1) + 1 or cut
            sentence = sentence[back:]
        if sentence:
            yield sentence
