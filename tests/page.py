"""A transcript as a page that a clinician reads: who did what, and what everybody then saw."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from babel.dates import format_datetime

from bot.engine.chat import Role
from tests.performance import Played, Seen
from tests.script import ZONES, Present, Press, Script, Send, Type

_WORDS = {
    "it": {
        Role.PARTNER: "Chi sta accanto",
        Role.PATIENT: "Chi è in terapia",
        Role.THERAPIST: "Chi segue la terapia",
        "open": "(apre il link dell'invito)",
        "to": "a",
        "changed": "al posto del messaggio di prima",
        "silent": "senza suono",
        "toast": "avviso breve",
        "voice": "(un messaggio vocale)",
        "photo": "(una foto)",
        "nothing": "(nessuna risposta)",
        "when": "EEEE d MMMM y, HH:mm",
        "quotes": "«»",
    },
    "en": {
        Role.PARTNER: "The partner",
        Role.PATIENT: "The person in therapy",
        Role.THERAPIST: "Whoever leads the therapy",
        "open": "(opens the invitation's link)",
        "to": "to",
        "changed": "in place of the message before",
        "silent": "without a sound",
        "toast": "short notice",
        "voice": "(a voice message)",
        "photo": "(a photo)",
        "nothing": "(no answer)",
        "when": "EEEE d MMMM y, HH:mm",
        "quotes": "“”",
    },
}
_LOCALES = {"it": "it", "en": "en_GB"}
_INDENT = "    "


def page(script: Script, played: Iterable[Played]) -> str:
    """Return the whole page, with a newline at its end."""
    lines = [script.title, "=" * len(script.title), "", _time(script, script.begins), ""]
    for one in played:
        lines += [*_part(script, one), ""]
    return "\n".join(lines).rstrip() + "\n"


def _part(script: Script, played: Played) -> Iterator[str]:
    words = _WORDS[script.lang]
    if played.line.role is None:
        yield _time(script, played.at)
    else:
        yield f"{words[played.line.role]}: {_deed(script, played)}"
        if not played.seen:
            yield f"{_INDENT}{words['nothing']}"
    for seen in played.seen:
        yield ""
        yield from _message(script, seen)


def _deed(script: Script, played: Played) -> str:
    words, act = _WORDS[script.lang], played.line.act
    opening, closing = words["quotes"]
    match act:
        case Press():
            return f"[{played.done}]"
        case Present(pasted=False):
            return words["open"]
        case Send():
            return words[act.kind]
        case Type() if act.words.startswith("/"):
            return played.done
    return f"{opening}{played.done}{closing}"


def _message(script: Script, seen: Seen) -> Iterator[str]:
    words = _WORDS[script.lang]
    marks = [words[mark] for mark in ("changed", "silent", "toast") if getattr(seen, mark)]
    if seen.tier != "none":
        marks.append(seen.tier.upper())
    to = words[seen.role]
    yield f"{_INDENT}Accanto {words['to']} {to[0].lower()}{to[1:]}{_in_brackets(marks)}:"
    for line in seen.text.splitlines():
        yield f"{_INDENT}| {line}".rstrip()
    for row in seen.rows:
        yield f"{_INDENT}| " + " ".join(f"[{label}]" for label in row)


def _in_brackets(marks: list[str]) -> str:
    return f" ({', '.join(marks)})" if marks else ""


def _time(script: Script, at: datetime) -> str:
    shown = format_datetime(
        at, _WORDS[script.lang]["when"], tzinfo=ZONES[script.lang], locale=_LOCALES[script.lang]
    )
    return f"--- {shown} ---"
