"""The parts every service works with, put together once by bootstrap."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.engine.chat import Preferences
from bot.engine.dialogue import Dialogue
from bot.flows.house import dialogue
from bot.flows.offer import GoalOffer, Offer, SignOffer
from bot.flows.own_words import Gate
from bot.flows.phrasebook import PhraseBook, PhraseOffer, SituationOffer
from bot.flows.wishes import Wishes
from bot.safety.reading import Reading
from bot.services.observer import Observer, Unobserved
from bot.services.pace import Paces
from bot.store.database import Database
from bot.texts.bundle import Bundle, Shelf

JOINED_FOR = timedelta(minutes=3)
MOST_JOINED = 6
MOST_ACCOUNTS = 10_000

Read = Callable[[str, tuple[str, ...]], Reading]


class RecentTexts:
    """The texts of the last three minutes, so that a cry split over messages is read whole.

    In the memory of this process only, never stored; the oldest account goes first when full.
    """

    def __init__(self) -> None:
        self._texts: dict[int, deque[tuple[datetime, str]]] = {}

    def join(self, account: int, text: str, at: datetime) -> tuple[str, ...]:
        """Return the account's earlier recent texts, oldest first, and remember this one."""
        kept = self._texts.pop(account, deque(maxlen=MOST_JOINED))
        while kept and at - kept[0][0] > JOINED_FOR:
            kept.popleft()
        earlier = tuple(old for _, old in kept)
        kept.append((at, text))
        self._texts[account] = kept
        if len(self._texts) > MOST_ACCOUNTS:
            self._texts.pop(next(iter(self._texts)))
        return earlier

    def before(self, account: int, text: str) -> tuple[str, ...]:
        """Return the account's recent texts but for `text`, oldest first; nothing changes."""
        return tuple(old for _, old in self._texts.get(account, ()) if old != text)


class LastKnown:
    """What each account had set at its last turn, so that the help card needs no database.

    In the memory of this process only; the oldest account goes first when full.
    """

    def __init__(self) -> None:
        self._wishes: dict[int, Preferences] = {}

    def note(self, account: int, wishes: Preferences | None) -> None:
        """Remember what an account has set; None for one that was erased."""
        self._wishes.pop(account, None)
        if wishes is not None:
            self._wishes[account] = wishes
        if len(self._wishes) > MOST_ACCOUNTS:
            self._wishes.pop(next(iter(self._wishes)))

    def of(self, account: int) -> Preferences | None:
        """Return what an account has set, if it wrote since this process began."""
        return self._wishes.get(account)


def offer_of(bundle: Bundle) -> Offer:
    """Return what a bundle offers to the flows."""
    goals = next(iter(bundle.data.values())).goals
    signs = next(iter(bundle.data.values())).signs
    return Offer(
        modules=tuple(flow.name for flow in bundle.flows),
        flows=tuple(bundle.flows),
        goals=tuple(GoalOffer(slug, g.area, g.effort, g.own) for slug, g in goals.items()),
        signs=tuple(SignOffer(slug, s.area, s.amber) for slug, s in signs.items()),
        # People write in either language, whichever is set: both are read.
        gate=Gate(tuple(kind for data in bundle.data.values() for kind in data.gate.kinds)),
        phrases=_phrases_of(bundle),
    )


def _phrases_of(bundle: Bundle) -> PhraseBook:
    """Return situations and phrases; a situation is known by its words in every language."""
    files = [data.phrases for data in bundle.data.values()]
    words = [file.situations for file in files]
    return PhraseBook(
        situations=tuple(
            SituationOffer(
                slug, place.group, place.topic, tuple(w for here in words for w in here[slug].words)
            )
            for slug, place in words[0].items()
        ),
        phrases=tuple(
            PhraseOffer(slug, phrase.situation, frozenset(phrase.kinds))
            for slug, phrase in files[0].phrases.items()
        ),
    )


def nobody() -> None:
    """Wake nobody."""


@dataclass(slots=True)
class Parts:
    """Database, content and reader. The dialogue follows the content that stands on the shelf.

    `bot_name` is the user name under which links lead here; `wake` is called, from any thread,
    after a commit that made something due at once. `worker` names this process where several
    work on one database, and is empty where it is alone; `observer` counts what happens.
    """

    database: Database
    shelf: Shelf
    read: Read
    bot_name: str = "accanto_bot"
    wake: Callable[[], None] = nobody
    worker: str = ""
    observer: Observer = field(default_factory=Unobserved)
    recent: RecentTexts = field(default_factory=RecentTexts)
    known: LastKnown = field(default_factory=LastKnown)
    paces: Paces = field(default_factory=Paces)
    _built: tuple[Bundle, Dialogue, Wishes] | None = None

    @property
    def bundle(self) -> Bundle:
        """The content in use."""
        return self.shelf.bundle

    @property
    def dialogue(self) -> Dialogue:
        """The dialogue of the content in use; built anew when the content changes."""
        return self._of_now()[1]

    @property
    def wishes(self) -> Wishes:
        """What is asked for in few words, in the languages of the content in use."""
        return self._of_now()[2]

    def _of_now(self) -> tuple[Bundle, Dialogue, Wishes]:
        bundle = self.shelf.bundle
        if self._built is None or self._built[0] is not bundle:
            wishes = Wishes(tuple(k for data in bundle.data.values() for k in data.wishes.kinds))
            self._built = (bundle, dialogue(offer_of(bundle), bundle.flows), wishes)
        return self._built
