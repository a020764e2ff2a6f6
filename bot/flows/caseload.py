"""What a therapist's cases are made of: the acts, the rules and what is shown of them.

Requests and what else waits are in worklist.py, readings in assigning.py, closing in endings.py.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.engine.chance import new_code, new_id, new_link, new_number
from bot.engine.chat import STYLES, Case, Chat, Place, Role, Scope
from bot.engine.effects import (
    Attach,
    Button,
    ConfirmCase,
    Effect,
    Entry,
    NoteLooked,
    Notify,
    OpenCase,
    RenewInvitation,
    SetStyle,
    Value,
    WithdrawInvitation,
    Words,
)
from bot.engine.events import ButtonPressed, Event, TextReceived
from bot.flows.paging import page

LONGEST_LABEL = 20
SHORTEST_DETAILS, LONGEST_DETAILS = 3, 200
Done = tuple[Chat, tuple[Effect, ...]]


def chosen(chat: Chat) -> Case | None:
    """The case in hand."""
    return next((c for c in chat.roster if c.id == chat.memory.get("case")), None)


def given(event: Event) -> str:
    """What was pressed or typed."""
    if isinstance(event, ButtonPressed):
        return event.value
    return event.text.strip() if isinstance(event, TextReceived) else ""


def remember(chat: Chat, **answers: str) -> Chat:
    """Return the chat with more answers in its memory."""
    memory = MappingProxyType({**chat.memory, **answers})
    return replace(chat, place=replace(chat.place, memory=memory))


def with_case(chat: Chat, case: Case) -> Chat:
    """Return the chat with one case changed."""
    return replace(chat, cases=tuple(case if c.id == case.id else c for c in chat.cases))


def details_fit(_chat: Chat, event: Event) -> bool:
    """The contact details are neither empty nor too long."""
    return SHORTEST_DETAILS <= len(given(event)) <= LONGEST_DETAILS


def save_details(chat: Chat, event: Event) -> Done:
    """Save the contact details partners may see."""
    return replace(chat, own_contact=given(event)), ()


def label_fits(_chat: Chat, event: Event) -> bool:
    """The word for a case is neither empty nor too long."""
    return 1 <= len(given(event)) <= LONGEST_LABEL


def open_case(chat: Chat, event: Event) -> Done:
    """Open a case with its link, code and number."""
    label, case_id = given(event), new_id(event, "case")
    link, code, number = (
        new_link(event, "link"),
        new_code(event, "code"),
        new_number(event, "number"),
    )
    case = Case(case_id, Role.THERAPIST, label=label, number=number)
    chat = remember(replace(chat, cases=(*chat.cases, case)), case=case_id, link=link, code=code)
    return chat, (OpenCase(case_id, label, number, link, code),)


def renew_link(chat: Chat, event: Event) -> Done:
    """Make a new link for the partner; the old one is void."""
    link, case = new_link(event, "link"), chat.memory["case"]
    chat = remember(forget(chat, event)[0], case=case, link=link)
    return chat, (RenewInvitation(case, Role.PARTNER, link),)


def renew_code(chat: Chat, event: Event) -> Done:
    """Make a new code for the patient; the old one is void."""
    code, case = new_code(event, "code"), chat.memory["case"]
    chat = remember(forget(chat, event)[0], case=case, code=code)
    return chat, (RenewInvitation(case, Role.PATIENT, code),)


def forget(chat: Chat, _event: Event) -> Done:
    """Leave one case before another is opened, with its link and code."""
    return replace(chat, place=Place("therapist", chat.place.step)), ()


def only_the_case(chat: Chat, event: Event) -> Done:
    """Let go of link and code as soon as they have been shown."""
    return remember(forget(chat, event)[0], case=chat.memory.get("case", "")), ()


def case_there(chat: Chat, _event: Event) -> bool:
    """The case in hand still exists."""
    return chosen(chat) is not None


def invitations(chat: Chat, _event: Event) -> tuple[Words, ...]:
    """The messages to hand on, for whichever was just made."""
    made = {"link": "therapist.for_partner", "code": "therapist.for_patient"}
    return tuple(Words(text) for key, text in made.items() if key in chat.memory)


def link_made(chat: Chat, _event: Event) -> bool:
    """A link was just made, and can be shown as a picture."""
    return "link" in chat.memory


def code_made(chat: Chat, _event: Event) -> bool:
    """A code was just made, and can be shown as a picture."""
    return "code" in chat.memory


def picture_link(chat: Chat, _event: Event) -> Done:
    """Send the link as a picture to be scanned."""
    address = Entry("links", chat.memory["link"], "start")
    return chat, (Attach("qr", Words("therapist.qr_partner"), address),)


def picture_code(chat: Chat, _event: Event) -> Done:
    """Send the patient's code as a picture to be scanned."""
    address = Entry("links", chat.memory["code"], "start")
    shown = Words("therapist.qr_patient", {"code": chat.memory["code"]})
    return chat, (Attach("qr", shown, address),)


def take_back(chat: Chat, _event: Event) -> Done:
    """Take back whatever link or code nobody has used."""
    case = chosen(chat)
    if case is None:
        return chat, ()
    missing = {Role.PARTNER: case.partner_joined, Role.PATIENT: case.patient_joined}
    unused = (role for role, joined in missing.items() if not joined)
    return chat, tuple(WithdrawInvitation(case.id, role) for role in unused)


def look(chat: Chat, event: Event) -> Done:
    """Open a case: what changed in it until now is no news any more."""
    case = next((c for c in chat.roster if c.id == given(event)), None)
    if case is None:
        return chat, ()
    return with_case(chat, replace(case, news=frozenset())), (NoteLooked(case.id),)


def set_style(chat: Chat, event: Event) -> Done:
    """Choose how the bot offers things in the case."""
    case, style = chosen(chat), given(event).replace("none", "")
    if case is None:
        return chat, ()
    return with_case(chat, replace(case, style=style)), (SetStyle(case.id, style),)


def style_known(chat: Chat, event: Event) -> bool:
    """The style is one there is, and the case still exists."""
    return given(event) in {*STYLES, "none"} and chosen(chat) is not None


def styles(chat: Chat, _event: Event) -> tuple[Button, ...]:
    """The five styles, and none."""
    return page([Button(style_name(s), "style", s) for s in (*STYLES, "none")], chat, beside=1)


def style_name(style: str) -> Words:
    """What a style is called."""
    return Words(f"style.{style or 'none'}")


def confirmation(chat: Chat, _event: Event) -> tuple[Words, ...]:
    """What is to be compared: the number on two telephones, or the person and their paper."""
    case = chosen(chat)
    paper = case is not None and case.recorded_on is not None
    return (Words("case_consent.confirm" if paper else "therapist.confirm"),)


def confirm(chat: Chat, _event: Event) -> Done:
    """Confirm that the right people are in the case."""
    case = chosen(chat)
    if case is None:
        return chat, ()
    chat = with_case(chat, replace(case, confirmed=True))
    told = Notify(case.id, Role.PARTNER, "case_confirmed")
    return chat, (ConfirmCase(case.id), told, Notify(case.id, Role.PATIENT, "case_confirmed"))


def case_known(chat: Chat, event: Event) -> bool:
    """The case is one of the therapist's open ones."""
    return given(event) in {c.id for c in chat.roster if c.open}


def may_confirm(chat: Chat, _event: Event) -> bool:
    """Partner and patient are in, and the patient consented."""
    case = chosen(chat)
    return bool(case and case.partner_joined and case.scopes and not case.confirmed)


def may_invite(chat: Chat, event: Event) -> bool:
    """Somebody is missing, and nothing else is to be done first."""
    missing = partner_missing(chat, event) or patient_missing(chat, event)
    return missing and not may_confirm(chat, event)


def partner_missing(chat: Chat, _event: Event) -> bool:
    """No partner has joined."""
    case = chosen(chat)
    return bool(case and not case.partner_joined)


def patient_missing(chat: Chat, _event: Event) -> bool:
    """No patient has joined."""
    case = chosen(chat)
    return bool(case and not case.patient_joined)


def cases(chat: Chat, _event: Event) -> tuple[Button, ...]:
    """The open cases."""
    shown = [c for c in chat.roster if c.open]
    return page(
        [Button(Words("therapist.case_label", {"label": c.label}), "case", c.id) for c in shown],
        chat,
        beside=1,
    )


def key(*, there: bool) -> Words:
    """Whether a key is there, in words."""
    return Words("therapist.key_there" if there else "therapist.key_missing")


def values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    """What the therapist's messages name."""
    case = chosen(chat)
    shown: dict[str, Value] = {
        "cases": Words(
            "therapist.cases_open",
            {"n": sum(c.open for c in chat.roster)},
            count=sum(c.open for c in chat.roster),
        ),
        "link": Entry("links", chat.memory.get("link", ""), "start"),
        "code": chat.memory.get("code", ""),
        "longest": LONGEST_LABEL,
        "details": chat.own_contact,
    }
    if case is None:
        empty = (
            "label",
            "number",
            "partner",
            "patient",
            "confirmed",
            "scopes",
            "assigned",
            "style",
        )
        return {**dict.fromkeys(empty, ""), **shown}
    scopes = tuple(Words(f"scope.{s}") for s in Scope if s in case.scopes)
    modules = tuple(Entry("modules", m, "title") for m in case.modules)
    return {
        **shown,
        "label": case.label,
        "number": case.number,
        "partner": key(there=case.partner_joined),
        "patient": key(there=case.patient_joined),
        "confirmed": key(there=case.confirmed),
        "scopes": scopes or Words("therapist.nothing_yet"),
        "assigned": modules or Words("therapist.nothing_yet"),
        "style": style_name(case.style),
    }


def cases_heading(chat: Chat, _event: Event) -> tuple[Words, ...]:
    """Above the cases."""
    return (
        Words("therapist.cases" if any(c.open for c in chat.roster) else "therapist.cases_none"),
    )
