"""A conversation on standard input and output: numbers press, `=` types, `@` moves the clock.

The grammar and the JSON lines are those of the documented command line; tests and authors rely on
them.
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TextIO
from zoneinfo import ZoneInfo

from bot.engine.chat import Role
from bot.engine.flow import SCALE
from bot.services.heard import ShownButton
from bot.terminal.stage import Shown, Stage

_STEP = re.compile(r"\+(\d{1,4})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_NUMBER = re.compile(r"\d{1,2}")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_ROLES = {"partner": Role.PARTNER, "therapist": Role.THERAPIST, "patient": Role.PATIENT}
_MEDIA = re.compile(r"\[(voice|photo|sticker|video|file|place|contact)\]")

Open = Callable[[Role], None]


class WrongLine(Exception):
    """A line the terminal itself cannot follow; the message says what would work."""


def as_text(shown: Shown) -> str:
    """Return a message as people read it in a terminal."""
    lines = shown.message.text.splitlines() or [""]
    body = "\n".join(f"  {line}" for line in lines)
    rows = []
    number = 0
    for row in shown.message.rows:
        numbered = []
        for button in row:
            number += 1
            is_value = button.move == SCALE
            numbered.append(f"[{button.label}]" if is_value else f"[{number}] {button.label}")
        rows.append("    " + "   ".join(numbered))
    file = shown.message.file
    attached = [f"  {file.instead or f'[{file.name}]'}"] if file else []
    return "\n".join([f"{shown.role} ←", *attached, body, *rows, ""])


def as_json(shown: Shown) -> str:
    """Return a message as one line of JSON."""
    message = shown.message
    return json.dumps(
        {
            "to": shown.role.value,
            "text": message.text,
            "buttons": [button.label for button in shown.buttons],
            "flow": message.flow,
            "step": message.step,
            "tier": message.tier,
            "file": message.file.name if message.file else None,
        },
        ensure_ascii=False,
    )


class Talk:
    """Lines in, messages out."""

    def __init__(self, stage: Stage, out: TextIO, *, in_json: bool, first_meeting: Open) -> None:
        """`first_meeting` opens the chat of a role that has not spoken yet."""
        self._stage = stage
        self._out = out
        self._json = in_json
        self._first_meeting = first_meeting
        stage.listen = self._print

    def run(self, lines: Iterable[str], opening: Callable[[], None]) -> None:
        """Say the opening, then follow every line; in JSON each ends with `{"end": n}`."""
        opening()
        self._end(0)
        for number, line in enumerate(lines, start=1):
            try:
                self.follow(line.rstrip("\r\n"))
            except WrongLine as wrong:
                self._write(json.dumps({"error": str(wrong)}) if self._json else f"  ! {wrong}")
            self._end(number)

    def follow(self, line: str) -> None:
        """Do what one line asks for."""
        if not line.strip():
            return
        if line.startswith("="):
            self._stage.says(line[1:])
        elif line.startswith("@"):
            self._at(line[1:].strip())
        elif media := _MEDIA.fullmatch(line.strip()):
            self._stage.sends(media[1])
        elif pressed := self._button(line.strip()):
            self._stage.presses(*pressed)
        else:
            self._stage.says(line)

    def _button(self, line: str) -> tuple[Shown, ShownButton] | None:
        shown = self._stage.shown()
        if not shown:
            return None
        last = shown[-1]
        if _NUMBER.fullmatch(line):
            scale = {b.value: b for b in last.buttons if b.move == SCALE}
            if line in scale:
                return last, scale[line]
            if int(line) > len(scale) - 1 and 1 <= int(line) <= len(last.buttons):
                return last, last.buttons[int(line) - 1]
        for message in reversed(shown):
            for button in message.buttons:
                if button.label == line:
                    return message, button
        return None

    def _at(self, what: str) -> None:
        if what in _ROLES:
            self._stage.speaker = _ROLES[what]
            if not self._stage.has_spoken(self._stage.speaker):
                self._first_meeting(self._stage.speaker)
            return
        self._stage.wait_until(self._moment(what))

    def _moment(self, what: str) -> datetime:
        now = self._stage.now
        if step := _STEP.fullmatch(what):
            return now + int(step[1]) * _UNITS[step[2]]
        local = now.astimezone(self._zone())
        if (clock := _CLOCK.fullmatch(what)) and int(clock[1]) < 24 and int(clock[2]) < 60:  # noqa: PLR2004
            then = local.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
            return then if then > local else then + timedelta(days=1)
        try:
            then = datetime.fromisoformat(what)
        except ValueError:
            raise WrongLine(
                f"@{what}: write @partner, @therapist, @patient, @+1d, @+2h, @+30m, @20:30 "
                "or @ and a date like 2027-03-28T18:00"
            ) from None
        then = then if then.tzinfo else then.replace(tzinfo=self._zone())
        if then <= now:
            raise WrongLine(f"@{what}: the clock only goes forward; it is {local:%Y-%m-%d %H:%M}")
        return then

    def _zone(self) -> ZoneInfo:
        return self._stage.zone()

    def _print(self, shown: Shown) -> None:
        self._write(as_json(shown) if self._json else as_text(shown))

    def _end(self, number: int) -> None:
        if self._json:
            self._write(json.dumps({"end": number}))

    def _write(self, line: str) -> None:
        self._out.write(line + "\n")
        self._out.flush()
