"""What a presented link or code stands for, unless somebody is guessing.

Wrong, used, expired, never given out and no longer looked at: one identical answer. A code has 45
random bits and a link 128, so the limit is there to be noticed and to slow, not to be the wall.
"""

from datetime import datetime

import structlog

from bot.engine.events import Invitation
from bot.store import cases, guesses
from bot.store.database import Unit

MINE, PRACTICE = 5, 20
"""So many wrong ones an hour, of a person and of a practice; then right ones are refused too."""

_REFUSED = Invitation(refused="unknown")
_log = structlog.get_logger(__name__)


def presented(unit: Unit, person: str, secret: str, at: datetime) -> Invitation:
    """Return what a secret stands for to this person now.

    A secret that was never given out belongs to no practice: such guesses are counted together
    and told in the log, but lock nobody out, or four strangers could keep every patient out.
    """
    found = cases.find_invitation(unit, secret, person, at) or _REFUSED
    wrong = found.refused == "unknown"
    counted = guesses.count(unit, person, secret, at, wrong=wrong)
    if wrong and not counted.known and counted.theirs == PRACTICE:
        _log.warning("many wrong codes in an hour", codes=PRACTICE)
    too_many = counted.mine >= MINE or (counted.known and counted.theirs >= PRACTICE)
    return _REFUSED if too_many and not found.refused else found
