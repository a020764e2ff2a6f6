"""The gate before own words that would be kept: what does not belong on a list between two people.

Which words it stops stands in content (`own_words.yaml`), the same kinds in every language. It
comes after safety, which has read the text before: here nobody is in danger, a sentence is only
better put another way.
"""

import re
import unicodedata
from dataclasses import dataclass

KINDS = ("phone", "medicine", "food", "demand", "verdict")
"""In the order of asking: what must not be kept at all comes first."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What is stopped: a kind with its patterns, over the words as `bare` leaves them."""

    kinds: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...] = ()

    def stops(self, text: str) -> str:
        """Return the kind of the first pattern that is found in a text, or nothing."""
        words = bare(text)
        return next(
            (kind for kind, patterns in self.kinds if any(p.search(words) for p in patterns)), ""
        )


def bare(text: str) -> str:
    """Return a text in small letters without accents, curly apostrophes or wide gaps."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
