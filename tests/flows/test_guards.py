from dataclasses import replace

import pytest

from bot.engine.chat import Chat, Scope
from bot.engine.events import Outage
from bot.flows.guards import GUARDS
from tests.starts import EVENING, STARTS

NOW = Outage(at=EVENING)
FULL = STARTS["partner_full"]


def _with(*scopes: Scope) -> Chat:
    case = replace(FULL.cases[0], scopes=frozenset(scopes))
    return replace(FULL, cases=(case,))


def _agreeing(chat: Chat) -> set[str]:
    return {name for name, guard in GUARDS.items() if guard(chat, NOW)}


def test_all_keys_open_the_full_track() -> None:
    """What content may ask for by name, and a partner with all three keys (M11)."""
    assert _agreeing(FULL) == {"full_track", "can_contact", "shared_goals", "shared_signs"}


@pytest.mark.parametrize("start", ["visitor", "partner", "partner_waiting", "therapist", "patient"])
def test_without_them_there_is_information_only(start: str) -> None:
    """One missing key is enough (M11)."""
    assert _agreeing(STARTS[start]) == {"information_only"}


@pytest.mark.parametrize(
    ("scope", "guard"),
    [
        (Scope.CONTACT, "can_contact"),
        (Scope.GOALS, "shared_goals"),
        (Scope.SIGNS, "shared_signs"),
    ],
)
def test_each_scope_opens_its_own_part_and_no_other(scope: Scope, guard: str) -> None:
    """Consent is given scope by scope (M11, P8)."""
    assert _agreeing(_with(scope)) == {"full_track", guard}
    assert guard not in _agreeing(_with(*(set(Scope) - {scope})))
