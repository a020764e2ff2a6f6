"""What few and clear words without danger say: stop, thanks, who are you, yes, no, not sure.

The words stand in content (`wishes.yaml`), the same kinds in every language. They only say which
answer fits once the text has been read; nobody is in danger here.
"""

import re
from dataclasses import dataclass

from bot.flows.own_words import bare

SETTINGS = ("pause", "restart", "stop")
CONTACT = "contact"
TALK = ("person", "who", "thanks", "greeting", "farewell")
ANSWERS = ("unsure", "yes_me", "yes_other", "yes", "no")
WISHES = (*SETTINGS, CONTACT, *TALK, *ANSWERS)
"""In the order of asking: «stop for a week» is a pause, «thanks, but stop» is a stop."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """The kinds with their patterns, over the words as `bare` leaves them."""

    kinds: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...] = ()

    def of(self, text: str) -> str:
        """Return the first kind of `WISHES` that a text shows, or nothing."""
        words = bare(text)
        found = {kind for kind, patterns in self.kinds if any(p.search(words) for p in patterns)}
        return next((kind for kind in WISHES if kind in found), "")
