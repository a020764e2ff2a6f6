"""The phrase coach: what weighs in a sentence, why, and two lighter ways of saying it (M02).

Recognise the effort, name the pattern and never the person, one reason, two alternatives with a
way to say no. Never one correction after another: the next sentence is only looked at if the
person asks for it. What was typed is not kept; only the kinds and the situation are, until the
conversation goes elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.engine.chance import pick
from bot.engine.chat import Chat, Place
from bot.engine.effects import Button, Effect, Entry, Value, Words
from bot.engine.events import Event, TextReceived
from bot.engine.flow import HOME, PAGE, Exit, Flow, Move, Step, flow, option
from bot.flows.listing import bullets
from bot.flows.offer import Offer
from bot.flows.paging import page
from bot.flows.phrasebook import ANYWHERE, phrase_text, title
from bot.flows.phrases import (
    at_phrase,
    group_buttons,
    known_group,
    more_button,
    place_buttons,
    shown,
    two_buttons,
)
from bot.flows.reminder_hour import given
from bot.safety.reading import CALM, FRICTION_KINDS, Reading

Done = tuple[Chat, tuple[Effect, ...]]

RESTS = Place("coach", "rests")
MOST_KINDS = 2  # named in one answer: more would be a list of faults
EFFORTS, GOOD = 4, 4  # ways of recognising the effort, and what a sentence does well
# What a button carries is short: no two kinds begin alike.
_KIND_OF: Mapping[str, str] = MappingProxyType({kind[:16]: kind for kind in FRICTION_KINDS})
CORRECTED = "corrected"  # the memory of having corrected: not twice in a row


def heard(chat: Chat, event: Event) -> Place:
    """Where a sentence to the loved one leads that was typed anywhere, by its reading.

    A light one is told what it does well; of a heavy one it is asked what it is about, and of one
    whose weight is unclear, which it is like. One that comes right after a correction is only
    looked at if the person wants it.
    """
    kinds = _kinds(event)
    if not kinds:
        return Place("coach", "fine" if _light(chat, event) else "pick", _kept(chat))
    step = "softly" if CORRECTED in chat.memory else "about"
    return Place("coach", step, MappingProxyType({**_kept(chat), "kinds": " ".join(kinds)}))


def _kept(chat: Chat) -> Mapping[str, str]:
    """What goes along from sentence to sentence: that one was corrected."""
    return MappingProxyType({CORRECTED: "yes"} if CORRECTED in chat.memory else {})


def _reading(event: Event) -> Reading:
    return event.reading if isinstance(event, TextReceived) else CALM


def _kinds(event: Event) -> tuple[str, ...]:
    """The strongest kinds of friction in what was typed; none where it is light on the whole."""
    reading = _reading(event)
    found = () if reading.label == "low_friction" else reading.friction
    return tuple(kind for kind in found if kind in FRICTION_KINDS)[:MOST_KINDS]


def _heavy(_chat: Chat, event: Event) -> bool:
    reading = _reading(event)
    return bool(_kinds(event)) and reading.sure and reading.label == "friction"


def _maybe(_chat: Chat, event: Event) -> bool:
    """Something seems to weigh, and it is better asked than said."""
    return bool(_kinds(event))


def _light(_chat: Chat, event: Event) -> bool:
    return _reading(event).label == "low_friction"


def _said(_chat: Chat, event: Event) -> bool:
    """It may well be said to the loved one; where nobody reads meanings, everything may."""
    return _reading(event).label in {None, "friction"}


def _maybe_said(chat: Chat, event: Event) -> bool:
    return _said(chat, event) and _maybe(chat, event)


def _surely_light(chat: Chat, event: Event) -> bool:
    return _light(chat, event) and _reading(event).sure


def _known_kind(_chat: Chat, event: Event) -> bool:
    return given(event) in _KIND_OF


def _with(chat: Chat, **memory: str) -> Done:
    """Return the chat remembering this, and that it was corrected."""
    kept = MappingProxyType({**_kept(chat), **memory})
    return replace(chat, place=replace(chat.place, memory=kept)), ()


def _hold(chat: Chat, event: Event) -> Done:
    """Remember what weighs, never the sentence."""
    return _with(chat, kinds=" ".join(_kinds(event)))


def _corrected(chat: Chat) -> Chat:
    memory = MappingProxyType({**chat.memory, CORRECTED: "yes"})
    return replace(chat, place=replace(chat.place, memory=memory))


def _examples(chat: Chat, _event: Event) -> tuple[Button, ...]:
    """A sentence for every kind, and at last none of them."""
    buttons = [
        Button(Entry("phrases", kind, "example"), "kind", value) for value, kind in _KIND_OF.items()
    ]
    return page([*buttons, Button(Words("button.none_of_these"), "none")], chat)


def _good(chat: Chat, event: Event) -> tuple[Words, ...]:
    """What a light sentence does well; asked again after anything else, it is not praised twice."""
    if not _light(chat, event):
        return (Words("coach.another"),)
    return (Words(f"coach.good_{pick(event, 'good', GOOD) + 1}"),)


def _numbers(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    """Somebody outside, and how to leave no traces: never the couple's own therapy."""
    numbers = Button(Words("button.more_numbers"), "more_numbers", lasting=True)
    return (numbers, Button(Words("button.discretion"), "discreet", lasting=True))


@dataclass(frozen=True, slots=True)
class _Coach:
    """The rules that depend on what content offers."""

    offer: Offer

    def guess(self, chat: Chat, event: Event) -> str:
        """The situation a sentence seems to be about, or nothing."""
        text = event.text if isinstance(event, TextReceived) else ""
        return self.offer.phrases.recognised(chat, text)

    def placed(self, chat: Chat, event: Event) -> bool:
        return _heavy(chat, event) and bool(self.guess(chat, event))

    def take(self, chat: Chat, event: Event) -> Done:
        kinds, place = " ".join(_kinds(event)), self.guess(chat, event)
        return _with(_corrected(chat), kinds=kinds, situation=place)

    def hold(self, chat: Chat, event: Event) -> Done:
        """Remember what may weigh and where; nothing is corrected yet."""
        place = self.guess(chat, event)
        where = {"situation": place} if place else {}
        return _with(chat, kinds=_kinds(event)[0], **where)

    def agree(self, chat: Chat, _event: Event) -> Done:
        """The person recognises what weighs."""
        return _corrected(chat), ()

    def take_kind(self, chat: Chat, event: Event) -> Done:
        where = {"situation": chat.memory["situation"]} if "situation" in chat.memory else {}
        chat = _corrected(chat) if where else chat
        return _with(chat, kinds=_KIND_OF[given(event)], **where)

    def kind_placed(self, chat: Chat, event: Event) -> bool:
        return _known_kind(chat, event) and self.has_place(chat, event)

    def has_place(self, chat: Chat, _event: Event) -> bool:
        places = {place.slug for place in self.offer.phrases.visible(chat)}
        return chat.memory.get("situation") in places

    def place_known(self, chat: Chat, event: Event) -> bool:
        return given(event) in {place.slug for place in self.offer.phrases.visible(chat)}

    def take_place(self, chat: Chat, event: Event) -> Done:
        kinds = chat.memory.get("kinds", "")
        return _with(_corrected(chat), kinds=kinds, situation=given(event))

    def where(self, chat: Chat, event: Event) -> tuple[Button, ...]:
        """What it may be about: a guess where there is one, the groups, and anything else."""
        guess = self.guess(chat, event)
        likely = guess or ANYWHERE
        return (Button(title(likely), "place", likely), *group_buttons())

    def places(self, chat: Chat, _event: Event) -> tuple[Button, ...]:
        return place_buttons(chat, self.offer.phrases.visible(chat))

    def _found(self, chat: Chat) -> tuple[str, ...]:
        kinds = chat.memory.get("kinds", "").split()
        return self.offer.phrases.answers(kinds, chat.memory.get("situation", ANYWHERE))

    def two(self, chat: Chat, _event: Event) -> tuple[Button, ...]:
        slugs = self._found(chat)
        not_this = Button(Words("button.not_this_one"), "not_this")
        return (*two_buttons(shown(chat, slugs)), *more_button(chat, slugs), not_this)

    def can_take(self, chat: Chat, event: Event) -> bool:
        return given(event) in self._found(chat)

    def opened(self, chat: Chat, event: Event) -> Place:
        """The page of a phrase, in the bank."""
        slug = given(event)
        known = self.offer.phrases.known(chat, slug)
        place = at_phrase(slug, known.situation if known else ANYWHERE)
        return replace(place, memory=MappingProxyType({**place.memory, CORRECTED: "yes"}))

    def answer(self, chat: Chat, event: Event) -> tuple[Words, ...]:
        """Effort, pattern and reason, two alternatives; with the next two only these."""
        two = (Words("coach.two"),)
        if PAGE in chat.memory:
            return two
        kinds = chat.memory.get("kinds", "").split()
        effort = Words(f"coach.effort_{pick(event, 'effort', EFFORTS) + 1}")
        pattern = Words("coach.pattern_two" if len(kinds) > 1 else "coach.pattern")
        return (effort, pattern, *two)

    def values(self, chat: Chat, _event: Event) -> Mapping[str, Value]:
        kinds = chat.memory.get("kinds", "").split() or [FRICTION_KINDS[0]]
        two = shown(chat, self._found(chat))
        return {
            "kind": Entry("phrases", kinds[0], "name"),
            "other": Entry("phrases", kinds[-1], "name"),
            "sign": Entry("phrases", kinds[0], "recognise"),
            "reason": Entry("phrases", kinds[0], "reason"),
            "two": bullets([phrase_text(slug) for slug in two]) if two else "",
        }


def _steps(coach: _Coach) -> tuple[Step, ...]:
    to_bank, to_menu = option("button.phrases", "phrases"), option("button.to_menu", "home")
    pick_one = option("button.what_weighs", "pick")
    return (
        Step(
            "start",
            (Words("coach.start"),),
            (option("button.pick_sentence", "pick"), to_bank),
            reads="typed",
        ),
        Step("pick", (Words("coach.pick"),), choices=_examples, edits=True),
        Step("about", (Words("coach.about"),), choices=coach.where),
        Step("places", (Words("phrases.places"),), choices=coach.places, edits=True),
        Step(
            "answer",
            coach.answer,
            choices=coach.two,
            values=coach.values,
        ),
        Step("fine", _good, (to_bank, to_menu)),
        Step(
            "maybe",
            (Words("coach.maybe"),),
            (
                option("button.that_is_it", "yes"),
                option("button.something_else", "pick"),
                to_bank,
            ),
            values=coach.values,
            reads="typed",
        ),
        Step("unclear", (Words("coach.unclear"),), (pick_one, to_bank), reads="typed"),
        Step(
            "softly",
            (Words("coach.softly"),),
            (option("button.look_at_it", "look"), to_bank, to_menu),
        ),
        Step("left", (Words("coach.left"),), (to_bank, to_menu)),
        Step("rests", (Words("coach.rests"),), (to_menu,), choices=_numbers),
    )


def _moves(coach: _Coach) -> tuple[Move, ...]:
    banked = ("start", "fine", "maybe", "unclear", "softly", "left")
    left = ("fine", "softly", "left", "rests")
    return (
        # At the start a sentence was asked for; later a text may be about anything, and what is
        # not said to the loved one is led on as anywhere.
        *(
            move
            for step, maybe, light, said in (
                ("start", _maybe, _light, None),
                ("unclear", _maybe_said, _surely_light, _said),
                ("maybe", _maybe_said, _surely_light, _said),
            )
            for move in (
                Move("typed", step, "answer", when=coach.placed, does=coach.take),
                Move("typed", step, "about", when=_heavy, does=_hold),
                Move("typed", step, "maybe", when=maybe, does=coach.hold),
                Move("typed", step, "fine", when=light),
                Move("typed", step, "unclear", when=said),
            )
        ),
        *(Move("phrases", step, Exit("phrases")) for step in banked),
        *(Move("home", step, Exit(HOME)) for step in left),
        Move("pick", "start", "pick"),
        Move("pick", "unclear", "pick"),
        Move("pick", "maybe", "pick"),
        Move("yes", "maybe", "answer", when=coach.has_place, does=coach.agree),
        Move("yes", "maybe", "about"),
        Move("kind", "pick", "answer", when=coach.kind_placed, does=coach.take_kind),
        Move("kind", "pick", "about", when=_known_kind, does=coach.take_kind),
        Move("more", "pick", "pick", keeps=PAGE),
        Move("none", "pick", "left"),
        Move("place", "about", "answer", when=coach.place_known, does=coach.take_place),
        Move("group", "about", "places", when=known_group, keeps="group"),
        Move("place", "places", "answer", when=coach.place_known, does=coach.take_place),
        Move("more", "places", "places", keeps=PAGE),
        Move("take", "answer", Exit("phrases", "phrase"), when=coach.can_take, leads=coach.opened),
        Move("more", "answer", "answer", keeps=PAGE),
        Move("not_this", "answer", "pick"),
        Move("look", "softly", "about"),
    )


def make(offer: Offer) -> Flow:
    """Return the coach over the phrases on offer."""
    coach = _Coach(offer)
    return flow("coach", _steps(coach), _moves(coach))
