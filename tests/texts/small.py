"""A small content folder in two languages, sound until a test breaks it."""

from datetime import UTC, datetime
from pathlib import Path

from bot.engine.effects import Text
from bot.texts.bundle import Bundle, load
from bot.texts.problems import BrokenContent
from bot.texts.render import Context, Rendered, label, render

HEADER = """msgid ""
msgstr ""
"Language: {lang}\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""

LINES = {
    "it": {
        "line.always": "{name} {number} (giorno e notte)",
        "line.plain": "{name} {number}",
        "line.open_until": "{name} {number} (fino alle {hour})",
        "line.closed": "{name} {number} (apre alle {hour})",
        "line.hours_unknown": "{name} {number} (orari da verificare)",
        "line.seen": "Fonte: {source}, vista il {date}.",
        "emergency.elsewhere": "{number} (altrove, il numero del posto)",
        "way.text": "con un SMS: {number}",
        "way.text_word": "con un SMS: {word} al {number}",
        "way.whatsapp": "su WhatsApp: {number}",
        "way.chat": "in chat: {url}",
        "way.web": "sul sito: {url}",
        "way.app": "con l'app: {app}",
    },
    "en": {
        "line.always": "{name} {number} (24 hours)",
        "line.plain": "{name} {number}",
        "line.open_until": "{name} {number} (until {hour})",
        "line.closed": "{name} {number} (opens at {hour})",
        "line.hours_unknown": "{name} {number} (hours unknown)",
        "line.seen": "Source: {source}, seen on {date}.",
        "emergency.elsewhere": "{number} (elsewhere, your local number)",
        "way.text": "by text: {number}",
        "way.text_word": "by text: {word} to {number}",
        "way.whatsapp": "on WhatsApp: {number}",
        "way.chat": "by chat: {url}",
        "way.web": "on the site: {url}",
        "way.app": "by app: {app}",
    },
}

MODULE = """---
id: tea
title: {title}
minutes: 2
methods: [M01]
serves: [hope]
sources:
  - "One, 2020"
  - "Two, 2021"
status: draft
author: Accanto
clinical_reviewer: none
reviewed_on: none
review_due: none
version: 1
start: start
ends: [close]
---

## start
{start}

- [{go}](#close)

## close
{close}

- [{menu}](flow:menu)
"""

WORDS = {
    "it": {
        "title": "Un tè",
        "start": "Metti su l'acqua.",
        "go": "Avanti",
        "close": "Ecco il **tè**.",
        "menu": "Menu",
    },
    "en": {
        "title": "Some tea",
        "start": "Put the kettle on.",
        "go": "Next",
        "close": "Here is the **tea**.",
        "menu": "Menu",
    },
}

CONTACT = """  - id: {id}
    name: "{name}"
    {reach}
    channels: [{channels}]
    for: {kind}
    hours: {hours}
    zone: {zone}
    source: "a page, 2026"
    seen_on: 2026-11-22
    verified_on: null
    grade: A
    statutory: {statutory}
"""


def contact(
    id_: str = "it_112",
    reach: str = 'number: "112"',
    channels: str = "call",
    kind: str = "emergency",
    *,
    name: str = "Emergenza",
    hours: str = "always",
    zone: str = "Europe/Rome",
    statutory: bool = True,
) -> str:
    """Return one help line as contacts.yaml writes it."""
    return CONTACT.format(
        id=id_,
        name=name,
        reach=reach,
        channels=channels,
        kind=kind,
        hours=hours,
        zone=zone,
        statutory=str(statutory).lower(),
    )


DIRECTORY = contact(
    "xx_find", 'url: "findahelpline.com"', "web", "line", name="Find A Helpline", statutory=False
)
CONTACTS = "IT:\n" + contact() + "XX:\n" + contact("xx_112", zone="Etc/UTC") + DIRECTORY

GOALS = """short_walk:
  area: walk
  effort: 2
  own: false
  text: "{walk}"
  button: "{walk}"
  smaller: "{less}"
"""

SIGNS = """slower:
  text: "{slower}"
  button: "{slower}"
  area: body
  amber: A1
"""


class Small:
    """A content folder on disk, and what a person would read from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "content"
        for lang in ("it", "en"):
            self.catalogue(lang, {})
            self.write(f"{lang}/contacts.yaml", CONTACTS)
            self.write(f"{lang}/modules/tea.md", MODULE.format(**WORDS[lang]))
        self.write("it/goals.yaml", GOALS.format(walk="due passi", less="un passo"))
        self.write("en/goals.yaml", GOALS.format(walk="a short walk", less="one step"))
        self.write("it/signs.yaml", SIGNS.format(slower="Tutto più lento"))
        self.write("en/signs.yaml", SIGNS.format(slower="Everything slower"))

    def write(self, name: str, text: str) -> None:
        """Write a file of the folder, with the folders it needs."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        """Return a file of the folder."""
        return (self.folder / name).read_text(encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a file; the old text must be there."""
        text = self.read(name)
        assert old in text
        self.write(name, text.replace(old, new))

    def catalogue(self, lang: str, entries: dict[str, str | tuple[str, str]]) -> None:
        """Write the catalogue of a language: the lines of the cards and these entries."""
        told = [
            _entry(name, text) for name, text in (LINES[lang] | _MODULE_ENTRIES | entries).items()
        ]
        self.write(f"{lang}/messages.po", HEADER.format(lang=lang) + "\n".join(told))

    def both(self, entries: dict[str, str | tuple[str, str]]) -> None:
        """Write the same entries into the catalogues of both languages."""
        for lang in ("it", "en"):
            self.catalogue(lang, entries)

    def load(self) -> Bundle:
        """Load the folder."""
        return load(self.folder)

    def problems(self) -> list[str]:
        """Return what is wrong with the folder, one line each; nothing when it is sound."""
        try:
            self.load()
        except BrokenContent as broken:
            return [str(problem) for problem in broken.problems]
        return []


_MODULE_ENTRIES: dict[str, str | tuple[str, str]] = {
    "module.opening_draft": ("{title}: {minutes} min (1)", "{title}: {minutes} min (n)")
}


def _entry(name: str, text: str | tuple[str, str]) -> str:
    if isinstance(text, str):
        return f'msgid "{name}"\nmsgstr "{_escaped(text)}"\n'
    forms = "".join(f'msgstr[{n}] "{_escaped(form)}"\n' for n, form in enumerate(text))
    return f'msgid "{name}"\nmsgid_plural "{name}"\n{forms}'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # a Monday: noon in Rome


def reading(
    bundle: Bundle,
    text: Text,
    lang: str = "it",
    *,
    at: datetime = NOON,
    zone: str = "Europe/Rome",
    country: str | None = "IT",
) -> Rendered:
    """Return what a person reads."""
    return render(bundle, text, Context(lang, zone, at, country))


def button(bundle: Bundle, text: Text, lang: str = "it") -> str:
    """Return the label a person reads on a button."""
    return label(bundle, text, Context(lang, "Europe/Rome", NOON, "IT"))


def styled(rendered: Rendered) -> list[tuple[str, str]]:
    """Return each entity with the words it covers, cut out the way Telegram does: in UTF-16."""
    units = rendered.text.encode("utf-16-le")
    return [
        (
            entity.type,
            units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le"),
        )
        for entity in rendered.entities
    ]
