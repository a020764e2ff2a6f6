"""A look at the agreed signs: seen, not seen, unsure. Used at once, and nothing of it is kept.

While it goes on, the chat remembers how far it is, whether anything was seen or unsure, and the
prompt that fits; not which sign. At its end it forgets that too, and only the date stays.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from bot.engine.chat import Chat, Place, Sign
from bot.engine.effects import Effect, PlanCheck, SavePlan, Value, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, Act, Exit, Flow, Guard, Move, Step, flow, option
from bot.flows.goals import local_day
from bot.flows.listed_signs import active, has_active, sign_text, with_case
from bot.flows.plan import amber_values, has_plan, plan_of

Done = tuple[Chat, tuple[Effect, ...]]

# What is to be answered first when several signs were seen: same day before three days.
_URGENCY = ("A3", "A2", "A5", "A4", "A9", "A6", "A1", "A10")
ANSWERS = ("seen", "not_seen", "unsure")
A_WEEK = timedelta(days=7)


def _number(chat: Chat) -> int:
    return int(chat.memory.get("number", "0"))


def _shown(chat: Chat) -> Sign | None:
    """The sign asked about now; the list may have grown shorter meanwhile."""
    return next(iter(active(chat)[_number(chat) :]), None)


def looks_today(chat: Chat, day: date) -> bool:
    """Whether the partner wants to be asked on this local date: weekly, and a week has passed."""
    plan = plan_of(chat)
    if not plan.weekly or not active(chat):
        return False
    return plan.asked_on is None or plan.asked_on + A_WEEK <= day


def begin(chat: Chat, event: Event) -> Done:
    """Note that a look was taken today, which is all that is kept of it."""
    case = chat.case
    if case is None:
        return chat, ()
    today = local_day(chat, event)
    plan = replace(case.plan, asked_on=today)
    chat = with_case(replace(chat, place=Place("sign_check", "look")), replace(case, plan=plan))
    planned = (PlanCheck(today),) if plan.weekly else ()
    return chat, (SavePlan(case.id, plan), *planned)


def _noted(answer: str) -> Act:
    def note(chat: Chat, _event: Event) -> Done:
        memory = {**chat.memory, "number": str(_number(chat) + 1)}
        sign = _shown(chat)
        if answer == "seen" and sign:
            memory["seen"] = "several" if "seen" in memory else "one"
            codes = {memory.get("trigger", sign.amber), sign.amber}
            memory["trigger"] = min(codes, key=_urgency)
        if answer == "unsure":
            memory["unsure"] = "yes"
        return replace(chat, place=replace(chat.place, memory=MappingProxyType(memory))), ()

    return note


def _urgency(code: str) -> int:
    return _URGENCY.index(code) if code in _URGENCY else len(_URGENCY)


def _closed(answer: str) -> Act:
    """Return the act of the last answer: what was answered is used, and forgotten."""

    def close(chat: Chat, event: Event) -> Done:
        chat, _ = _noted(answer)(chat, event)
        kept = {"trigger": chat.memory["trigger"]} if "trigger" in chat.memory else {}
        return replace(chat, place=replace(chat.place, memory=MappingProxyType(kept))), ()

    return close


def _ends(answer: str, outcome: str) -> Guard:
    """Return the guard of one outcome of the last answer."""

    def guard(chat: Chat, event: Event) -> bool:
        after, _ = _noted(answer)(chat, event)
        return _shown(chat) is not None and _shown(after) is None and _outcome(after) == outcome

    return guard


def _outcome(chat: Chat) -> str:
    seen = chat.memory.get("seen", "none")
    return ("unsure" if "unsure" in chat.memory else "calm") if seen == "none" else seen


def _goes_on(chat: Chat, _event: Event) -> bool:
    return _number(chat) + 1 < len(active(chat))


def _fitting(chat: Chat, _event: Event) -> Place:
    """Where the prompt stands that fits what was seen."""
    return Place("amber", "prompt", {"trigger": chat.memory.get("trigger", "A1")})


def _look_values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    sign = _shown(chat)
    return {
        "sign": sign_text(sign) if sign else "",
        "number": min(_number(chat) + 1, len(active(chat))),
        "of": len(active(chat)),
    }


def _look(chat: Chat, _event: Event) -> tuple[Words, ...]:
    return (Words("sign_check.look" if _shown(chat) else "sign_check.gone"),)


def _start(chat: Chat, event: Event) -> tuple[Words, ...]:
    return (Words("sign_check.start" if has_active(chat, event) else "sign_check.gone"),)


def _several(chat: Chat, event: Event) -> tuple[Words, ...]:
    return (Words("sign_check.several" if has_plan(chat, event) else "sign_check.several_no_plan"),)


def _answer_moves(answer: str) -> tuple[Move, ...]:
    note, close = _noted(answer), _closed(answer)
    last = {name: _ends(answer, name) for name in ("calm", "unsure", "one", "several")}
    found = {
        "seen": ("one", "several"),
        "not_seen": ("calm", "unsure", "one", "several"),
        "unsure": ("unsure", "one", "several"),
    }[answer]
    ways: dict[str, Move] = {
        "calm": Move(answer, "look", "calm", when=last["calm"], does=close),
        "unsure": Move(answer, "look", "unsure", when=last["unsure"], does=close),
        "one": Move(
            answer,
            "look",
            Exit("amber", "prompt"),
            when=last["one"],
            does=close if answer == "seen" else None,
            leads=_fitting,
        ),
        "several": Move(answer, "look", "several", when=last["several"], does=close),
    }
    return (
        Move(answer, "look", "look", when=_goes_on, does=note),
        *(ways[name] for name in found),
        Move(answer, "look", "gone"),
    )


FLOW: Flow = flow(
    "sign_check",
    (
        Step(
            "start",
            _start,
            (option("button.look_begin", "begin", has_active), option("button.not_now", "home")),
            edits=True,
        ),
        Step(
            "look",
            _look,
            tuple(option(f"button.sign_{answer}", answer) for answer in ANSWERS),
            values=_look_values,
            edits=True,
        ),
        Step("calm", (Words("sign_check.calm"),), (option("button.to_menu", "home"),)),
        Step(
            "unsure",
            (Words("sign_check.unsure"),),
            (option("button.look_again", "again"), option("button.to_menu", "home")),
        ),
        Step(
            "several",
            _several,
            (option("button.go_on", "next"),),
            values=amber_values,
        ),
        Step("gone", (Words("sign_check.gone"),), (option("button.to_menu", "home"),)),
    ),
    (
        Move("begin", "start", "look", when=has_active, does=begin),
        Move("begin", "start", "gone"),
        Move("home", "start", Exit(HOME)),
        *(move for answer in ANSWERS for move in _answer_moves(answer)),
        Move("again", "unsure", "look", when=has_active, does=begin),
        Move("again", "unsure", "gone"),
        Move("next", "several", Exit("amber", "prompt", keeps=("trigger",))),
        *(Move("home", step, Exit(HOME)) for step in ("calm", "unsure", "gone")),
    ),
)
