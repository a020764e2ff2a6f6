"""Which places show somebody what is somebody else's: whoever stands there has looked.

The look is noted in the transaction that shows it, and told to those whose data it was. Not
noted: what a partner reads of their own, and what the program itself reads in order to work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.engine.chat import Chat, Role
from bot.engine.effects import Say
from bot.engine.ways import Turn


@dataclass(frozen=True, slots=True)
class Shown:
    """What a place shows, and whose it is."""

    what: str
    of: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """A look: at what, in which case, of whom."""

    case: str
    what: str
    of: tuple[Role, ...]


_BOTH = (Role.PARTNER, Role.PATIENT)
PLACES: Mapping[tuple[str, str], Shown] = MappingProxyType(
    {
        ("therapist", "case"): Shown("case", _BOTH),
        ("therapist", "request"): Shown("request", (Role.PARTNER,)),
        ("consent", "mirror"): Shown("mirror", (Role.PARTNER,)),
    }
)


def looked(turn: Turn) -> Looked | None:
    """Return what the speaker was shown of others in a turn, if anything."""
    chat = turn.chat
    shown = PLACES.get((chat.place.flow, chat.place.step))
    answered = any(isinstance(effect, Say) and not effect.push for effect in turn.effects)
    case = _case(chat) if shown and answered else None
    return Looked(case, shown.what, shown.of) if shown and case else None


def _case(chat: Chat) -> str | None:
    """The case in hand: a therapist's chosen one, or the one a request stands in, or the only."""
    if chat.role is not Role.THERAPIST:
        return chat.case.id if chat.case else None
    request, named = chat.memory.get("request"), chat.memory.get("case")
    if chat.place.step == "request":
        asked = (c.id for c in chat.roster if request in {r.id for r in c.requests})
        return next(asked, None)
    return named if named in {case.id for case in chat.roster} else None
