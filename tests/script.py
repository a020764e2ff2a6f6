"""Whole conversations between three people and the bot, as short scripts for both languages.

A script (`transcripts/<name>.yaml`) says who does what, one line each. It is played in this
process (`tests.theatre`) and over HTTP (`tests.run.telephones`), and what everybody then reads is
kept beside it as `<name>.<lang>.txt`.

    title: {it: …, en: …}
    begins: 2027-03-01 18:00     in the zone of the language: Rome or London
    people: strangers            or `case`: three people in a case with all keys
    lines:
    - partner: press MOVE        the newest button of that move, or `press MOVE VALUE`
    - partner: /menu             gives a command; any other words are typed
    - partner: {it: …, en: …}    the same, in either language
    - partner: send voice        something that is not read
    - therapist: open operator   the link from the operator, or from the therapist: `open link`
    - patient: type code         the code the therapist was shown last; `paste link` is a text too
    - clock: +1d                 or +2h, +30m, or `next 18:30` in the zone of the language
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.engine.chat import Role
from tests.files import read_yaml

FOLDER = Path(__file__).parent / "transcripts"
LANGUAGES = ("it", "en")
ZONES = {"it": ZoneInfo("Europe/Rome"), "en": ZoneInfo("Europe/London")}
COUNTRIES = {"it": "IT", "en": "GB"}

Where = Literal["operator", "link", "code"]


@dataclass(frozen=True, slots=True)
class Press:
    """The newest button that stands for a move is pressed; with a value, that one."""

    move: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Type:
    """Somebody writes, a command if it begins with a slash."""

    words: str


@dataclass(frozen=True, slots=True)
class Present:
    """An invitation is presented: a link is opened or pasted, a code is typed."""

    what: Where
    pasted: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """Something arrives that is not read: a voice message, a photo."""

    kind: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Time passes: for so long, or until the next time of day."""

    until: str


Act = Press | Type | Present | Send | Wait


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a script; nobody's is the clock's."""

    role: Role | None
    act: Act


@dataclass(frozen=True, slots=True)
class Script:
    """One script in one language."""

    name: str
    lang: str
    title: str
    begins: datetime
    with_case: bool
    lines: tuple[Line, ...]

    @property
    def golden(self) -> Path:
        """Where its transcript is kept."""
        return FOLDER / f"{self.name}.{self.lang}.txt"


def names() -> tuple[str, ...]:
    """Return every script's name, in order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def read(name: str, lang: str, folder: Path = FOLDER) -> Script:
    """Return a script in one language."""
    tree = read_yaml(folder / f"{name}.yaml")
    begins = datetime.strptime(tree["begins"], "%Y-%m-%d %H:%M").replace(tzinfo=ZONES[lang])
    return Script(
        name,
        lang,
        tree["title"][lang],
        begins.astimezone(UTC),
        {"strangers": False, "case": True}[tree["people"]],
        tuple(_line(line, lang) for line in tree["lines"]),
    )


def after(now: datetime, until: str, lang: str) -> datetime:
    """Return the moment a `clock` line names."""
    if until.startswith("+"):
        unit = {"d": "days", "h": "hours", "m": "minutes"}[until[-1]]
        return now + timedelta(**{unit: int(until[1:-1])})
    hour, minute = map(int, until.removeprefix("next ").split(":"))
    local = now.astimezone(ZONES[lang])
    then = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (then if then > local else then + timedelta(days=1)).astimezone(UTC)


def _line(line: Mapping[str, Any], lang: str) -> Line:
    [(who, what)] = line.items()
    if who == "clock":
        return Line(None, Wait(what))
    return Line(Role(who), _act(what, lang))


def _act(what: str | Mapping[str, str], lang: str) -> Act:
    if isinstance(what, Mapping):
        what = what[lang]
    verb, _, rest = what.partition(" ")
    match verb:
        case "press":
            return Press(*rest.split(" ", 1))
        case "open":
            return Present(_where(rest))
        case "paste" | "type":
            return Present(_where(rest), pasted=True)
        case "send":
            return Send(rest)
    return Type(what)


def _where(word: str) -> Where:
    found: Mapping[str, Where] = {"operator": "operator", "link": "link", "code": "code"}
    return found[word]
