"""Contact the therapist: ready words, the contact details, a request without text."""

from collections.abc import Mapping

from bot.engine.chance import new_id
from bot.engine.chat import Chat, Request, Role
from bot.engine.effects import Button, Effect, Notify, RequestContact, Value, Words
from bot.engine.events import ButtonPressed, Event
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option
from bot.flows.goals import local_day
from bot.flows.guards import can_contact
from bot.flows.office import joined, told

TOPICS = ("worse", "treatment", "afraid", "me")


def open_request(chat: Chat) -> Request | None:
    """The latest request that nobody has answered; an answered one stands in nobody's way."""
    requests = chat.case.requests if chat.case else ()
    waiting = (r for r in reversed(requests) if r.closed_at is None and r.action is None)
    return next(waiting, None)


def _entry(chat: Chat, event: Event) -> tuple[Words, ...]:
    return (Words("contact.start" if can_contact(chat, event) else "contact.start_alone"),)


def _topics(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return tuple(Button(Words(f"contact.topic_{topic}"), "topic", topic) for topic in TOPICS)


def _known(_chat: Chat, event: Event) -> bool:
    return isinstance(event, ButtonPressed) and event.value in TOPICS


def _ready_words(chat: Chat, event: Event) -> tuple[Words, ...]:
    topic = chat.memory.get("topic", TOPICS[0])
    whom = "contact.whom" if can_contact(chat, event) else "contact.whom_alone"
    if can_contact(chat, event) and not (chat.case and chat.case.contact_details):
        whom = "contact.whom_unknown"
    return (Words(f"contact.words_{topic}"), Words(whom))


def _confirm(chat: Chat, event: Event) -> tuple[Words, ...]:
    return (*_hours(chat, event), Words("contact.confirm"), Words("contact.confirm_limits"))


def _sent(chat: Chat, event: Event) -> tuple[Words, ...]:
    return (*_hours(chat, event), Words("contact.sent"))


def _details(chat: Chat, _event: Event) -> Mapping[str, Value]:
    return {"details": chat.case.contact_details if chat.case else ""}


def _has_open(chat: Chat, _event: Event) -> bool:
    return open_request(chat) is not None


def _may_send(chat: Chat, event: Event) -> bool:
    return can_contact(chat, event) and not _has_open(chat, event)


def _send(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    case = chat.case
    if case is None:
        return chat, ()
    request = new_id(event, "request")
    told = Notify(case.id, Role.THERAPIST, "contact_requested", request)
    return chat, (RequestContact(case.id, request), told)


def _latest(chat: Chat) -> Request | None:
    return chat.case.requests[-1] if chat.case and chat.case.requests else None


def _status(chat: Chat, event: Event) -> tuple[Words, ...]:
    request = _latest(chat)
    if request is None or request.closed_at:
        return (Words("contact.status_none" if request is None else "contact.status_closed"),)
    if request.action:
        return (Words(f"contact.status_{request.action}"),)
    read = Words("contact.status_read" if request.seen_at else "contact.status_unread")
    return (read, *_hours(chat, event))


def _hours(chat: Chat, event: Event) -> tuple[Words, ...]:
    """When whoever leads the therapy usually answers, as far as they have said so."""
    office = chat.case.office if chat.case else None
    lines = told(office, local_day(chat, event)) if office else ()
    return (Words("contact.office", {"office": joined(lines)}),) if lines else ()


def _status_values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    request = _latest(chat)
    if request is None:
        return {"raised": "", "seen": ""}
    return {"raised": request.raised_at, "seen": request.seen_at or ""}


# What is typed here is often meant to be passed on, and nothing is (M11).
_NO_MESSAGES = Words("agreement.no_messages")

FLOW: Flow = flow(
    "contact_therapist",
    (
        Step("start", _entry, choices=_topics, retry=_NO_MESSAGES),
        Step(
            "words",
            _ready_words,
            (
                option("button.send_request", "request", _may_send),
                option("button.request_status", "status", _has_open),
                option("button.other_words", "back"),
                option("button.contact_myself", "home"),
            ),
            values=_details,
            retry=_NO_MESSAGES,
        ),
        Step(
            "confirm",
            _confirm,
            (option("button.send_now", "send"), option("button.not_now", "back")),
            retry=_NO_MESSAGES,
        ),
        Step(
            "sent",
            _sent,
            (option("button.request_status", "status"), option("button.to_menu", "home")),
            retry=_NO_MESSAGES,
        ),
        Step(
            "status",
            _status,
            (option("button.other_words", "back"), option("button.to_menu", "home")),
            values=_status_values,
            retry=_NO_MESSAGES,
            edits=True,
        ),
    ),
    (
        Move("topic", "start", "words", when=_known, keeps="topic"),
        Move("request", "words", "confirm", when=_may_send),
        Move("status", "words", "status", when=_has_open),
        Move("back", "words", "start"),
        Move("home", "words", Exit(HOME)),
        Move("send", "confirm", "sent", when=_may_send, does=_send),
        Move("send", "confirm", "words"),
        Move("back", "confirm", "words"),
        Move("status", "sent", "status"),
        Move("home", "sent", Exit(HOME)),
        Move("back", "status", "start"),
        Move("home", "status", Exit(HOME)),
    ),
    ends=frozenset({"sent", "status"}),
    resumable=True,
)
