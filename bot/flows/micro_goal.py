"""A micro-goal is made: from the catalogue or in own words, agreed, small enough, with an hour."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.engine.chance import new_id
from bot.engine.chat import Chat, Goal, Place, Scope
from bot.engine.effects import Button, Effect, Entry, SaveGoal, Text, Value, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, SCALE, Exit, Flow, Move, Step, flow, option
from bot.flows.offer import GoalOffer, Offer
from bot.flows.paging import page
from bot.flows.phrasebook import goal_to_say
from bot.flows.reminder_hour import (
    given,
    hour_step,
    hour_values,
    set_hour,
    typed_hour_is_good,
    typed_hour_is_quiet,
)

Done = tuple[Chat, tuple[Effect, ...]]

MOST_ACTIVE = 3
SHORTEST, LONGEST = 2, 80
OWN_ONLY = "own_only"  # the memory of having asked for something for oneself
SURE, MOST_SURE = 7, 10


def goal_text(goal: Goal) -> Text | str:
    """What a goal says: its catalogue entry (small or not) or the person's own words."""
    if goal.slug:
        catalogued = Entry("goals", goal.slug, "smaller" if goal.smaller else "text")
        return goal_to_say(goal.slug, smaller=goal.smaller) or catalogued
    return goal.words or ""


def may_share(chat: Chat) -> bool:
    """Whether goals that concern both are open to this chat."""
    return Scope.GOALS in chat.scopes


def is_full(chat: Chat, _event: Event) -> bool:
    """Three goals are already active."""
    return sum(goal.active for goal in chat.goals) >= MOST_ACTIVE


def _one_too_many(chat: Chat, event: Event) -> bool:
    return typed_hour_is_good(chat, event) and is_full(chat, event)


def _draft(chat: Chat) -> Goal:
    memory = chat.memory
    slug = memory.get("goal")
    return Goal(
        id="",
        slug=slug,
        words=None if slug else memory.get("words", ""),
        smaller=memory.get("smaller") == "yes",
    )


def _draft_values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    return {"goal": goal_text(_draft(chat)), "longest": LONGEST, **hour_values(chat, _event)}


def _smaller_values(chat: Chat, event: Event) -> Mapping[str, Value]:
    smaller = replace(_draft(chat), smaller=True)
    return {**_draft_values(chat, event), "smaller": goal_text(smaller)}


def _fits(_chat: Chat, event: Event) -> bool:
    return SHORTEST <= len(given(event).strip()) <= LONGEST


def _stopped_goal(chat: Chat, _event: Event) -> tuple[Words, ...]:
    """Say kindly why these words are no goal, and what can stand in their place."""
    kind = chat.memory.get("stopped", "demand")
    return (Words(f"own_words.{kind}"), Words(f"own_words.goal_{kind}"))


def _sure(_chat: Chat, event: Event) -> bool:
    number = given(event).strip()
    return number.isdecimal() and SURE <= int(number) <= MOST_SURE


def _unsure(_chat: Chat, event: Event) -> bool:
    number = given(event).strip()
    return number.isdecimal() and int(number) < SURE


def _unsure_in_own_words(chat: Chat, event: Event) -> bool:
    return _unsure(chat, event) and "goal" not in chat.memory


def _smaller(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    memory = {**chat.memory, "smaller": "yes"}
    return replace(chat, place=replace(chat.place, memory=memory)), ()


def _with_key(chat: Chat, _event: Event) -> bool:
    return may_share(chat)


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """The rules of the builder that depend on what content offers."""

    offer: Offer

    def offered(self, chat: Chat) -> tuple[GoalOffer, ...]:
        wide = may_share(chat) and OWN_ONLY not in chat.memory
        most = int(chat.memory.get("most_effort", "3"))
        return tuple(g for g in self.offer.goals if (g.own or wide) and g.effort <= most)

    def areas(self, chat: Chat, _event: Event) -> tuple[Button, ...]:
        names = dict.fromkeys(g.area for g in self.offered(chat))
        return page([Button(Words(f"area.{n}"), "area", n) for n in names], chat)

    def goals(self, chat: Chat, _event: Event) -> tuple[Button, ...]:
        area = chat.memory.get("area", "")
        found = [g for g in self.offered(chat) if g.area == area]
        buttons = [Button(Entry("goals", g.slug, "button"), "goal", g.slug) for g in found]
        return page(buttons, chat, beside=1)

    def known_area(self, chat: Chat, event: Event) -> bool:
        return given(event) in {g.area for g in self.offered(chat)}

    def known_goal(self, chat: Chat, event: Event) -> bool:
        return given(event) in {g.slug for g in self.offered(chat)}

    def is_own(self, chat: Chat, _event: Event) -> bool:
        chosen = self.offer.goal(chat.memory.get("goal", ""))
        return chosen.own if chosen else chat.memory.get("whose") != "both"

    def to_agree(self, chat: Chat, event: Event) -> bool:
        return not self.is_own(chat, event) and may_share(chat)

    def lost_key(self, chat: Chat, event: Event) -> bool:
        """Consent was withdrawn while a goal for both was being made."""
        shared = not self.is_own(chat, event)
        return typed_hour_is_good(chat, event) and shared and not may_share(chat)

    def save(self, chat: Chat, event: Event) -> Done:
        chosen = self.offer.goal(chat.memory.get("goal", ""))
        goal = replace(
            _draft(chat),
            id=new_id(event, "goal"),
            own=self.is_own(chat, event),
            effort=chosen.effort if chosen else 1,
        )
        chat, planned = set_hour(chat, event)
        chat = replace(chat, goals=(*chat.goals, goal), goals_off=False)
        return chat, (SaveGoal(goal), *planned)

    def stopped(self, _chat: Chat, event: Event) -> bool:
        """The words are no goal between two people: a demand, medicine, food, a verdict."""
        return bool(self.offer.gate.stops(given(event)))

    def fits(self, chat: Chat, event: Event) -> bool:
        """The words have the right length, and nothing speaks against them."""
        return _fits(chat, event) and not self.stopped(chat, event)

    def why(self, chat: Chat, event: Event) -> Done:
        """Keep the kind of what was stopped, never the words."""
        memory = {**chat.memory, "stopped": self.offer.gate.stops(given(event))}
        return replace(chat, place=replace(chat.place, memory=memory)), ()


def _opening(chat: Chat, _event: Event) -> tuple[Words, ...]:
    return (Words("goal.start" if may_share(chat) else "goal.start_own"),)


def _steps(catalogue: _Catalogue) -> tuple[Step, ...]:
    return (
        Step(
            "start",
            _opening,
            (option("button.catalogue", "catalogue"), option("button.own_words", "own")),
            edits=True,
        ),
        Step("area", (Words("goal.area"),), choices=catalogue.areas, edits=True),
        Step(
            "pick",
            (Words("goal.pick"),),
            (option("button.other_area", "back"),),
            choices=catalogue.goals,
            edits=True,
        ),
        Step(
            "chosen",
            (Words("goal.chosen"),),
            (option("button.this_one", "take"), option("button.another", "other")),
            values=_draft_values,
        ),
        Step(
            "needs_key",
            (Words("goal.needs_key"),),
            (option("button.one_for_me", "own"), option("button.not_now", "home")),
        ),
        Step(
            "words",
            (Words("goal.words"),),
            (option("button.catalogue", "catalogue"),),
            values=_draft_values,
            reads="typed",
            own_words=True,
            retry=Words("goal.words_form"),
        ),
        Step(
            "stopped",
            _stopped_goal,
            (option("button.try_again", "again"), option("button.catalogue", "catalogue")),
        ),
        Step(
            "whose",
            (Words("goal.whose"),),
            (option("button.for_me", "mine"), option("button.for_both", "both", _with_key)),
            values=_draft_values,
        ),
        Step(
            "agreed",
            (Words("goal.agreed"),),
            (option("button.agreed_yes", "yes"), option("button.agreed_not_yet", "no")),
            values=_draft_values,
        ),
        Step(
            "ask_first",
            (Words("goal.ask_first"), Words("goal.ask_first_words")),
            (option("button.agreed_now", "yes"), option("button.one_for_me", "own")),
            values=_draft_values,
        ),
        Step(
            "confidence",
            (Words("goal.confidence"),),
            values=_draft_values,
            scale=True,
            retry=Words("goal.confidence_form"),
        ),
        Step(
            "shrink",
            (Words("goal.shrink"),),
            (
                option("button.smaller", "smaller"),
                option("button.keep_it", "keep"),
                option("button.another", "other"),
            ),
            values=_smaller_values,
        ),
        Step(
            "shrink_words",
            (Words("goal.shrink_words"),),
            (option("button.keep_it", "keep"),),
            values=_draft_values,
            reads="typed",
            own_words=True,
            retry=Words("goal.words_form"),
        ),
        hour_step(_draft_values),
        Step(
            "saved",
            (Words("goal.saved"),),
            (option("button.one_more", "one_more"), option("button.to_menu", "home")),
            values=_draft_values,
        ),
        Step(
            "full",
            (Words("goal.full"),),
            (option("button.see_goals", "goals"), option("button.to_menu", "home")),
        ),
    )


def _moves(catalogue: _Catalogue) -> tuple[Move, ...]:
    return (
        Move("catalogue", "start", "full", when=is_full),
        Move("catalogue", "start", "area"),
        Move("own", "start", "full", when=is_full),
        Move("own", "start", "words"),
        Move("area", "area", "pick", when=catalogue.known_area, keeps="area"),
        Move("more", "area", "area", keeps="page"),
        Move("goal", "pick", "chosen", when=catalogue.known_goal, keeps="goal"),
        Move("more", "pick", "pick", keeps="page"),
        Move("back", "pick", "area"),
        Move("take", "chosen", "full", when=is_full),
        Move("take", "chosen", "confidence", when=catalogue.is_own),
        Move("take", "chosen", "agreed", when=catalogue.to_agree),
        Move("take", "chosen", "needs_key"),
        Move("other", "chosen", "area"),
        Move("own", "needs_key", "area", does=_only_own),
        Move("home", "needs_key", Exit(HOME)),
        Move("typed", "words", "whose", when=catalogue.fits, keeps="words"),
        Move("typed", "words", "stopped", when=catalogue.stopped, does=catalogue.why),
        Move("again", "stopped", "words"),
        Move("catalogue", "stopped", "area"),
        Move("catalogue", "words", "area"),
        Move("mine", "whose", "confidence"),
        Move("both", "whose", "agreed", when=_with_key, does=_both),
        Move("yes", "agreed", "confidence"),
        Move("no", "agreed", "ask_first"),
        Move("yes", "ask_first", "confidence"),
        Move("own", "ask_first", "area", does=_only_own),
        Move(SCALE, "confidence", "hour", when=_sure),
        Move(SCALE, "confidence", "shrink_words", when=_unsure_in_own_words),
        Move(SCALE, "confidence", "shrink", when=_unsure),
        Move("smaller", "shrink", "hour", does=_smaller),
        Move("keep", "shrink", "hour"),
        Move("other", "shrink", "area", does=_forget),
        Move("typed", "shrink_words", "hour", when=catalogue.fits, keeps="words"),
        Move("typed", "shrink_words", "stopped", when=catalogue.stopped, does=catalogue.why),
        Move("keep", "shrink_words", "hour"),
        Move("hour", "hour", "hour", when=typed_hour_is_quiet, says=(Words("goal.hour_quiet"),)),
        Move("hour", "hour", "needs_key", when=catalogue.lost_key),
        Move("hour", "hour", "full", when=_one_too_many),
        Move("hour", "hour", "saved", when=typed_hour_is_good, does=catalogue.save),
        Move("one_more", "saved", Exit("micro_goal")),
        Move("home", "saved", Exit(HOME)),
        Move("goals", "full", Exit("goals")),
        Move("home", "full", Exit(HOME)),
    )


def _both(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    memory = {**chat.memory, "whose": "both"}
    return replace(chat, place=replace(chat.place, memory=memory)), ()


def _only_own(chat: Chat, _event: Event) -> Done:
    """Start the choice again, among what is for oneself."""
    return replace(chat, place=Place("micro_goal", chat.place.step, {OWN_ONLY: "yes"})), ()


def _forget(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Start the choice again, without what had been chosen."""
    return replace(chat, place=Place("micro_goal", chat.place.step)), ()


def make(offer: Offer) -> Flow:
    """Return the builder over the catalogue on offer."""
    catalogue = _Catalogue(offer)
    return flow(
        "micro_goal",
        _steps(catalogue),
        _moves(catalogue),
        ends=frozenset({"saved", "full"}),
        resumable=True,
    )
