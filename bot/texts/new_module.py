"""`python -m bot new-module ID`: two small sound files for an author to write over."""

from collections.abc import Collection
from pathlib import Path

from bot.texts.front_matter import NAME
from bot.texts.rules.limits import LONGEST_VALUE


class NotMade(Exception):
    """A module cannot be begun under this name; the message says why and what to do."""


_FRONT = """---
id: {id}
title: {title}
minutes: 2
methods: [M29]
serves: [a_reason]
sources:
  - "World Health Organization, ICD-11 6A70, 2022"
  - "NICE guideline NG222, 2022"
status: draft
author: Accanto
clinical_reviewer: none
reviewed_on: none
review_due: none
version: 1
start: start
ends: [close]
---
"""

_BODY = {
    "it": """
## start
Con la depressione anche una cosa piccola può costare molto. Da fuori spesso non si vede.

Qui c'è un'idea sola, e si legge in due minuti.

- [La leggo](#both)
- [Un'altra volta](#close)

## both
**Per chi ami:** un no può voler dire «oggi costa troppo».

**Per te:** anche stare accanto stanca. Puoi dirlo, con calma.

---

Una domanda da provare in due, se vi va:

> «Cosa ti aiuterebbe oggi?»

Se la risposta è «niente», va bene.

- [Vado alla fine](#close)

## close
Per oggi basta così. Se da qualche giorno va peggio, dillo a un medico.

Questo testo è una bozza, in attesa di revisione clinica.

- [Torno al menu](flow:menu)
""",
    "en": """
## start
With depression even a small thing can cost a lot. From outside it often doesn't show.

Here is one idea, and it takes two minutes to read.

- [I'll read it](#both)
- [Another time](#close)

## both
**For the person you love:** a no can mean “today it costs too much”.

**For you:** being beside somebody is tiring too. You can say so, calmly.

---

A question to try together, if you both feel like it:

> “What would help you today?”

If the answer is “nothing”, that is fine.

- [To the end](#close)

## close
That is enough for today. If it has been worse for some days, tell a doctor.

This text is a draft, waiting for clinical review.

- [Back to the menu](flow:menu)
""",
}


def new_module(folder: Path, name: str, taken: Collection[str]) -> tuple[Path, ...]:
    """Write a module's files in both languages and return their paths.

    Args:
        folder: the content folder.
        name: the module's id.
        taken: the names of the flows there are, which a module cannot share.

    Raises:
        NotMade: the name cannot be used; nothing has been written.
    """
    if not NAME.fullmatch(name) or len(name) > LONGEST_VALUE:
        limit = f"at most {LONGEST_VALUE} characters of a-z, 0-9 and _"
        raise NotMade(f"{name!r} is no name for a module: use {limit}")
    files = {lang: folder / lang / "modules" / f"{name}.md" for lang in _BODY}
    there = next((file for file in files.values() if file.exists()), None)
    if there is not None:
        raise NotMade(f"{there} is there already: edit it, or choose another name")
    if name in taken:
        raise NotMade(f"{name} is the name of a flow: choose another one")
    front = _FRONT.format(id=name, title=name.replace("_", " ").strip().capitalize() or name)
    for lang, file in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(front + _BODY[lang], encoding="utf-8")
    return tuple(files.values())
