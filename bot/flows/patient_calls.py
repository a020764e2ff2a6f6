"""The therapist's list of patients who ask for a call: read, taken over, and never told onwards."""

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.chat import Chat
from bot.engine.effects import Button, CloseCall, Effect, MarkCallSeen, Value, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option
from bot.flows.caseload import chosen, given, with_case
from bot.flows.paging import page
from bot.flows.worklist import calls

Done = tuple[Chat, tuple[Effect, ...]]


def _heading(chat: Chat, _event: Event) -> tuple[Words, ...]:
    return (Words("patient_calls.list" if calls(chat) else "patient_calls.none"),)


def _cases(chat: Chat, _event: Event) -> tuple[Button, ...]:
    labels = [(c, Words("therapist.case_label", {"label": c.label})) for c in calls(chat)]
    return page([Button(label, "call", case.id) for case, label in labels], chat, beside=1)


def _waits(chat: Chat, event: Event) -> bool:
    return given(event) in {case.id for case in calls(chat)}


def _still_waits(chat: Chat, _event: Event) -> bool:
    return chat.memory.get("case") in {case.id for case in calls(chat)}


def _read(chat: Chat, event: Event) -> Done:
    case = chosen(chat)
    if case is None or case.call is None:
        return chat, ()
    call = replace(case.call, seen_at=case.call.seen_at or event.at)
    return with_case(chat, replace(case, call=call)), (MarkCallSeen(case.id),)


def _take(chat: Chat, event: Event) -> Done:
    case = chosen(chat)
    if case is None or case.call is None:
        return chat, ()
    call = replace(case.call, closed_at=event.at)
    return with_case(chat, replace(case, call=call)), (CloseCall(case.id),)


def _values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    case = chosen(chat)
    return {
        "label": case.label if case else "",
        "asked": case.call.asked_at if case and case.call else "",
    }


FLOW: Flow = flow(
    "patient_calls",
    (
        Step(
            "list",
            _heading,
            (option("button.to_menu", "home"),),
            choices=_cases,
            edits=True,
        ),
        Step(
            "call",
            (Words("patient_calls.call"),),
            (option("button.call_taken", "take"), option("button.back", "back")),
            values=_values,
            retry=Words("patient_calls.no_messages"),
        ),
    ),
    (
        Move("call", "list", "call", when=_waits, keeps="case", does=_read),
        Move("more", "list", "list", keeps="page"),
        Move("home", "list", Exit(HOME)),
        Move(
            "take",
            "call",
            "list",
            when=_still_waits,
            does=_take,
            says=(Words("patient_calls.taken"),),
        ),
        Move("take", "call", Exit(HOME)),
        Move("back", "call", "list"),
    ),
)
