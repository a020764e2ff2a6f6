"""The partner's own load and help (M27), and one precise favour to ask somebody (M07).

"How heavy is it today" is answered and used at once: the number is not kept. What the rule needs
is kept for this person alone: since when, and on which day last, the answers were heavy. Nine or
more once, or seven and more over three weeks, is A6. It is no test and nobody else sees it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.engine.chat import Chat, OwnDates
from bot.engine.effects import Button, Effect, NoteTier, Value, Words
from bot.engine.events import ButtonPressed, Event
from bot.engine.flow import HOME, SCALE, Exit, Flow, Move, Step, flow, option
from bot.flows.goals import local_day
from bot.flows.micro_goal import OWN_ONLY
from bot.flows.reminder_hour import given
from bot.safety.reading import Tier

SOME, HEAVY, TOO_HEAVY = 4, 7, 9  # of 10
THIRD_WEEK = timedelta(days=14)  # from the first heavy answer on: the third week has begun
STILL_GOES_ON = timedelta(days=10)  # a weekly answer may be late; after a longer gap it starts anew

FAVOURS = ("errand", "company", "meal", "call")
WHEN = ("today", "week", "weekend")

Done = tuple[Chat, tuple[Effect, ...]]


def heavy_since(dates: OwnDates, day: date) -> date:
    """Return since when the load has been heavy, if it is heavy on `day`."""
    goes_on = dates.heavy_on is not None and day - dates.heavy_on <= STILL_GOES_ON
    return dates.heavy_since if goes_on and dates.heavy_since else day


def _number(event: Event) -> int:
    told = given(event).strip()
    return int(told) if told.isdecimal() else 0


def _too_heavy(chat: Chat, event: Event) -> bool:
    number, day = _number(event), local_day(chat, event)
    long = day - heavy_since(chat.own_dates, day) >= THIRD_WEEK
    return number >= TOO_HEAVY or (number >= HEAVY and long)


def _heavy(_chat: Chat, event: Event) -> bool:
    return _number(event) >= HEAVY


def _some(_chat: Chat, event: Event) -> bool:
    return _number(event) >= SOME


def _weighed(chat: Chat, event: Event) -> Done:
    """Keep what the rule of three weeks needs; an answer below seven forgets it."""
    day, dates = local_day(chat, event), chat.own_dates
    heavy = _number(event) >= HEAVY
    kept = replace(
        dates,
        heavy_since=heavy_since(dates, day) if heavy else None,
        heavy_on=day if heavy else None,
    )
    return replace(chat, own_dates=kept), ()


def _too_much(chat: Chat, event: Event) -> Done:
    return _weighed(chat, event)[0], (NoteTier(Tier.AMBER, "A6"),)


def _favours(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return tuple(Button(Words(f"own_help.favour_{f}"), "favour", f) for f in FAVOURS)


def _favour_known(_chat: Chat, event: Event) -> bool:
    return isinstance(event, ButtonPressed) and event.value in FAVOURS


def _times(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return tuple(Button(Words(f"own_help.when_{w}"), "when", w) for w in WHEN)


def _time_known(_chat: Chat, event: Event) -> bool:
    return isinstance(event, ButtonPressed) and event.value in WHEN


def _request(chat: Chat, _event: Event) -> Mapping[str, Value]:
    """One precise request: what, when, and a way out."""
    favour, when = chat.memory.get("favour", FAVOURS[0]), chat.memory.get("when", WHEN[0])
    told = Words(f"own_help.say_when_{when}")
    return {"request": Words(f"own_help.say_{favour}", {"when": told})}


_ME = option("button.own_goal", "own")
_WHO = option("button.who_for_me", "who")
_FAVOUR = option("button.ask_favour", "favour")
_MENU = option("button.to_menu", "home")
_ANSWERED = ("light", "some", "heavy")

FLOW: Flow = flow(
    "own_help",
    (
        Step(
            "start",
            (Words("own_help.start"),),
            (option("button.how_heavy", "load"), _WHO, _ME, _FAVOUR),
            edits=True,
        ),
        Step(
            "load",
            (Words("own_help.load"),),
            scale=True,
            retry=Words("own_help.load_form"),
        ),
        Step("light", (Words("own_help.light"),), (_ME, _MENU)),
        Step("some", (Words("own_help.some"),), (_ME, _FAVOUR, _MENU)),
        Step("heavy", (Words("own_help.heavy"),), (_WHO, _FAVOUR, _ME, _MENU)),
        Step(
            "who",
            (Words("own_help.who"), Words("own_help.who_words")),
            (_ME, _FAVOUR, _MENU),
        ),
        Step("favour", (Words("own_help.favour"),), choices=_favours, edits=True),
        Step("when", (Words("own_help.when"),), choices=_times, edits=True),
        Step(
            "words",
            (Words("own_help.words"),),
            (
                option("button.ask_today", "goal"),
                option("button.another_favour", "favour"),
                _MENU,
            ),
            values=_request,
        ),
    ),
    (
        Move("load", "start", "load"),
        Move(
            SCALE,
            "load",
            Exit("amber", "prompt", sets={"trigger": "A6"}),
            when=_too_heavy,
            does=_too_much,
        ),
        Move(SCALE, "load", "heavy", when=_heavy, does=_weighed),
        Move(SCALE, "load", "some", when=_some, does=_weighed),
        Move(SCALE, "load", "light", does=_weighed),
        *(Move("who", step, "who") for step in ("start", "heavy")),
        *(
            Move("own", step, Exit("micro_goal", "area", sets={OWN_ONLY: "yes"}))
            for step in ("start", *_ANSWERED, "who")
        ),
        *(Move("favour", step, "favour") for step in ("start", "some", "heavy", "who", "words")),
        *(Move("home", step, Exit(HOME)) for step in (*_ANSWERED, "who", "words")),
        Move("favour", "favour", "when", when=_favour_known, keeps="favour"),
        Move("when", "when", "words", when=_time_known, keeps="when"),
        Move("goal", "words", Exit("micro_goal", "chosen", sets={"goal": "precise_favour"})),
    ),
)
