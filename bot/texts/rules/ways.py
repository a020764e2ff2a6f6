"""Every step of a module can be reached and left, and leads home (content.md C)."""

from collections.abc import Iterator

from bot.texts.modules import Document, Section
from bot.texts.problems import Problem
from bot.texts.rules.given import Given
from bot.texts.rules.worlds import WORLDS, shown

_MENU = "flow:menu"


def unreachable_step(given: Given) -> Iterator[Problem]:
    """A step that no button leads to is never read."""
    for document in _first(given):
        reached = {document.front.start}
        while more := _next(document, reached) - reached:
            reached |= more
        for section in _plain(document):
            if section.name not in reached:
                told = "no button leads here: link it, or take it out"
                yield _fault(document, section, told)


def dead_end(given: Given) -> Iterator[Problem]:
    """A step without a button is an end that nobody declared."""
    for document in _first(given):
        for section in document.sections.values():
            if not section.links and section.name not in document.front.ends:
                told = "no button: link the next step, or name this one in ends"
                yield _fault(document, section, told)


def no_button_left(given: Given) -> Iterator[Problem]:
    """A step whose buttons all have guards leaves some reader without one."""
    for document in _first(given):
        for section in document.sections.values():
            if section.links and not all(shown(section.links, world) for world in WORLDS):
                told = "some readers see no button: add one without a guard"
                yield _fault(document, section, told)


def end_without_menu(given: Given) -> Iterator[Problem]:
    """An end, in each of its wordings, has a way back to the menu."""
    for document in _first(given):
        for section in document.sections.values():
            links = [link for link in section.links if link.target == _MENU and not link.guard]
            if section.name in document.front.ends and not links:
                told = f"an end needs a button to {_MENU}"
                yield _fault(document, section, told)


def no_way_home(given: Given) -> Iterator[Problem]:
    """From every step some road leads to the menu, not only round in a circle."""
    for document in _first(given):
        # An end and a step without buttons are told by the rules above, once.
        home = {
            section.name
            for section in document.sections.values()
            if section.name in document.front.ends
            or not section.links
            or any(not link.step for link in section.links)
        }
        while more := _before(document, home) - home:
            home |= more
        for section in _plain(document):
            if section.name not in home:
                told = f"no road leads on to {_MENU}: add one"
                yield _fault(document, section, told)


def _first(given: Given) -> Iterator[Document]:
    """The modules in one language: reading has compared the graphs of the others with it."""
    yield from given.bundle.documents[given.bundle.languages[0]].values()


def _plain(document: Document) -> Iterator[Section]:
    return (section for section in document.sections.values() if not section.variant)


def _next(document: Document, steps: set[str]) -> set[str]:
    sections = document.sections.values()
    return {link.step for s in sections if s.name in steps for link in s.links if link.step}


def _before(document: Document, steps: set[str]) -> set[str]:
    sections = document.sections.values()
    return {s.name for s in sections if any(link.step in steps for link in s.links)}


def _fault(document: Document, section: Section, message: str) -> Problem:
    return Problem(document.path, section.line, f"step {section.key}: {message}")
