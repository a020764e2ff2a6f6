"""Something has got worse: what was noticed, whom to turn to, by when, with which words."""

from bot.engine.chat import Chat, Place, Role
from bot.engine.effects import Button, Words
from bot.engine.events import Event, Worded
from bot.engine.flow import HOME, RESUME, Exit, Flow, Move, Step, flow, option
from bot.flows.guards import can_contact
from bot.flows.plan import has_plan
from bot.flows.red import help_lines
from bot.flows.traces import traces_button
from bot.safety.reading import CALM

TRIGGERS = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A9", "A10", "A12")
_THERAPIST = frozenset({"A1", "A4", "A10"})  # the others go to a doctor or a line, key or no key


def notice(chat: Chat, event: Event) -> Place | None:
    """Return the place that answers an amber reading; the texts are for a partner only."""
    if chat.role in {Role.PATIENT, Role.THERAPIST}:
        return None
    read = event.reading if isinstance(event, Worded) else CALM
    trigger = read.trigger
    known = trigger if trigger in TRIGGERS else "A1"
    return Place("amber", "prompt", {"trigger": known or "A1"})


def _prompt(chat: Chat, event: Event) -> tuple[Words, ...]:
    trigger = chat.memory.get("trigger", "A1")
    alone = trigger in _THERAPIST and not can_contact(chat, event)
    noticed = f"amber.{trigger.lower()}"
    whom = f"{noticed}_whom_alone" if alone else f"{noticed}_whom"
    return (Words(noticed), Words(whom))


def _about_control(chat: Chat) -> bool:
    """Somebody may look into this telephone, or ask what stands there."""
    return chat.memory.get("trigger") == "A7"


def _offers_words(chat: Chat, _event: Event) -> bool:
    """Ready words for a therapist or doctor: neither is the one to ask where there is control."""
    return not _about_control(chat)


def _offers_discretion(chat: Chat, _event: Event) -> bool:
    return _about_control(chat) and not chat.preferences.discreet


def _traces(chat: Chat, _event: Event) -> tuple[Button, ...]:
    return (traces_button(),) if _about_control(chat) else ()


def _has_plan(chat: Chat, event: Event) -> bool:
    """There is a plan for this, made before. Where there is control, no plan stands in the way."""
    return has_plan(chat, event) and not _about_control(chat)


def _interrupted(chat: Chat, _event: Event) -> bool:
    return chat.paused is not None


FLOW: Flow = flow(
    "amber",
    (
        Step(
            "prompt",
            _prompt,
            (
                option("button.today", "today"),
                option("button.help_me_write", "write", _offers_words),
                option("button.not_now", "later"),
                option("button.discretion", "discreet", _offers_discretion),
                option("button.my_plan", "plan", _has_plan),
            ),
            choices=_traces,
            values=help_lines,
        ),
        Step(
            "today",
            (Words("amber.today"),),
            (option("button.resume", "resume", _interrupted), option("button.to_menu", "home")),
        ),
        Step(
            "later",
            (Words("amber.later"),),
            (option("button.resume", "resume", _interrupted), option("button.to_menu", "home")),
        ),
    ),
    (
        Move("today", "prompt", "today"),
        Move("write", "prompt", Exit("contact_therapist"), when=_offers_words),
        Move("later", "prompt", "later"),
        Move("discreet", "prompt", Exit("discreet"), when=_offers_discretion),
        Move("plan", "prompt", Exit("plan"), when=_has_plan),
        *(Move("resume", step, Exit(RESUME), when=_interrupted) for step in ("today", "later")),
        *(Move("home", step, Exit(HOME)) for step in ("today", "later")),
    ),
)
