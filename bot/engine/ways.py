"""How flows hang together beyond their own moves: what works anywhere, and what a turn gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.engine.chat import Chat, Place
from bot.engine.effects import Effect, Text
from bot.engine.events import ButtonPressed, Event, TextReceived
from bot.engine.flow import Act, Lead, Step


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A move that works anywhere: a command, or a button that never grows old.

    It leads `to` a place, or says an `aside` and leaves the place, with its buttons, as it was;
    with neither, the current step is said again. `in_red` ones work even in RED.
    """

    to: Lead | None = None
    aside: Step | None = None
    does: Act | None = None
    in_red: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """What comes before whatever the person wanted: the chat as it is from here on, and where."""

    chat: Chat
    place: Place
    effects: tuple[Effect, ...] = ()


_HOME = Place("menu", "home")
_OFFER = Place("menu", "resume")


def _nothing_first(_chat: Chat, _event: Event) -> Opening | None:
    return None


def _never_hushed(_chat: Chat, _event: Event) -> bool:
    return False


def _nothing_understood(_chat: Chat, _event: TextReceived) -> Shortcut | Text | None:
    return None


def _nothing_answered(_chat: Chat, _event: TextReceived) -> ButtonPressed | None:
    return None


@dataclass(frozen=True, slots=True)
class Ways:
    """How the flows hang together: where each role is at home, what works anywhere.

    `arrivals` answer, without moving, what comes without the person's doing; `invited` takes a
    pasted code; `raised` is what RED asks for beside its card. `first` is what a chat opens on
    before anything but safety; while `hushed`, what nobody asked for is not said at all.
    `understood` says where a text leads that the step does not take, or what answers it there.
    `offer` is where it is asked whether to resume; passed over once, it is not asked again.
    `answered` is the button that a text typed to the pending question of CHECK stands for.
    Flows that `presume_safety` lead to `rests` for a week after control or violence was told of.
    """

    home: Lead
    shortcuts: Mapping[str, Shortcut]
    red: Place
    red_again: Lead
    raised: Act
    open_in_red: frozenset[str]
    check: Place
    amber: Callable[[Chat, Event], Place | None]
    arrivals: Mapping[type[Event], Act]
    invited: Act
    arrive_at: Lead
    first: Callable[[Chat, Event], Opening | None] = _nothing_first
    hushed: Callable[[Chat, Event], bool] = _never_hushed
    understood: Callable[[Chat, TextReceived], Shortcut | Text | None] = _nothing_understood
    answered: Callable[[Chat, TextReceived], ButtonPressed | None] = _nothing_answered
    presume_safety: frozenset[str] = frozenset()
    rests: Place = _HOME
    offer: Place = _OFFER


@dataclass(frozen=True, slots=True)
class Turn:
    """The chat after the turn, what is to be done, and a short toast for a button that was late."""

    chat: Chat
    effects: tuple[Effect, ...] = ()
    toast: Text | None = None
