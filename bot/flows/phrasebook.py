"""Which phrases fit, and which of them a person keeps: the rules coach and bank share (M02)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.engine.chat import Chat, Favourite
from bot.engine.effects import Entry, Text, Words
from bot.flows.own_words import bare

GROUPS = ("day", "outside", "us")
"""What the situations are gathered under."""
ANYWHERE = "general"
"""The situation whose phrases fit everywhere."""
MOST_KEPT = 30
SAY = "say"


@dataclass(frozen=True, slots=True)
class SituationOffer:
    """Where something is said; `words` know it in a text as `bare` leaves it."""

    slug: str
    group: str
    topic: str = ""
    words: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class PhraseOffer:
    """A phrase of a situation, and the kinds of friction it answers."""

    slug: str
    situation: str
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """What content offers: situations and phrases, in their order."""

    situations: tuple[SituationOffer, ...] = ()
    phrases: tuple[PhraseOffer, ...] = field(default=(), repr=False)

    def visible(self, chat: Chat) -> tuple[SituationOffer, ...]:
        """Return the situations there are for this person: none about what is left alone."""
        return tuple(place for place in self.situations if place.topic not in chat.never)

    def known(self, chat: Chat, slug: str) -> PhraseOffer | None:
        """Return a phrase there is for this person, or None."""
        places = {place.slug for place in self.visible(chat)}
        return next((p for p in self.phrases if p.slug == slug and p.situation in places), None)

    def within(self, situation: str) -> tuple[str, ...]:
        """Return the phrases of a situation."""
        return tuple(p.slug for p in self.phrases if p.situation == situation)

    def recognised(self, chat: Chat, text: str) -> str:
        """Return the situation whose words a text holds most of, if any; the first of equals."""
        words = bare(text)
        found = [(sum(bool(w.search(words)) for w in p.words), p.slug) for p in self.visible(chat)]
        most = max((count for count, _ in found), default=0)
        return next((slug for count, slug in found if count == most), "") if most else ""

    def answers(self, kinds: Sequence[str], situation: str) -> tuple[str, ...]:
        """Return the phrases that answer some kinds of friction, the fittest first.

        Those of the situation that answer all kinds, then the first of them, then the second; then
        those that fit everywhere in the same order; then what else there is for the situation.
        """
        ranked = sorted(
            (self._rank(phrase, kinds, situation), place, phrase.slug)
            for place, phrase in enumerate(self.phrases)
            if phrase.situation in {situation, ANYWHERE}
        )
        return tuple(slug for rank, _, slug in ranked if rank < _NEVER)

    @staticmethod
    def _rank(phrase: PhraseOffer, kinds: Sequence[str], situation: str) -> int:
        answered = [place for place, kind in enumerate(kinds) if kind in phrase.kinds]
        here = phrase.situation == situation
        if not answered:
            return _UNASKED if here else _NEVER
        order = 0 if len(answered) == len(kinds) else 1 + answered[0]
        return order if here else _ELSEWHERE + order


_ELSEWHERE, _UNASKED, _NEVER = 10, 20, 30


def two_of(slugs: Sequence[str], page: int) -> tuple[str, ...]:
    """Return two phrases of a page; after the last ones the first come again."""
    if len(slugs) <= 2:  # noqa: PLR2004 - two at a time
        return tuple(slugs)
    return tuple(slugs[(2 * page + n) % len(slugs)] for n in range(2))


def pages(slugs: Sequence[str]) -> int:
    """Return how many times two phrases can be shown before the first come again."""
    return -(-len(slugs) // 2)


def phrase_text(slug: str) -> Entry:
    """What a phrase of the bank says."""
    return Entry("phrases", slug, "text")


def title(situation: str) -> Entry:
    """What a situation is called, on a button and in a heading."""
    return Entry("phrases", situation, "title")


def kept_text(favourite: Favourite) -> Text | str:
    """What a kept phrase says: its entry of the bank, or the person's own words."""
    return phrase_text(favourite.slug) if favourite.slug else favourite.words or ""


def kept(chat: Chat, slug: str) -> Favourite | None:
    """Return the favourite that is a phrase of the bank, if it is kept."""
    return next((f for f in chat.favourites if f.slug == slug), None)


# --- a phrase as a micro-goal: to say it today ----------------------------------------------


def goal_slug(phrase: PhraseOffer) -> str:
    """Return the slug of the goal to say a phrase; no entry of the goals' catalogue has a colon."""
    return f"{SAY}:{phrase.situation}:{phrase.slug}"


def goal_to_say(slug: str, *, smaller: bool) -> Words | None:
    """Return what such a goal says, or None for a goal of the catalogue."""
    begin, _, rest = slug.partition(":")
    if begin != SAY or not rest:
        return None
    said = phrase_text(rest.partition(":")[2])
    return Words("phrases.goal_smaller" if smaller else "phrases.goal", {"say": said})


def goal_to_say_label(slug: str) -> Words | None:
    """Return what the button of such a goal says, or None for a goal of the catalogue."""
    begin, _, rest = slug.partition(":")
    if begin != SAY or not rest:
        return None
    return Words("phrases.goal_label", {"where": title(rest.partition(":")[0])})
