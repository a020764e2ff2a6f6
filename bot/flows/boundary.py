"""Requests for what is not the partner's (A8, M12), and for what nobody here can say (A11).

A kind limit, and what can be asked instead. Asked again within two weeks: a gentle talk about
worry and control, and the suggestion to bring it to whoever leads the therapy. Never an
accusation; nobody else is told. Kept is the date of the last such request.
"""

from dataclasses import replace
from datetime import timedelta

from bot.engine.chat import Chat, Place
from bot.engine.effects import Button, Effect, Words
from bot.engine.events import ButtonPressed, Event, TextReceived
from bot.engine.flow import HOME, RESUME, Exit, Flow, Move, Step, flow, option
from bot.flows.goals import local_day
from bot.flows.guards import can_contact

AGAIN_WITHIN = timedelta(days=14)
WORRIES = ("fear", "left_out", "control")


def heard(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Note that a look into the therapy was asked for, and stand where it is answered."""
    if isinstance(event, TextReceived) and event.reading.trigger == "A11":
        return replace(chat, place=Place("boundary", "beyond")), ()
    day, dates = local_day(chat, event), chat.own_dates
    again = dates.access_on is not None and day - dates.access_on <= AGAIN_WITHIN
    place = Place("boundary", "worry" if again else "limit")
    return replace(chat, place=place, own_dates=replace(dates, access_on=day)), ()


def _worries(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return tuple(Button(Words(f"boundary.worry_{w}"), "worry", w) for w in WORRIES)


def _known(_chat: Chat, event: Event) -> bool:
    return isinstance(event, ButtonPressed) and event.value in WORRIES


def _understood(chat: Chat, _event: Event) -> tuple[Words, ...]:
    return (Words(f"boundary.about_{chat.memory.get('worry', WORRIES[0])}"),)


def _to_bring(chat: Chat, event: Event) -> tuple[Words, ...]:
    return (Words("boundary.bring" if can_contact(chat, event) else "boundary.bring_alone"),)


def _beyond(chat: Chat, event: Event) -> tuple[Words, ...]:
    whom = "boundary.beyond_whom" if can_contact(chat, event) else "boundary.beyond_whom_alone"
    return (Words("boundary.beyond"), Words(whom))


def _interrupted(chat: Chat, _event: Event) -> bool:
    return chat.paused is not None


_RESUME = option("button.resume", "resume", _interrupted)
_MENU = option("button.to_menu", "home")

FLOW: Flow = flow(
    "boundary",
    (
        Step(
            "limit",
            (Words("boundary.limit"), Words("boundary.limit_instead")),
            (option("button.ask_directly", "ask"), option("button.own_help", "own"), _RESUME),
        ),
        Step("ask", (Words("boundary.ask"),), (_RESUME, _MENU)),
        Step("worry", (Words("boundary.worry"),), choices=_worries),
        Step("about", _understood, (option("button.go_on", "on"),)),
        Step(
            "bring",
            _to_bring,
            (
                option("button.ready_words", "words"),
                option("button.own_help", "own"),
                _RESUME,
                _MENU,
            ),
        ),
        Step("beyond", _beyond, (option("button.ready_words", "words"), _RESUME, _MENU)),
    ),
    (
        Move("ask", "limit", "ask"),
        Move("own", "limit", Exit("own_help")),
        Move("worry", "worry", "about", when=_known, keeps="worry"),
        Move("on", "about", "bring"),
        Move("words", "bring", Exit("contact_therapist")),
        Move("own", "bring", Exit("own_help")),
        Move("words", "beyond", Exit("contact_therapist")),
        *(
            Move("resume", step, Exit(RESUME), when=_interrupted)
            for step in ("limit", "ask", "bring", "beyond")
        ),
        *(Move("home", step, Exit(HOME)) for step in ("ask", "bring", "beyond")),
    ),
)
