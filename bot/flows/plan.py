"""The response plan on one card: green, amber, red. What I notice, how I say it, whom I call.

It is the partner's own and lies under the scope `signs`. It holds no telephone number: numbers
are looked up, checked and dated, each time the card is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.engine.chat import Chat, Place, Plan, Role, Scope
from bot.engine.effects import Button, Effect, PinCard, SavePlan, Text, Value, Words
from bot.engine.events import ButtonPressed, Event
from bot.engine.flow import HOME, PAGE, Exit, Flow, Move, Step, flow, option
from bot.flows.guards import can_contact
from bot.flows.listed_signs import active, has_active, may_list, sign_label, with_case
from bot.flows.listing import bullets
from bot.flows.offer import Offer
from bot.flows.own_words import Gate
from bot.flows.paging import page
from bot.flows.red import help_lines
from bot.flows.reminder_hour import given

Done = tuple[Chat, tuple[Effect, ...]]

PHRASES = ("today", "noticed", "doctor", "near", "together")
WHOM = ("therapist", "doctor", "service")
SHORTEST, LONGEST = 3, 80  # characters of an own phrase
# Characters that the card has left for signs (each a row), the phrase and the details.
ROOM, LONGEST_ROW, FEWEST_ROWS, LONGEST_READY = 228, 27, 2, 70


def plan_of(chat: Chat) -> Plan:
    """The plan that may be read now; a blank one where the scope does not stand."""
    return chat.case.plan if chat.case and Scope.SIGNS in chat.scopes else Plan()


def has_plan(chat: Chat, _event: Event) -> bool:
    """A plan was made, and may be read."""
    return bool(plan_of(chat).whom)


def may_pin(chat: Chat, event: Event) -> bool:
    """There is a plan to pin, and nobody has asked for discretion."""
    return has_plan(chat, event) and not chat.preferences.discreet


def may_stay_pinned(chat: Chat) -> bool:
    """Whether a pinned card may still be read, whatever role the person speaks in now."""
    partner = replace(chat, role=Role.PARTNER)
    return Scope.SIGNS in partner.scopes and not chat.preferences.discreet


def _phrase(plan: Plan) -> Text | str:
    return plan.words or Words(f"plan.say_{plan.say or PHRASES[0]}")


def _whom(chat: Chat, event: Event, plan: Plan) -> Words:
    """Whom to turn to; without the scope or the details the therapist is not named."""
    reachable = can_contact(chat, event)
    whom = plan.whom if plan.whom != "therapist" or reachable else "doctor"
    details = chat.case.contact_details if chat.case else ""
    if whom == "therapist" and details:
        return Words("plan.whom_details", {"details": details})
    return Words(f"plan.whom_{whom or 'doctor'}")


def amber_values(chat: Chat, event: Event) -> Mapping[str, Value]:
    """The amber part of the plan: the signs, the phrase, whom to turn to."""
    plan, signs = plan_of(chat), active(chat)
    shown: Value = bullets([sign_label(s) for s in signs]) if signs else Words("plan.no_signs")
    return {
        "signs": shown,
        "say": _phrase(plan),
        "whom": _whom(chat, event, plan),
        **help_lines(chat, event),
    }


def _card_values(chat: Chat, event: Event) -> Mapping[str, Value]:
    """The whole plan; details that would make the card long are left to «contact the therapist»."""
    plan, details = plan_of(chat), chat.case.contact_details if chat.case else ""
    signs = max(len(active(chat)), FEWEST_ROWS) * LONGEST_ROW
    values = amber_values(chat, event)
    if len(details) + (len(plan.words) or LONGEST_READY) + signs <= ROOM:
        return values
    whom = _whom(chat, event, plan)
    return {**values, "whom": Words("plan.whom_therapist") if whom.values else whom}


def _draft(chat: Chat) -> Plan:
    memory = chat.memory
    return replace(plan_of(chat), say=memory.get("say", ""), words=memory.get("words", ""))


def _draft_values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    return {"say": _phrase(_draft(chat)), "longest": LONGEST}


def _card(chat: Chat, event: Event) -> tuple[Words, ...]:
    if not may_list(chat, event):
        return (Words("plan.no_key"),)
    return (Words("plan.card" if has_plan(chat, event) else "plan.none"),)


def _can_make(chat: Chat, event: Event) -> bool:
    return may_list(chat, event) and not has_plan(chat, event)


def _locked(chat: Chat, event: Event) -> bool:
    return not may_list(chat, event)


def _phrases(chat: Chat, _event: Event) -> tuple[Button, ...]:
    return page([Button(Words(f"plan.label_{name}"), "say", name) for name in PHRASES], chat)


def _known_phrase(_chat: Chat, event: Event) -> bool:
    return given(event) in PHRASES


def _to_whom(chat: Chat, event: Event) -> tuple[Button, ...]:
    offered = WHOM if can_contact(chat, event) else WHOM[1:]
    return tuple(Button(Words(f"plan.button_{name}"), "whom", name) for name in offered)


def _can_save(chat: Chat, event: Event) -> bool:
    chosen = event.value if isinstance(event, ButtonPressed) else ""
    return chosen in WHOM and may_list(chat, event)


def _save(chat: Chat, event: Event) -> Done:
    """Save the plan and pin its card, unless discretion was asked for."""
    case = chat.case
    if case is None:
        return chat, ()
    plan = replace(_draft(chat), whom=given(event))
    chat = with_case(replace(chat, place=Place("plan", "card")), replace(case, plan=plan))
    pinned = (PinCard(),) if may_pin(chat, event) else ()
    return chat, (SavePlan(case.id, plan), *pinned)


def _pin(chat: Chat, _event: Event) -> Done:
    return chat, (PinCard(),)


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The rules of own phrases, which depend on the gate of the content."""

    gate: Gate

    def stopped(self, _chat: Chat, event: Event) -> bool:
        return bool(self.gate.stops(given(event)))

    def fits(self, chat: Chat, event: Event) -> bool:
        words = given(event).strip()
        return (
            len(words) <= LONGEST
            and sum(map(str.isalpha, words)) >= SHORTEST
            and not self.stopped(chat, event)
        )

    def why(self, chat: Chat, event: Event) -> Done:
        """Keep the kind of what was stopped, never the words."""
        memory = MappingProxyType({**chat.memory, "stopped": self.gate.stops(given(event))})
        return replace(chat, place=replace(chat.place, memory=memory)), ()


def _refusal(chat: Chat, _event: Event) -> tuple[Words, ...]:
    kind = chat.memory.get("stopped", "verdict")
    if kind == "phone":
        return (Words("plan.no_numbers"),)
    return (Words(f"own_words.{kind}"), Words("plan.other_words"))


def _forget(chat: Chat, _event: Event) -> Done:
    return replace(chat, place=Place("plan", chat.place.step)), ()


# What there is without the key: the list of signs would only lead back here.
_INSTEAD = (
    option("button.general_signs", "general", _locked),
    option("button.ready_words", "ready", _locked),
)


def _steps() -> tuple[Step, ...]:
    return (
        Step(
            "card",
            _card,
            (
                option("button.make_plan", "make", _can_make),
                option("button.look_now", "look", has_active),
                option("button.change_plan", "make", has_plan),
                option("button.pin_plan", "pin", may_pin),
                option("button.my_signs", "signs", may_list),
                *_INSTEAD,
            ),
            values=_card_values,
        ),
        Step(
            "say",
            (Words("plan.say"),),
            choices=_phrases,
            values=_draft_values,
            reads="typed",
            own_words=True,
            retry=Words("plan.say_form"),
        ),
        Step(
            "whom",
            (Words("plan.whom"),),
            choices=_to_whom,
            values=_draft_values,
            reads="typed",
            retry=Words("plan.whom_form"),
        ),
        Step("refused", _refusal, (option("button.try_again", "again"),)),
        Step("closed", (Words("plan.no_key"),), (*_INSTEAD, option("button.to_menu", "home"))),
    )


def _moves(phrases: _Phrases) -> tuple[Move, ...]:
    return (
        Move("make", "card", "say", when=may_list),
        Move("make", "card", "closed"),
        Move("look", "card", Exit("sign_check")),
        Move("pin", "card", "card", when=may_pin, does=_pin, says=(Words("plan.pinned"),)),
        Move("pin", "card", "closed", when=_locked),
        Move("signs", "card", Exit("signs")),
        *(
            Move(name, step, dest)
            for step in ("card", "closed")
            for name, dest in (
                ("general", Exit("signs", "general")),
                ("ready", Exit("contact_therapist")),
            )
        ),
        Move("say", "say", "whom", when=_known_phrase, keeps="say"),
        Move("more", "say", "say", keeps=PAGE),
        Move("typed", "say", "whom", when=phrases.fits, keeps="words"),
        Move("typed", "say", "refused", when=phrases.stopped, does=phrases.why),
        Move("whom", "whom", "card", when=_can_save, does=_save, says=(Words("plan.saved"),)),
        Move("whom", "whom", "closed"),
        Move("typed", "whom", "refused", when=phrases.stopped, does=phrases.why),
        Move("again", "refused", "say", does=_forget),
        Move("home", "closed", Exit(HOME)),
    )


def make(offer: Offer) -> Flow:
    """Return the response plan, with the gate before own phrases."""
    phrases = _Phrases(offer.gate)
    return flow(
        "plan",
        _steps(),
        _moves(phrases),
        ends=frozenset({"card", "closed"}),
        resumable=True,
    )
