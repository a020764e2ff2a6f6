"""What waits for a therapist: requests to be contacted, cases not finished, consents changed.

Nothing here says how a partner is doing or when they were last here.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.chat import LEFT, Call, Case, Chat, Request, Role
from bot.engine.effects import (
    Acknowledge,
    Button,
    CloseRequest,
    MarkSeen,
    Notify,
    Value,
    Words,
)
from bot.engine.events import Event
from bot.engine.flow import Exit, Move, Step, option
from bot.flows.caseload import (
    Done,
    case_known,
    forget,
    given,
    look,
    remember,
    values,
    with_case,
)
from bot.flows.paging import page

ACTIONS = ("call", "session", "other")
ITEMS = ("call", "asked", "answered", "left", "unfinished", "consent")


def waiting(chat: Chat) -> tuple[tuple[Case, Request], ...]:
    """The contact requests that are not closed: those without an answer first, then the oldest."""
    found = [(c, r) for c in chat.roster for r in c.requests if r.closed_at is None]
    return tuple(sorted(found, key=lambda pair: (pair[1].action is not None, pair[1].raised_at)))


def unanswered(chat: Chat) -> int:
    """How many requests nobody has answered."""
    return sum(r.action is None for _, r in waiting(chat))


def unfinished(chat: Chat) -> tuple[Case, ...]:
    """The open cases that are not confirmed yet."""
    return tuple(c for c in chat.roster if c.open and not c.confirmed)


def consent_changed(chat: Chat) -> tuple[Case, ...]:
    """The confirmed cases whose consent the therapist has not looked at since it changed."""
    return tuple(c for c in chat.roster if c.open and c.confirmed and "consent" in c.news)


def calls(chat: Chat) -> tuple[Case, ...]:
    """The cases whose patient asks for a call that nobody has taken over, the oldest first."""
    found = [(c.call.asked_at, c) for c in chat.roster if c.open and c.call and _open(c.call)]
    return tuple(case for _, case in sorted(found, key=lambda pair: pair[0]))


def _open(call: Call) -> bool:
    return call.closed_at is None


def left(chat: Chat) -> tuple[Case, ...]:
    """The cases whose partner left, until the therapist has seen it."""
    return tuple(c for c in chat.roster if LEFT in c.news)


def items(chat: Chat, _event: Event) -> tuple[Button, ...]:
    """Everything that waits, the most urgent first."""
    asked = [
        Button(_label("answered" if r.action else "asked", c), "request", r.id)
        for c, r in waiting(chat)
    ]
    called = [Button(_label("call", c), "call", c.id) for c in calls(chat)]
    gone = [Button(_label("left", c), "left", c.id) for c in left(chat)]
    begun = [Button(_label("unfinished", c), "case", c.id) for c in unfinished(chat)]
    changed = [Button(_label("consent", c), "case", c.id) for c in consent_changed(chat)]
    return page([*called, *asked, *gone, *begun, *changed], chat)


def _label(kind: str, case: Case) -> Words:
    return Words(f"worklist.item_{kind}", {"label": case.label})


def heading(chat: Chat, event: Event) -> tuple[Words, ...]:
    """Above what waits."""
    return (Words("worklist.list" if items(chat, event) else "worklist.empty"),)


def request(chat: Chat) -> tuple[Case, Request] | None:
    """The request in hand, with its case."""
    return next((p for p in waiting(chat) if p[1].id == chat.memory.get("request")), None)


def read_request(chat: Chat, event: Event) -> Done:
    """Open a request: from now on it counts as read."""
    found = next((p for p in waiting(chat) if p[1].id == given(event)), None)
    if found is None:
        return chat, ()
    return remember(chat, request=found[1].id), (MarkSeen(found[1].id),)


def acknowledge(chat: Chat, event: Event) -> Done:
    """Say what will be done about the request."""
    waits, action = request(chat), given(event)
    if waits is None:
        return chat, ()
    case, asked = waits
    told = Notify(case.id, Role.PARTNER, "contact_answered", action)
    return _changed(chat, case, replace(asked, action=action)), (
        Acknowledge(asked.id, action),
        told,
    )


def close_request(chat: Chat, event: Event) -> Done:
    """Close the request: what was said is done."""
    waits = request(chat)
    if waits is None:
        return chat, ()
    case, asked = waits
    return _changed(chat, case, replace(asked, closed_at=event.at)), (CloseRequest(asked.id),)


def _changed(chat: Chat, case: Case, new: Request) -> Chat:
    requests = tuple(new if r.id == new.id else r for r in case.requests)
    return with_case(chat, replace(case, requests=requests))


def asked_known(chat: Chat, event: Event) -> bool:
    """The request is waiting for an answer."""
    return given(event) in {r.id for _, r in waiting(chat) if r.action is None}


def answered_known(chat: Chat, event: Event) -> bool:
    """The request has its answer, and is not closed."""
    return given(event) in {r.id for _, r in waiting(chat) if r.action is not None}


def call_known(chat: Chat, event: Event) -> bool:
    """The case is one whose patient asks for a call."""
    return given(event) in {c.id for c in calls(chat)}


def left_known(chat: Chat, event: Event) -> bool:
    """The case is one whose partner left."""
    return given(event) in {c.id for c in left(chat)}


def request_there(chat: Chat, event: Event) -> bool:
    """The request in hand still waits for an answer, and the action is one there is."""
    found = request(chat)
    return found is not None and found[1].action is None and given(event) in ACTIONS


def answer_there(chat: Chat, _event: Event) -> bool:
    """The request in hand is still open."""
    return request(chat) is not None


def actions(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    """What can be done about a request."""
    return tuple(Button(Words(f"therapist.action_{a}"), "act", a) for a in ACTIONS)


def details(chat: Chat, event: Event) -> Mapping[str, Value]:
    """What the messages about requests name, beside what names a case."""
    found = request(chat)
    asked = unanswered(chat)
    kinds = (calls, left, unfinished, consent_changed)
    others = sum(len(kind(chat)) for kind in kinds)
    shown: dict[str, Value] = {
        **values(chat, event),
        "requests": Words("therapist.requests_open", {"n": asked}, count=asked),
        "others": Words("worklist.others", {"n": others}, count=others),
        "raised": found[1].raised_at if found else "",
        "action": Words(f"worklist.did_{found[1].action}") if found and found[1].action else "",
    }
    if found:
        shown["label"] = found[0].label
    return shown


def steps() -> tuple[Step, ...]:
    """What waits, and the pages it leads to."""
    return (
        Step(
            "requests",
            heading,
            choices=items,
            values=details,
            edits=True,
        ),
        Step(
            "request",
            (Words("therapist.request"),),
            choices=actions,
            values=details,
        ),
        Step(
            "answered",
            (Words("worklist.to_close"),),
            (option("button.close_request", "done"), option("button.worklist", "back")),
            values=details,
        ),
        Step(
            "left",
            (Words("worklist.partner_left"),),
            (option("button.worklist", "back"), option("button.new_case", "new")),
            values=values,
        ),
    )


def moves() -> tuple[Move, ...]:
    """What can be done there."""
    return (
        Move(
            "request",
            "requests",
            "request",
            when=asked_known,
            does=read_request,
        ),
        Move(
            "request",
            "requests",
            "answered",
            when=answered_known,
            does=read_request,
        ),
        Move("left", "requests", "left", when=left_known, keeps="case", does=look),
        Move("case", "requests", "case", when=case_known, keeps="case", does=look),
        Move("call", "requests", Exit("patient_calls", "list"), when=call_known),
        Move("more", "requests", "requests", keeps="page"),
        Move(
            "act",
            "request",
            "requests",
            when=request_there,
            does=acknowledge,
            says=(Words("therapist.acknowledged"),),
        ),
        Move("act", "request", "home"),
        Move(
            "done",
            "answered",
            "requests",
            when=answer_there,
            does=close_request,
            says=(Words("worklist.closed"),),
        ),
        Move("done", "answered", "home"),
        Move("back", "answered", "requests"),
        Move("back", "left", "requests"),
        Move("new", "left", "label", does=forget),
    )
