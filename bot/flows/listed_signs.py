"""What may be known of a case's signs, and how they read; nothing without the scope."""

from dataclasses import replace

from bot.engine.chat import Case, Chat, Role, Scope, Sign
from bot.engine.effects import Entry, Text, Words
from bot.engine.events import Event

MOST = 5
SHORTEST, LONGEST = 3, 40  # characters of own words: five of them stand on one card
LABEL = 24  # characters of a button
PROPOSED, APPROVED = "proposed", "approved"


def sign_text(sign: Sign) -> Text | str:
    """What a sign says: its catalogue entry or the partner's own words."""
    return Entry("signs", sign.slug, "text") if sign.slug else sign.words or ""


def sign_label(sign: Sign) -> Text:
    """What a sign's button says."""
    if sign.slug:
        return Entry("signs", sign.slug, "button")
    words = sign.words or ""
    return Words("signs.label", {"words": words if len(words) <= LABEL else f"{words[:23]}…"})


def is_open(chat: Chat) -> bool:
    """All three keys are there for a partner, and the patient consented to signs."""
    return chat.role is Role.PARTNER and Scope.SIGNS in chat.scopes


def may_list(chat: Chat, _event: Event) -> bool:
    """The list may be opened."""
    return is_open(chat)


def listed(chat: Chat) -> tuple[Sign, ...]:
    """The signs on the partner's list, with or without an answer; a declined one is not on it."""
    case = chat.case if Scope.SIGNS in chat.scopes else None
    return tuple(s for s in case.signs if s.state in {PROPOSED, APPROVED}) if case else ()


def active(chat: Chat) -> tuple[Sign, ...]:
    """The signs the patient approved."""
    return tuple(sign for sign in listed(chat) if sign.state == APPROVED)


def waiting(chat: Chat) -> tuple[Sign, ...]:
    """The signs the patient has not answered."""
    return tuple(sign for sign in listed(chat) if sign.state == PROPOSED)


def with_case(chat: Chat, changed: Case) -> Chat:
    """Return the chat with a case in the place of the one of the same id and role."""
    cases = tuple(
        changed if c.id == changed.id and c.mine is changed.mine else c for c in chat.cases
    )
    return replace(chat, cases=cases)


def with_signs(chat: Chat, signs: tuple[Sign, ...]) -> Chat:
    """Return the chat with other signs in the open case."""
    return with_case(chat, replace(chat.case, signs=signs)) if chat.case else chat


def has_active(chat: Chat, _event: Event) -> bool:
    """There is a sign to look at."""
    return bool(active(chat))


def has_room(chat: Chat, event: Event) -> bool:
    """One more sign fits on the list."""
    return may_list(chat, event) and len(listed(chat)) < MOST
