"""A link is opened or a code pasted: who this person becomes, and where that leads."""

from dataclasses import replace

from bot.engine.chat import Case, Chat, Place, Role
from bot.engine.effects import Effect, JoinCase, Notify, RegisterTherapist, Say, Words
from bot.engine.events import CommandGiven, Event, Invitation, TextReceived
from bot.flows.menu import home


def _invitation(event: Event) -> Invitation | None:
    return event.invitation if isinstance(event, CommandGiven | TextReceived) else None


def invited(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Use the invitation, if there is one and it may be used.

    Wrong, used, expired and never-existed codes get one identical answer.
    """
    invitation = _invitation(event)
    if invitation is None:
        return chat, ()
    if invitation.refused:
        known = invitation.refused == "same_case"
        return chat, (Say(Words("invitation.same_case" if known else "invitation.refused")),)
    role = invitation.role
    if role is Role.PARTNER:
        return replace(chat, paused=None), ()
    roles = chat.roles if role in chat.roles else (*chat.roles, role)
    chat = replace(chat, role=role, roles=roles, paused=None)
    if role is Role.THERAPIST:
        return chat, (RegisterTherapist(invitation.id),)
    case = Case(invitation.case, role, patient_joined=True, number=invitation.number)
    told = Notify(invitation.case, Role.THERAPIST, "patient_joined")
    return replace(chat, cases=(*chat.cases, case)), (JoinCase(invitation.id), told)


def arrival(chat: Chat, event: Event) -> Place:
    """Where `/start` or a pasted code leads."""
    invitation = _invitation(event)
    if invitation is None:
        return home(chat, event)
    if invitation.refused:
        return chat.place
    return _beginning(chat, invitation)


def _beginning(chat: Chat, invitation: Invitation) -> Place:
    """Where a new role begins, after as much of the onboarding as this person still needs.

    A partner's link is used only when the third key is turned, so it travels in the memory.
    """
    role, memory = invitation.role, {}
    if role is Role.PARTNER:
        memory = {"invitation": invitation.id, "case": invitation.case}
    if not (chat.adult and chat.preferences.country):
        return Place("onboarding", "hello", memory)
    if role is Role.PARTNER:
        return Place("onboarding", "keys", memory)
    if not chat.agreed:
        return Place("onboarding", "net")
    return Place("therapist", "details") if role is Role.THERAPIST else Place("consent", "start")
