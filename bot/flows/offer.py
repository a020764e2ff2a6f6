"""What content offers to the flows: ids and rules, never words."""

from dataclasses import dataclass, field

from bot.engine.chat import Chat
from bot.engine.flow import Flow
from bot.flows.own_words import Gate
from bot.flows.phrasebook import PhraseBook


@dataclass(frozen=True, slots=True)
class GoalOffer:
    """A micro-goal of the catalogue; `own` goals are the partner's own care. `effort` is 1-3."""

    slug: str
    area: str
    effort: int
    own: bool


@dataclass(frozen=True, slots=True)
class SignOffer:
    """An observable sign of the catalogue; `amber` is the prompt that fits when it is seen."""

    slug: str
    area: str
    amber: str


@dataclass(frozen=True, slots=True)
class Offer:
    """The modules in their reading order, the catalogues, and the gate before own words.

    `flows` are those modules as conversations, for whoever looks at them without playing them.
    """

    modules: tuple[str, ...] = ()
    goals: tuple[GoalOffer, ...] = ()
    signs: tuple[SignOffer, ...] = ()
    gate: Gate = field(default_factory=Gate)
    flows: tuple[Flow, ...] = ()
    phrases: PhraseBook = field(default_factory=PhraseBook)

    def readable(self, chat: Chat) -> tuple[str, ...]:
        """Return the modules there are for this person: none about what is to be left alone."""
        hidden = {flow.name for flow in self.flows if flow.topics & chat.never}
        return tuple(module for module in self.modules if module not in hidden)

    def goal(self, slug: str) -> GoalOffer | None:
        """Return the catalogue entry, or None when it is no longer offered."""
        return next((goal for goal in self.goals if goal.slug == slug), None)
