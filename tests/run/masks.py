"""What chance decides, hidden on both sides of a comparison.

In another process chance is the machine's: links, codes and numbers are secrets, and some replies
come in several wordings so that an evening does not sound like the last one.
"""

import re
from datetime import UTC, datetime
from functools import cache

from bot.engine.effects import Words
from bot.flows.checkin import KIND_REPLIES
from bot.flows.notices import REMINDERS
from bot.texts.render import Context, render
from tests.parts import shelf

_SECRETS = (
    (re.compile(r"t\.me/\w+\?start=[\w-]+"), "t.me/…?start=…"),
    (re.compile(r"\b[0-9][A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{8}\b"), "CODE"),
    (re.compile(r"\b\d{4}\b"), "NUMBER"),
)
_WORDINGS = {
    "reminder.goal": REMINDERS,
    "checkin.done": KIND_REPLIES,
    "checkin.partly": KIND_REPLIES,
    "checkin.not_today": KIND_REPLIES,
}
_SLOT = "SLOT"


def masked(text: str, lang: str) -> str:
    """Return a text without what chance decided in it."""
    for wording, name in _wordings(lang):
        if found := wording.fullmatch(text):
            text = f"{name} {' '.join(found.groups()[: _names_it(lang, name)])}"
            break
    for secret, mask in _SECRETS:
        text = secret.sub(mask, text)
    return text


def _names_it(lang: str, name: str) -> bool:
    """Whether every wording names the goal, so that it can be compared."""
    return all(wording.groups for wording, its_name in _wordings(lang) if its_name == name)


def without_times(text: str) -> str:
    """Return a text without times of day: they differ where the clock had to be moved on."""
    return re.sub(r"\b\d{1,2}:\d{2}\b", "TIME", text)


@cache
def _wordings(lang: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return each wording as a pattern, with the name they share."""
    context, goal = Context(lang, "UTC", datetime(2027, 3, 1, tzinfo=UTC)), {"goal": _SLOT}
    return tuple(
        (re.compile(re.escape(said.text).replace(_SLOT, "(.+)")), name)
        for name, many in _WORDINGS.items()
        for n in range(1, many + 1)
        for said in [render(shelf().bundle, Words(f"{name}_{n}", goal), context)]
    )
