"""A script performed: who does what, and what everybody then sees. How is left to the cast."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.engine.chat import Role
from tests.script import Act, Line, Present, Press, Script, Send, Type, Wait, after

_LINK = re.compile(r"https://t\.me/\w+\?start=([\w-]+)")
_CODE = re.compile(r"\b[0-9][A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{8}\b")


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as somebody reads it: `rows` are the labels of its buttons.

    `changed` says it replaces the one whose button was pressed, `silent` that it came without a
    sound, `toast` that it is a short line over the chat. `tier` is for the reader of a transcript.
    """

    role: Role
    text: str
    rows: tuple[tuple[str, ...], ...] = ()
    changed: bool = False
    silent: bool = False
    toast: bool = False
    tier: str = field(default="none", compare=False)


@dataclass(frozen=True, slots=True)
class Played:
    """One line as it was played: the label that was pressed or the words that were typed."""

    line: Line
    done: str
    at: datetime
    seen: tuple[Seen, ...]


class Performance(ABC):
    """Plays one script; whoever inherits knows how people speak and how time passes."""

    def __init__(self, script: Script, operator_secret: str) -> None:
        """`operator_secret` is what the operator gave the therapist."""
        self.script = script
        self._secrets = {"operator": operator_secret, "link": "", "code": ""}
        self._address = ""

    def perform(self) -> Iterator[Played]:
        """Play line by line."""
        for line in self.script.lines:
            yield self.take(line)

    def take(self, line: Line) -> Played:
        """Play one line."""
        done = self.does(line)
        return Played(line, done, self.now(), self.sees())

    def sees(self) -> tuple[Seen, ...]:
        """Return what came of it, once all of it has come."""
        seen = self.settled()
        for one in seen:
            self._overhear(one)
        return seen

    def does(self, line: Line) -> str:
        """Do what a line says and wait for nothing; return the label or the words."""
        if line.role is None:
            assert isinstance(line.act, Wait)
            self.waits(after(self.now(), line.act.until, self.script.lang))
            return line.act.until
        return self._acted(line.role, line.act)

    def _acted(self, role: Role, act: Act) -> str:
        match act:
            case Press():
                return self.presses(role, act.move, act.value)
            case Present(pasted=False):
                return self._said(role, f"/start {self._secrets[act.what]}")
            case Present(what="link"):
                return self._said(role, self._address)
            case Present():
                return self._said(role, self._secrets[act.what])
            case Type():
                return self._said(role, act.words)
            case Send():
                self.sends(role, act.kind)
                return act.kind
        raise ValueError(f"nobody can {act}")

    def _said(self, role: Role, words: str) -> str:
        self.says(role, words)
        return words

    def _overhear(self, seen: Seen) -> None:
        """Remember the link and the code the therapist was shown last."""
        if seen.role is not Role.THERAPIST:
            return
        if link := _LINK.search(seen.text):
            self._address, self._secrets["link"] = link[0], link[1]
        if code := _CODE.search(seen.text):
            self._secrets["code"] = code[0]

    @abstractmethod
    def buttons_left(self, role: Role) -> list[tuple[str, ...]]:
        """Return the labels on each message of a chat that still has buttons."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the moment."""

    @abstractmethod
    def says(self, role: Role, words: str) -> None:
        """Let somebody write."""

    @abstractmethod
    def presses(self, role: Role, move: str, value: str) -> str:
        """Let somebody press the newest button of a move; return its label."""

    @abstractmethod
    def sends(self, role: Role, kind: str) -> None:
        """Let somebody send what is not read."""

    @abstractmethod
    def waits(self, until: datetime) -> None:
        """Let time pass."""

    @abstractmethod
    def settled(self) -> tuple[Seen, ...]:
        """Wait until the bot has answered; return what came since the last time."""
