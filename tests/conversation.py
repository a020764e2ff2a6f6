"""Conversations as data: read from YAML, and written back with the outcomes they have now.

A file names who speaks at the start (see `tests.starts`) and lists the turns. A turn is one input
and what came of it. This module knows the format and nothing of the dialogue, so the same files
can be played on the pure core (`tests.player`) or through the services, in any language.

Inputs, one a turn:

    press: MOVE [VALUE]         a button of the last message, or one that never grows old
    press_old: MOVE [VALUE]     the same button again, or one of an older message
    press_unseen: MOVE [VALUE]  a button that is no longer, or not yet, on show
    type: TEXT                  with `reading: {tier, trigger, about}` or, calm, `{label, friction,
                                also, sure, ruled_out, wish}`; `edited: true`
    command: NAME [VALUE]       by its canonical name; with `reading` too
    open: INVITATION            the link of an invitation: partner, patient, therapist, used …
    paste: INVITATION           its code, as a text
    media: KIND                 something we do not read; with `reading` of its caption
    due: KIND [ABOUT]           reminder, snoozed GOAL, check, follow_up, or a notice by its kind;
                                `to: ROLE` where the role it is said to matters
    away: TIME                  updates waited that long while the bot was down
    wait: TIME                  nothing happens for `1d 2h 30m`
    meanwhile: CHANGE [ABOUT]   somebody else changed something

The last two have no outcome.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.engine.chat import Role
from bot.safety.reading import CALM, About, Reading, Tier
from tests.files import read_yaml

FOLDER = Path(__file__).parent / "conversations"
OUTCOME = ("at", "says", "asks", "buttons", "toast", "alarm", "becomes", "keeps")

Outcome = Mapping[str, Any]
"""What came of a turn; a key is missing when there is nothing to tell.

`at` is `flow.step`; `says` the ids of the messages; `asks` the effects that are not said;
`buttons` those of the last message without SOS and Menu, as `move value`, a scale as `scale`;
`toast` an id; `alarm` level, trigger and card unless green; `becomes` what changed of the person;
`keeps` the answers the flow holds from now on, if they changed.
"""


@dataclass(frozen=True, slots=True)
class Press:
    """A button is pressed: one on the latest message, of an older one, or none that is shown."""

    move: str
    value: str = ""
    which: Literal["latest", "old", "unseen"] = "latest"


@dataclass(frozen=True, slots=True)
class Typed:
    """A text arrives; `invitation` names the one whose code it is."""

    text: str
    reading: Reading = CALM
    edited: bool = False
    invitation: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command by its canonical name; `invitation` names the one whose link it is."""

    name: str
    value: str = ""
    reading: Reading = CALM
    invitation: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """Something arrives that is not read; `reading` is that of the words under it."""

    kind: str
    reading: Reading = CALM


@dataclass(frozen=True, slots=True)
class Due:
    """Something arrives that nobody asked for: a reminder, a notice, the follow-up."""

    kind: str
    about: str = ""
    to: Role | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """The bot was down for a while, and updates waited."""

    time: timedelta


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing happens for a while."""

    time: timedelta


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Somebody else changed what is known about the case."""

    change: str
    about: str = ""


Input = Press | Typed | Command | Media | Due | Away | Wait | Meanwhile


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn of a file: the lines of its input as written, the input, the recorded outcome."""

    written: Mapping[str, Any]
    input: Input
    outcome: Outcome = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One file. `start` names the chat it begins with."""

    name: str
    title: str
    start: str
    turns: tuple[Exchange, ...]


def read(path: Path) -> Conversation:
    """Return the conversation in a file."""
    tree = read_yaml(path)
    turns = tuple(_exchange(turn) for turn in tree["turns"])
    return Conversation(path.stem, tree["title"], tree["as"], turns)


def read_all() -> tuple[Conversation, ...]:
    """Return every conversation, in the order of their names."""
    return tuple(read(path) for path in sorted(FOLDER.glob("*.yaml")))


def write(conversation: Conversation, outcomes: Sequence[Outcome]) -> None:
    """Write a conversation back, one outcome for each of its turns."""
    lines = [f"title: {_flow(conversation.title)}", f"as: {conversation.start}", "turns:"]
    for turn, outcome in zip(conversation.turns, outcomes, strict=True):
        pairs = [f"{key}: {_flow(value)}" for key, value in {**turn.written, **outcome}.items()]
        lines += [f"- {pairs[0]}", *(f"  {pair}" for pair in pairs[1:])]
    path = FOLDER / f"{conversation.name}.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _flow(value: object) -> str:
    dumped = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000
    )
    return dumped.removesuffix("...\n").strip()


def _exchange(turn: Mapping[str, Any]) -> Exchange:
    written = {key: value for key, value in turn.items() if key not in OUTCOME}
    outcome = {key: turn[key] for key in OUTCOME if key in turn}
    return Exchange(written, parse(written), outcome)


def parse(written: Mapping[str, Any]) -> Input:
    """Return the input a turn is written with; raise ValueError when there is none."""
    for key, make in _INPUTS.items():
        if key in written:
            first, _, rest = str(written[key]).partition(" ")
            return make(first, rest, written)
    raise ValueError(f"a turn without an input: {dict(written)}")


def _typed(_first: str, _rest: str, written: Mapping[str, Any]) -> Typed:
    return Typed(str(written["type"]), _reading(written), edited=bool(written.get("edited")))


def _pasted(first: str, _rest: str, written: Mapping[str, Any]) -> Typed:
    return Typed(f"code of {first}", _reading(written), invitation=first)


def _command(first: str, rest: str, written: Mapping[str, Any]) -> Command:
    return Command(first, rest, _reading(written))


def _opened(first: str, _rest: str, written: Mapping[str, Any]) -> Command:
    return Command("start", f"link of {first}", _reading(written), first)


_INPUTS: Mapping[str, Callable[[str, str, Mapping[str, Any]], Input]] = {
    "press": lambda first, rest, _: Press(first, rest),
    "press_old": lambda first, rest, _: Press(first, rest, "old"),
    "press_unseen": lambda first, rest, _: Press(first, rest, "unseen"),
    "type": _typed,
    "paste": _pasted,
    "command": _command,
    "open": _opened,
    "media": lambda first, _rest, written: Media(first, _reading(written)),
    "due": lambda first, rest, written: Due(first, rest, _role(written)),
    "away": lambda first, rest, _: Away(_time(first, rest)),
    "wait": lambda first, rest, _: Wait(_time(first, rest)),
    "meanwhile": lambda first, rest, _: Meanwhile(first, rest),
}


def _role(written: Mapping[str, Any]) -> Role | None:
    return Role(written["to"]) if "to" in written else None


def _reading(written: Mapping[str, Any]) -> Reading:
    made = written.get("reading")
    if not made:
        return CALM
    about = About(made.get("about", About.UNCLEAR))
    return Reading(
        Tier(made.get("tier", Tier.NONE)),
        made.get("trigger"),
        made.get("label"),
        about,
        friction=tuple(made.get("friction", ())),
        also=tuple(made.get("also", ())),
        sure=bool(made.get("sure", made.get("label"))),
        ruled_out=bool(made.get("ruled_out")),
        wish=made.get("wish", ""),
    )


_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def _time(*words: str) -> timedelta:
    """Return the length of time that words like `1d` and `2h 30m` add up to."""
    parts = " ".join(words).split()
    return timedelta(**{_UNITS[part[-1]]: int(part[:-1]) for part in parts})
