"""The named rules that flows and content may use. Content names them; it never grows an `if`."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.engine.chat import Chat, Scope
from bot.engine.events import Event
from bot.engine.flow import Guard


def full_track(chat: Chat, _event: Event) -> bool:
    """All three keys are there: invitation, the patient's consent, the partner's own."""
    return bool(chat.scopes)


def information_only(chat: Chat, _event: Event) -> bool:
    """At least one key is missing, so nothing about any patient may be opened."""
    return not chat.scopes


def can_contact(chat: Chat, _event: Event) -> bool:
    """The patient consented to contact requests."""
    return Scope.CONTACT in chat.scopes


def shared_goals(chat: Chat, _event: Event) -> bool:
    """The patient consented to goals that concern both."""
    return Scope.GOALS in chat.scopes


def shared_signs(chat: Chat, _event: Event) -> bool:
    """The patient consented to signs that both notice."""
    return Scope.SIGNS in chat.scopes


GUARDS: Mapping[str, Guard] = MappingProxyType(
    {
        "full_track": full_track,
        "information_only": information_only,
        "can_contact": can_contact,
        "shared_goals": shared_goals,
        "shared_signs": shared_signs,
    }
)
