"""The quiet alarm: a patient who does not feel safe closes everything, and nobody learns why.

It is a revocation of every scope and nothing else: what is done, stored and told to the others is
exactly the same, so that it cannot be told from one. Only the patient can consent again. The wish
to be called, if there is one, goes to whoever leads the therapy alone.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.chat import Call, Case, Chat, Place, Role
from bot.engine.effects import AskForCall, Button, Effect, Notify, Value, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option
from bot.flows import consent, scopes
from bot.flows.menu import home
from bot.flows.red import help_lines
from bot.flows.traces import traces_button

Done = tuple[Chat, tuple[Effect, ...]]


def raise_alarm(chat: Chat, event: Event) -> Done:
    """Close everything, if this is a patient; for anybody else the button does not exist."""
    return consent.revoke_everything(chat, event) if Role.PATIENT in chat.roles else (chat, ())


def raised(chat: Chat, event: Event) -> Place:
    """Where the button leads."""
    is_patients = chat.role is Role.PATIENT and chat.case is not None
    return Place("quiet_alarm", "closed") if is_patients else home(chat, event)


def _case(chat: Chat) -> Case:
    return chat.case or Case("", Role.PATIENT)


def _ask(chat: Chat, event: Event) -> Done:
    case = _case(chat)
    asked = replace(case, call=Call(event.at))
    chat = replace(chat, cases=tuple(asked if c is case else c for c in chat.cases))
    return chat, (AskForCall(case.id), Notify(case.id, Role.THERAPIST, "call_asked"))


def _may_ask(chat: Chat, _event: Event) -> bool:
    case = chat.case
    return case is not None and (case.call is None or case.call.closed_at is not None)


def _has_asked(chat: Chat, event: Event) -> bool:
    return chat.case is not None and not _may_ask(chat, event)


def _has_case(chat: Chat, _event: Event) -> bool:
    return chat.case is not None


def _status(chat: Chat, _event: Event) -> tuple[Words, ...]:
    call = _case(chat).call
    if call is None or call.closed_at:
        return (Words("quiet_alarm.call_answered"),)
    return (Words("quiet_alarm.call_read" if call.seen_at else "quiet_alarm.call_unread"),)


def _traces(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return (traces_button(),)


def _values(chat: Chat, event: Event) -> Mapping[str, Value]:
    call = _case(chat).call
    return {
        **help_lines(chat, event),
        "asked": call.asked_at if call else "",
        "read": (call.seen_at or "") if call else "",
    }


FLOW: Flow = flow(
    "quiet_alarm",
    (
        Step(
            "closed",
            (Words("quiet_alarm.closed"), Words("quiet_alarm.numbers")),
            (
                option("button.ask_for_call", "ask", _may_ask),
                option("button.call_status", "status", _has_asked),
                option("button.open_again", "open", _has_case),
            ),
            choices=_traces,
            values=_values,
            retry=Words("quiet_alarm.no_messages"),
        ),
        Step(
            "ask",
            (Words("quiet_alarm.ask"),),
            (option("button.ask_now", "yes"), option("button.not_now", "no")),
            values=_values,
            retry=Words("quiet_alarm.no_messages"),
        ),
        Step(
            "status",
            _status,
            (option("button.back", "back"), option("button.to_menu", "home")),
            values=_values,
            retry=Words("quiet_alarm.no_messages"),
        ),
    ),
    (
        Move("ask", "closed", "ask", when=_may_ask),
        Move("ask", "closed", "status"),
        Move("status", "closed", "status"),
        Move("open", "closed", Exit("consent", scopes.FIRST), when=_has_case),
        Move("yes", "ask", "status", when=_may_ask, does=_ask),
        Move("yes", "ask", "closed"),
        Move("no", "ask", "closed"),
        Move("back", "status", "closed"),
        Move("home", "status", Exit(HOME)),
    ),
)
