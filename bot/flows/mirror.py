"""The mirror: the patient sees what the partner sees about them, and nothing the partner started.

Titles only: of assigned modules, of shared goals, of signs; and the dates of the consent.
"""

from collections.abc import Mapping

from bot.engine.chat import Case, Chat, Scope, Sign
from bot.engine.effects import Entry, Value, Words
from bot.engine.events import Event
from bot.flows.listed_signs import APPROVED, PROPOSED, sign_text
from bot.flows.micro_goal import goal_text
from bot.flows.scopes import names, standing


def mirror(chat: Chat, _event: Event) -> tuple[Words, ...]:
    """What is seen, what waits to be approved, and since when and until when it may be seen."""
    case = chat.case
    shown = case is not None and (case.modules or case.shared)
    said = [Words("mirror.shared" if shown else "mirror.empty")]
    if case and _signs(case):
        said.append(Words("mirror.signs"))
    waits = case is not None and bool(case.scopes) and not case.confirmed
    # Before the number is compared nobody sees anything, whatever was said yes to.
    said.append(Words("consent.home_unconfirmed" if waits else "mirror.dates"))
    return tuple(said)


def mirror_values(case: Case) -> Mapping[str, Value]:
    """What the mirror names."""
    nothing = Words("consent.nothing")
    signs = {
        state: tuple(sign_text(sign) for sign in _signs(case) if sign.state == state)
        for state in (APPROVED, PROPOSED)
    }
    return {
        "modules": tuple(Entry("modules", m, "title") for m in case.modules) or nothing,
        "goals": tuple(goal_text(goal) for goal in case.shared) or nothing,
        "approved": signs[APPROVED] or nothing,
        "proposed": signs[PROPOSED] or nothing,
        "standing": standing(case),
        "scopes": names(case.scopes),
    }


def _signs(case: Case) -> tuple[Sign, ...]:
    if Scope.SIGNS not in case.scopes:
        return ()
    return tuple(sign for sign in case.signs if sign.state in {APPROVED, PROPOSED})
