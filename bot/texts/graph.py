"""The same module in every language makes the same flow: compare the graphs, then compile one."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.engine.effects import Entry, Passage, Text, Words
from bot.engine.flow import HOME, Exit, Flow, Move, Option, Step
from bot.flows.guards import GUARDS
from bot.texts.modules import Document, Link, Section
from bot.texts.problems import BrokenContent, Problem, Report

_SAME = ("minutes", "methods", "serves", "topics", "start", "ends")


def compile_module(documents: Mapping[str, Document]) -> Flow:
    """Return the flow of a module, given its document in each language.

    Raises:
        BrokenContent: the graphs differ, or one button has two meanings.
    """
    first, *others = documents.values()
    problems = [problem for other in others for problem in differences(first, other)]
    problems += _ambiguities(first)
    if problems:
        raise BrokenContent(problems)
    front, sections = first.front, first.sections
    # One language under review is enough to say so: the flow is the same for all of them.
    draft = any(document.front.status == "draft" for document in documents.values())
    opening = Words(
        "module.opening_draft" if draft else "module.opening",
        MappingProxyType({"title": Entry("modules", front.id, "title"), "minutes": front.minutes}),
        count=front.minutes,
    )
    compiled = {
        key: _step(front.id, section, (opening,) if section.name == front.start else ())
        for key, section in sections.items()
    }
    steps = {
        section.name: _with_variants(compiled, section, sections.values())
        for section in sections.values()
        if not section.variant
    }
    moves = {
        (move.source, move.name): move
        for section in sections.values()
        for move in (_move(section.name, link) for link in section.links)
    }
    return Flow(
        name=front.id,
        start=front.start,
        steps=MappingProxyType(steps),
        moves=tuple(moves.values()),
        ends=frozenset(front.ends),
        resumable=True,
        module=True,
        topics=frozenset(front.topics),
    )


def differences(first: Document, other: Document) -> list[Problem]:
    """Return where the graph of `other` is not that of `first`.

    A fault is told in `other`; what is missing there is told where it stands.
    """
    here, there = Report(other.path), Report(first.path)
    for key in _SAME:
        if getattr(first.front, key) != getattr(other.front, key):
            here.add(other.front.lines[key], f"{key} is not the same as in {first.path}")
    for key, section in first.sections.items():
        if key not in other.sections:
            there.add(section.line, f"step {key} is missing in {other.path}")
    for key, section in other.sections.items():
        if key not in first.sections:
            here.add(section.line, f"step {key} is missing in {first.path}")
            continue
        _compare(first.sections[key], section, first.path, here)
    return [*there.problems, *here.problems]


def _compare(first: Section, other: Section, path: str, report: Report) -> None:
    if len(first.parts) != len(other.parts):
        counts = f"{len(other.parts)} messages here, {len(first.parts)} in {path}:{first.line}"
        report.add(other.line, f"step {other.key} has {counts}")
    if len(first.links) != len(other.links):
        counts = f"{len(other.links)} buttons here, {len(first.links)} in {path}:{first.line}"
        report.add(other.line, f"step {other.key} has {counts}")
        return
    for link, twin in zip(other.links, first.links, strict=True):
        if (link.target, link.guard) != (twin.target, twin.guard):
            report.add(link.line, f"{_told(link)} here, {_told(twin)} in {path}:{twin.line}")


def _told(link: Link) -> str:
    return f'{link.target} "{link.guard}"' if link.guard else link.target


def _ambiguities(document: Document) -> Iterable[Problem]:
    """A step and its variants share their moves, so one move has one target and one guard."""
    report = Report(document.path)
    taken: dict[tuple[str, str], Link] = {}
    for section in document.sections.values():
        for link in section.links:
            twin = taken.setdefault((section.name, link.move), link)
            if (twin.target, twin.guard) != (link.target, link.guard):
                both = f"{_told(link)} here and {_told(twin)} in line {twin.line}"
                report.add(link.line, f"{both}: one move of step {section.name}, make them equal")
    return report.problems


def _step(module: str, section: Section, opening: tuple[Text, ...]) -> Step:
    passages = tuple(Passage(module, section.key, part) for part in range(len(section.parts)))
    options = tuple(
        Option(Passage(module, section.key, button=n), link.move, GUARDS.get(link.guard))
        for n, link in enumerate(section.links)
    )
    return Step(section.name, (*opening, *passages), options)


def _with_variants(
    compiled: Mapping[str, Step], section: Section, sections: Iterable[Section]
) -> Step:
    step = compiled[section.key]
    variants = {
        other.variant: compiled[other.key]
        for other in sections
        if other.variant and other.name == section.name
    }
    return Step(step.name, step.says, step.options, variants=MappingProxyType(variants))


def _move(source: str, link: Link) -> Move:
    return Move(link.move, source, _destination(link), GUARDS.get(link.guard))


def _destination(link: Link) -> str | Exit:
    kind, name = link.action
    if kind == "goal":
        return Exit("micro_goal", "chosen", sets=MappingProxyType({"goal": name}))
    if kind == "flow":
        return Exit(HOME if name == "menu" else name)
    return Exit(name) if kind == "module" else link.step
