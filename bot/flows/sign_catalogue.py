"""Choosing a sign: from the catalogue, a group at a time, or in own words that pass the gate."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.engine.chance import new_id
from bot.engine.chat import Chat, Place, Role, Sign
from bot.engine.effects import Button, Effect, Entry, Notify, ProposeSign, Value, Words
from bot.engine.events import Event
from bot.engine.flow import PAGE
from bot.flows.listed_signs import LONGEST, SHORTEST, has_room, listed, waiting, with_signs
from bot.flows.listing import bullets
from bot.flows.offer import Offer
from bot.flows.paging import page
from bot.flows.reminder_hour import given

Done = tuple[Chat, tuple[Effect, ...]]

ON_A_PAGE = 4
"""General signs in one message."""


def chosen_sign(chat: Chat) -> Sign | None:
    """The sign opened from the list, or the one about to be proposed."""
    memory = chat.memory
    if "open" in memory:
        return next((s for s in listed(chat) if s.id == memory["open"]), None)
    return Sign("", slug=memory.get("sign"), words=memory.get("words"))


def at_list(chat: Chat) -> Chat:
    """Return the chat at the list, without what had been chosen."""
    return replace(chat, place=Place("signs", "list"))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The rules that depend on what content offers."""

    offer: Offer

    def areas(self, _chat: Chat, _event: Event) -> tuple[Button, ...]:
        """One button for each group of signs."""
        names = dict.fromkeys(sign.area for sign in self.offer.signs)
        return tuple(Button(Words(f"sign_area.{name}"), "area", name) for name in names)

    def known_area(self, _chat: Chat, event: Event) -> bool:
        """The button stands for a group there is."""
        return given(event) in {sign.area for sign in self.offer.signs}

    def left(self, chat: Chat) -> tuple[str, ...]:
        """The catalogue without what stands in the case already, also as a declined one."""
        taken = {sign.slug for sign in chat.case.signs} if chat.case else set()
        return tuple(sign.slug for sign in self.offer.signs if sign.slug not in taken)

    def picks(self, chat: Chat, _event: Event) -> tuple[Button, ...]:
        """The signs of the chosen group that are left."""
        area = {sign.slug for sign in self.offer.signs if sign.area == chat.memory.get("area")}
        slugs = [slug for slug in self.left(chat) if slug in area]
        return page(
            [Button(Entry("signs", slug, "button"), "sign", slug) for slug in slugs], chat, beside=1
        )

    def can_pick(self, chat: Chat, event: Event) -> bool:
        """The button stands for a sign that is left."""
        return given(event) in self.left(chat)

    def stopped(self, _chat: Chat, event: Event) -> bool:
        """The words do not belong on a list between two people."""
        return bool(self.offer.gate.stops(given(event)))

    def fits(self, _chat: Chat, event: Event) -> bool:
        """The words are few, on one line, and nothing speaks against them."""
        words = given(event).strip()
        return (
            len(words) <= LONGEST
            and sum(map(str.isalpha, words)) >= SHORTEST
            and "\n" not in words
            and not self.offer.gate.stops(words)
        )

    def why(self, chat: Chat, event: Event) -> Done:
        """Keep the kind of what was stopped, never the words."""
        memory = MappingProxyType({"stopped": self.offer.gate.stops(given(event))})
        return replace(chat, place=replace(chat.place, memory=memory)), ()

    def can_propose(self, chat: Chat, event: Event) -> bool:
        """There is room, and the sign does not stand in the case already."""
        slug = chat.memory.get("sign")
        return has_room(chat, event) and (slug is None or slug in self.left(chat))

    def propose(self, chat: Chat, event: Event) -> Done:
        """Put the sign on the list, and tell the patient unless a question waits already."""
        case, chosen = chat.case, chosen_sign(chat)
        if case is None or chosen is None:
            return chat, ()
        known = next((s for s in self.offer.signs if s.slug == chosen.slug), None)
        amber = known.amber if known else chosen.amber
        sign = replace(chosen, id=new_id(event, "sign"), amber=amber)
        # While an answer is awaited, one more question is no news.
        told = () if waiting(chat) else (Notify(case.id, Role.PATIENT, "sign_proposed"),)
        asked = (ProposeSign(case.id, sign), *told)
        return with_signs(at_list(chat), (*case.signs, sign)), asked

    def pages(self) -> int:
        """How many messages the general signs fill."""
        return -(-len(self.offer.signs) // ON_A_PAGE)

    def general(self, chat: Chat, _event: Event) -> Mapping[str, Value]:
        """The general signs of this page."""
        number = int(chat.memory.get(PAGE, "0")) % self.pages()
        shown = self.offer.signs[number * ON_A_PAGE :][:ON_A_PAGE]
        return {"signs": bullets([Entry("signs", sign.slug, "text") for sign in shown])}

    def turned(self, chat: Chat, _event: Event) -> tuple[Button, ...]:
        """The button to the next page; after the last comes the first."""
        number = (int(chat.memory.get(PAGE, "0")) + 1) % self.pages()
        return (Button(Words("button.more"), "more", str(number)),)
