"""The phrase bank: phrases by situation, two at a time, and the ones a person keeps (M02)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.engine.chance import new_id, pick
from bot.engine.chat import Chat, Favourite, Place
from bot.engine.effects import Button, DropPhrase, Effect, KeepPhrase, Value, Words
from bot.engine.events import Event, TextReceived
from bot.engine.flow import HOME, PAGE, Exit, Flow, Move, Step, flow, option
from bot.flows.listing import bullets
from bot.flows.micro_goal import LONGEST, SHORTEST
from bot.flows.offer import Offer
from bot.flows.paging import page
from bot.flows.phrasebook import (
    GROUPS,
    MOST_KEPT,
    SituationOffer,
    goal_slug,
    kept,
    kept_text,
    pages,
    phrase_text,
    title,
    two_of,
)
from bot.flows.reminder_hour import given

Done = tuple[Chat, tuple[Effect, ...]]

KIND_WORDS = 3
"""How many ways there are of taking a sentence of one's own kindly."""


def at_phrase(slug: str, situation: str) -> Place:
    """Return the page of one phrase of the bank."""
    return Place("phrases", "phrase", MappingProxyType({"phrase": slug, "situation": situation}))


def two_buttons(slugs: tuple[str, ...]) -> tuple[Button, ...]:
    """Return a button for each of the phrases shown."""
    labels = (Words("button.first_phrase"), Words("button.second_phrase"))
    return tuple(Button(label, "take", slug) for label, slug in zip(labels, slugs, strict=False))


def more_button(chat: Chat, slugs: tuple[str, ...]) -> tuple[Button, ...]:
    """Return the button to the next two, where there are more."""
    following = (_page(chat) + 1) % max(pages(slugs), 1)
    there_are = pages(slugs) > 1
    return (Button(Words("button.two_more"), "more", str(following)),) if there_are else ()


def shown(chat: Chat, slugs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the two phrases of the page in memory."""
    return two_of(slugs, _page(chat))


def place_buttons(chat: Chat, places: tuple[SituationOffer, ...]) -> tuple[Button, ...]:
    """Return the situations of the group in memory, a page at a time."""
    group = chat.memory.get("group")
    found = [place.slug for place in places if place.group == group]
    return page([Button(title(slug), "place", slug) for slug in found], chat)


def group_buttons() -> tuple[Button, ...]:
    """Return one button for each group of situations."""
    return tuple(Button(Words(f"phrases.group_{name}"), "group", name) for name in GROUPS)


def known_group(_chat: Chat, event: Event) -> bool:
    """The button stands for a group there is."""
    return given(event) in GROUPS


def _page(chat: Chat) -> int:
    return int(chat.memory.get(PAGE, "0"))


def _has_room(chat: Chat, _event: Event) -> bool:
    return len(chat.favourites) < MOST_KEPT


def _from_mine(chat: Chat, _event: Event) -> bool:
    return "situation" not in chat.memory


@dataclass(frozen=True, slots=True)
class _Bank:
    """The rules that depend on what content offers."""

    offer: Offer

    def place_known(self, chat: Chat, event: Event) -> bool:
        return given(event) in {place.slug for place in self.offer.phrases.visible(chat)}

    def places(self, chat: Chat, _event: Event) -> tuple[Button, ...]:
        return place_buttons(chat, self.offer.phrases.visible(chat))

    def _listed(self, chat: Chat) -> tuple[str, ...]:
        """The phrases of the situation in memory, the kept ones first."""
        found = self.offer.phrases.within(chat.memory.get("situation", ""))
        return tuple(sorted(found, key=lambda slug: kept(chat, slug) is None))

    def listed(self, chat: Chat, _event: Event) -> tuple[Button, ...]:
        slugs = self._listed(chat)
        back = Button(Words("button.back"), "back")
        return (*two_buttons(shown(chat, slugs)), *more_button(chat, slugs), back)

    def list_values(self, chat: Chat, _event: Event) -> Mapping[str, Value]:
        two = [phrase_text(slug) for slug in shown(chat, self._listed(chat))]
        return {
            "where": title(chat.memory.get("situation", "")),
            "two": bullets(two) if two else "",
        }

    def _mine(self, chat: Chat) -> tuple[str, ...]:
        """The ids of what is kept, without what the bank no longer holds for this person."""
        return tuple(
            favourite.id
            for favourite in chat.favourites
            if favourite.slug is None or self.offer.phrases.known(chat, favourite.slug)
        )

    def mine(self, chat: Chat, _event: Event) -> tuple[Button, ...]:
        ids = self._mine(chat)
        back = Button(Words("button.back"), "back")
        return (*two_buttons(shown(chat, ids)), *more_button(chat, ids), back)

    def mine_heading(self, chat: Chat, _event: Event) -> tuple[Words, ...]:
        return (Words("phrases.mine" if self._mine(chat) else "phrases.mine_none"),)

    def mine_values(self, chat: Chat, _event: Event) -> Mapping[str, Value]:
        there = {favourite.id: favourite for favourite in chat.favourites}
        two = [kept_text(there[id_]) for id_ in shown(chat, self._mine(chat))]
        return {"two": bullets(two) if two else ""}

    def can_take(self, chat: Chat, event: Event) -> bool:
        return self.offer.phrases.known(chat, given(event)) is not None

    def can_take_mine(self, chat: Chat, event: Event) -> bool:
        return given(event) in self._mine(chat)

    def open_mine(self, chat: Chat, event: Event) -> Done:
        """Open a kept phrase, as that of the bank if it is one."""
        found = next(f for f in chat.favourites if f.id == given(event))
        memory = {"phrase": found.slug} if found.slug else {"own": found.id}
        return replace(chat, place=replace(chat.place, memory=MappingProxyType(memory))), ()

    def chosen(self, chat: Chat) -> Favourite | None:
        """The favourite that the phrase in memory is, if it is one."""
        own = chat.memory.get("own")
        if own:
            return next((f for f in chat.favourites if f.id == own), None)
        return kept(chat, chat.memory.get("phrase", ""))

    def phrase_values(self, chat: Chat, _event: Event) -> Mapping[str, Value]:
        chosen = self.chosen(chat)
        text = kept_text(chosen) if chosen else phrase_text(chat.memory.get("phrase", ""))
        return {"say": text, "longest": LONGEST, "most": MOST_KEPT}

    def is_kept(self, chat: Chat, _event: Event) -> bool:
        return self.chosen(chat) is not None

    def not_kept(self, chat: Chat, event: Event) -> bool:
        return not self.is_kept(chat, event)

    def can_keep(self, chat: Chat, event: Event) -> bool:
        return self.not_kept(chat, event) and _has_room(chat, event)

    def can_be_goal(self, chat: Chat, _event: Event) -> bool:
        """Own words are no goal when the gate before goals would stop them."""
        chosen = self.chosen(chat)
        return not (chosen and chosen.words and self.offer.gate.stops(chosen.words))

    def as_goal(self, chat: Chat, _event: Event) -> Place:
        """To say it is one's own act: the goal is for oneself."""
        chosen = self.chosen(chat)
        if chosen and chosen.words:
            return Place("micro_goal", "chosen", MappingProxyType({"words": chosen.words}))
        known = self.offer.phrases.known(chat, chat.memory.get("phrase", ""))
        memory = {"goal": goal_slug(known)} if known else {}
        return Place("micro_goal", "chosen", MappingProxyType(memory))

    def keep(self, chat: Chat, event: Event) -> Done:
        favourite = Favourite(new_id(event, "favourite"), slug=chat.memory.get("phrase"))
        chat = replace(chat, favourites=(*chat.favourites, favourite))
        return chat, (KeepPhrase(favourite),)

    def drop(self, chat: Chat, _event: Event) -> Done:
        """Take it off; a phrase of the bank stays in view, own words are gone."""
        chosen = self.chosen(chat)
        if chosen is None:
            return chat, ()
        if chosen.words:
            chat = replace(chat, place=Place("phrases", chat.place.step))
        left = tuple(f for f in chat.favourites if f.id != chosen.id)
        return replace(chat, favourites=left), (DropPhrase(chosen.id),)

    def is_own(self, chat: Chat, event: Event) -> bool:
        return "own" in chat.memory and self.is_kept(chat, event)

    def fits(self, _chat: Chat, event: Event) -> bool:
        words = given(event).strip()
        return SHORTEST <= len(words) <= LONGEST and "\n" not in words

    def keep_own(self, chat: Chat, event: Event) -> Done:
        """Keep a sentence in own words, whatever was read in it: it was just put another way."""
        words = event.text.strip() if isinstance(event, TextReceived) else ""
        favourite = Favourite(new_id(event, "favourite"), words=words)
        memory = {k: v for k, v in chat.memory.items() if k == "situation"}
        memory |= {"own": favourite.id, "taken": str(pick(event, "taken", KIND_WORDS) + 1)}
        place = replace(chat.place, memory=MappingProxyType(memory))
        chat = replace(chat, place=place, favourites=(*chat.favourites, favourite))
        return chat, (KeepPhrase(favourite),)

    def phrase_says(self, chat: Chat, _event: Event) -> tuple[Words, ...]:
        """A kind word first for what was just written."""
        words = Words("phrases.phrase")
        taken = chat.memory.get("taken")
        return (Words(f"phrases.own_{taken}"), words) if taken else (words,)

    def to_group(self, chat: Chat, _event: Event) -> Done:
        """Go back to the group the situation belongs to."""
        situation = chat.memory.get("situation", "")
        group = next((p.group for p in self.offer.phrases.situations if p.slug == situation), "")
        return replace(chat, place=Place("phrases", chat.place.step, {"group": group})), ()


def _clear(chat: Chat, _event: Event) -> Done:
    """Forget what was chosen."""
    return replace(chat, place=Place("phrases", chat.place.step)), ()


def _to_list(chat: Chat, _event: Event) -> Done:
    """Forget the phrase; the situation stays."""
    memory = {"situation": chat.memory["situation"]}
    return replace(chat, place=Place("phrases", chat.place.step, MappingProxyType(memory))), ()


def _groups(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return (*group_buttons(), Button(Words("button.my_phrases"), "mine"))


def _steps(bank: _Bank) -> tuple[Step, ...]:
    return (
        Step("start", (Words("phrases.start"),), choices=_groups, edits=True),
        Step("places", (Words("phrases.places"),), choices=bank.places, edits=True),
        Step(
            "list",
            (Words("phrases.list"),),
            choices=bank.listed,
            values=bank.list_values,
            edits=True,
        ),
        Step("mine", bank.mine_heading, choices=bank.mine, values=bank.mine_values, edits=True),
        Step(
            "phrase",
            bank.phrase_says,
            (
                option("button.say_today", "today", bank.can_be_goal),
                option("button.keep_phrase", "keep", bank.not_kept),
                option("button.drop_phrase", "drop", bank.is_kept),
                option("button.edit_phrase", "edit"),
                option("button.back", "back"),
            ),
            values=bank.phrase_values,
        ),
        Step(
            "edit",
            (Words("phrases.edit"),),
            (option("button.back", "back"),),
            values=bank.phrase_values,
            reads="typed",
            own_words=True,
            retry=Words("phrases.edit_form"),
        ),
        Step(
            "full",
            (Words("phrases.full"),),
            (option("button.my_phrases", "mine"), option("button.to_menu", "home")),
            values=bank.phrase_values,
        ),
    )


def _moves(bank: _Bank) -> tuple[Move, ...]:
    return (
        Move("group", "start", "places", when=known_group, keeps="group"),
        Move("mine", "start", "mine"),
        Move("place", "places", "list", when=bank.place_known, keeps="situation"),
        Move("more", "places", "places", keeps=PAGE),
        Move("take", "list", "phrase", when=bank.can_take, keeps="phrase"),
        Move("more", "list", "list", keeps=PAGE),
        Move("back", "list", "places", does=bank.to_group),
        Move("take", "mine", "phrase", when=bank.can_take_mine, does=bank.open_mine),
        Move("more", "mine", "mine", keeps=PAGE),
        Move("back", "mine", "start"),
        Move(
            "today",
            "phrase",
            Exit("micro_goal", "chosen"),
            when=bank.can_be_goal,
            leads=bank.as_goal,
        ),
        Move(
            "keep",
            "phrase",
            "phrase",
            when=bank.can_keep,
            does=bank.keep,
            says=(Words("phrases.kept"),),
        ),
        Move("keep", "phrase", "full"),
        Move("drop", "phrase", "mine", when=bank.is_own, does=bank.drop),
        Move("drop", "phrase", "phrase", does=bank.drop, says=(Words("phrases.dropped"),)),
        Move("edit", "phrase", "edit", when=_has_room),
        Move("edit", "phrase", "full"),
        Move("back", "phrase", "mine", when=_from_mine, does=_clear),
        Move("back", "phrase", "list", does=_to_list),
        Move("typed", "edit", "phrase", when=bank.fits, does=bank.keep_own),
        Move("back", "edit", "phrase"),
        Move("mine", "full", "mine", does=_clear),
        Move("home", "full", Exit(HOME)),
    )


def make(offer: Offer) -> Flow:
    """Return the bank over the phrases on offer."""
    bank = _Bank(offer)
    steps = _steps(bank)
    # Only own words that are being written are worth coming back to.
    ends = frozenset(step.name for step in steps) - {"edit"}
    return flow("phrases", steps, _moves(bank), ends=ends, resumable=True)
