"""A conversation as data: steps that say something, moves that lead on.

Flows route; rules live in named functions; words live in content; they meet by name only.
Python flows and modules written in Markdown are the same `Flow`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.engine.chat import NOTHING, Chat, Place, nothing
from bot.engine.effects import Button, Effect, Text, Value, Words
from bot.engine.events import Event

Guard = Callable[[Chat, Event], bool]
Act = Callable[[Chat, Event], tuple[Chat, tuple[Effect, ...]]]
Values = Callable[[Chat, Event], Mapping[str, Value]]
Choices = Callable[[Chat, Event], tuple[Button, ...]]
Lead = Callable[[Chat, Event], Place]
Says = Callable[[Chat, Event], tuple[Text, ...]]

HOME = "home"  # an exit to wherever the person's role is at home
RESUME = "resume"  # an exit back to what an interruption left behind

OFFERED = "offered"  # in what was interrupted: the offer to resume it was passed over
PAGE = "page"  # the memory of where a long list stands; any other move forgets it
SCALE = "scale"  # the move of a 0-10 scale; its value is the number


@dataclass(frozen=True, slots=True)
class Option:
    """An authored button of a step; hidden while its guard says no."""

    label: Text
    move: str
    when: Guard | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One place of a flow.

    `says` are one to three messages, or a function that chooses them; the last carries the
    buttons: `options` as authored, then `choices` made from what is known, then, if `scale`, the
    numbers 0 to 10, and at last the ways back, wherever they are authored. `values` fills the
    placeholders. `reads` is the move that a text takes. `retry` is said when a text
    does not fit: every guard refused it, or the step reads none.
    `own_words` are kept if the person says so, even when an alarm comes before them.
    `variants` maps an attribute of the case to other messages for the same step.
    `edits` lets the message replace the one whose button was pressed.
    """

    name: str
    says: tuple[Text, ...] | Says
    options: tuple[Option, ...] = ()
    choices: Choices | None = None
    values: Values | None = None
    reads: str | None = None
    scale: bool = False
    retry: Text | None = None
    own_words: bool = False
    variants: Mapping[str, "Step"] = field(default_factory=lambda: MappingProxyType({}))
    edits: bool = False


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a flow, to a step of another; an empty step means its start.

    `keeps` names the answers that go along, `sets` adds fixed ones.
    """

    flow: str
    step: str = ""
    keeps: tuple[str, ...] = ()
    sets: Mapping[str, str] = field(default_factory=nothing)

    @property
    def name(self) -> str:
        """The name of this exit as a state of the machine and a node of the diagram."""
        return "__".join(
            ("to", self.flow, *(() if not self.step else (self.step,)), *self.sets.values())
        )


@dataclass(frozen=True, slots=True)
class Move:
    """A way from one step to another step or out of the flow.

    Moves of one name from one source are tried in order; the first whose guard agrees is
    taken. `keeps` stores the value or text under that name; `does` may change the chat and ask
    for effects; `says` is said on the way. `leads` computes the place for an exit that depends
    on what was chosen.
    """

    name: str
    source: str
    dest: str | Exit
    when: Guard | None = None
    keeps: str | None = None
    does: Act | None = None
    says: tuple[Text, ...] = ()
    leads: Lead | None = None

    @property
    def target(self) -> str:
        """The state this move leads to."""
        return self.dest.name if isinstance(self.dest, Exit) else self.dest


@dataclass(frozen=True, slots=True)
class Flow:
    """A named conversation. `ends` are the steps where it is complete; `moved` maps old step names.

    `resumable` flows offer to go on after an interruption; `module` is set for modules. A flow
    that touches `topics` does not exist for whoever is to leave one of them alone.
    """

    name: str
    start: str
    steps: Mapping[str, Step]
    moves: tuple[Move, ...]
    ends: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=nothing)
    resumable: bool = False
    module: bool = False
    topics: frozenset[str] = frozenset()


def flow(
    name: str,
    steps: tuple[Step, ...],
    moves: tuple[Move, ...],
    *,
    ends: frozenset[str] = frozenset(),
    moved: Mapping[str, str] = NOTHING,
    resumable: bool = False,
) -> Flow:
    """Return a flow whose first step is its start."""
    by_name = MappingProxyType({step.name: step for step in steps})
    return Flow(name, steps[0].name, by_name, moves, ends, moved, resumable)


def option(label: str, move: str, when: Guard | None = None) -> Option:
    """Return an authored button whose label is a catalogue entry."""
    return Option(Words(label), move, when)
