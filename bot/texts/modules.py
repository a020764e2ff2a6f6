"""One module file, read: its front matter and its sections, with the line of everything.

Markdown is parsed by markdown-it; here its tree is walked. Faults are gathered, never raised, so
that an author sees all of them at once.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.flows.guards import GUARDS
from bot.texts.front_matter import LONGEST_NAME, FrontMatter, read_front_matter
from bot.texts.markup import Runs, blocks, line_of, plain
from bot.texts.problems import Report

# The attributes of a case that may choose another wording of a step.
VARIANTS = (
    "tip",
    "question",
    "reflection",
    "comfort",
    "task",
    "birth",
    "separated",
    "no_therapist",
)
# The flows that a button may lead to.
FLOWS = ("menu", "contact_therapist", "micro_goal", "signs")

_MARKDOWN = MarkdownIt("commonmark")
_HEADING = re.compile(r"(?P<name>[a-z0-9_]+)(~(?P<variant>[a-z0-9_]+))?")
_TARGET = re.compile(r"#(?P<step>[a-z0-9_]+)|(?P<kind>goal|flow|module):(?P<name>[a-z0-9_]+)")


@dataclass(frozen=True, slots=True)
class Link:
    """One button: its label, where it leads and the guard that may hide it (empty: none)."""

    label: str
    target: str
    guard: str
    line: int

    @property
    def step(self) -> str:
        """The step of this module it leads to, or nothing."""
        return self.target[1:] if self.target.startswith("#") else ""

    @property
    def action(self) -> tuple[str, str]:
        """The kind and name of the action it stands for: `("goal", "short_walk")`."""
        kind, _, name = self.target.partition(":")
        return (kind, name) if name else ("", "")

    @property
    def move(self) -> str:
        """The name of its move in the flow."""
        return self.step or "_".join(self.action)


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a section."""

    line: int
    runs: Runs

    @property
    def text(self) -> str:
        """The message without its styles."""
        return plain(self.runs)


@dataclass(frozen=True, slots=True)
class Section:
    """The wording of one step, or of a variant of it: its messages and its buttons."""

    name: str
    variant: str
    line: int
    parts: tuple[Part, ...]
    links: tuple[Link, ...]

    @property
    def key(self) -> str:
        """The heading as written: `step` or `step~variant`."""
        return f"{self.name}~{self.variant}" if self.variant else self.name


@dataclass(frozen=True, slots=True)
class Document:
    """A module in one language; its sections by heading, in the order of the file."""

    path: str
    lang: str
    front: FrontMatter
    sections: Mapping[str, Section]


def read_module(text: str, lang: str, name: str, report: Report) -> Document | None:
    """Read one module file; None when there is not enough of it to go on.

    `name` is the file's name without `.md`, which is the module's id.
    """
    front, body = read_front_matter(text, report)
    sections = _Reader(body, report).sections()
    if front is None:
        return None
    if front.id != name:
        report.add(front.lines["id"], f"id is the name of the file: {name}")
    document = Document(report.path, lang, front, MappingProxyType(sections))
    _check_names(document, report)
    return document


class _Reader:
    """Walks the tree of one body, section by section."""

    def __init__(self, body: str, report: Report) -> None:
        self.source = body.splitlines()
        self.report = report
        notes: dict[str, Mapping[str, Mapping[str, Sequence[int]]]] = {}
        self.tree = SyntaxTreeNode(_MARKDOWN.parse(body, notes))
        for note in notes.get("references", {}).values():
            report.add(note["map"][0] + 1, "[text]: at the start of a line vanishes; write it so")

    def sections(self) -> dict[str, Section]:
        sections: dict[str, Section] = {}
        for heading, nodes in self._chapters():
            section = self._section(heading, nodes)
            if section and section.key in sections:
                self.report.add(section.line, f"step {section.key} stands here twice")
            elif section:
                sections[section.key] = section
        return sections

    def _chapters(self) -> list[tuple[SyntaxTreeNode, list[SyntaxTreeNode]]]:
        """Each heading with the blocks below it."""
        chapters: list[tuple[SyntaxTreeNode, list[SyntaxTreeNode]]] = []
        for node in self.tree.children:
            if node.type == "heading" and node.markup in {"-", "="}:
                self.report.add(line_of(node) + 1, "leave an empty line above a line of ---")
            elif node.type == "heading":
                if node.tag != "h2":
                    self.report.add(line_of(node), "a step begins with ##, no other heading does")
                chapters.append((node, []))
            elif chapters:
                chapters[-1][1].append(node)
            else:
                self.report.add(line_of(node), "text before the first step: begin with ## start")
        return chapters

    def _section(self, heading: SyntaxTreeNode, nodes: list[SyntaxTreeNode]) -> Section | None:
        line = line_of(heading)
        found = _HEADING.fullmatch(heading.children[0].content)
        if not found:
            self.report.add(line, "a step is named with a-z, 0-9 and _, a variant is ## step~name")
            return None
        links: tuple[Link, ...] = ()
        if nodes and _is_buttons(nodes[-1]):
            links = self._links(nodes.pop())
        for node in [node for node in nodes if _is_buttons(node)]:
            nodes.remove(node)
            self.report.add(line_of(node), "the list of buttons comes last, and there is one")
        return Section(found["name"], found["variant"] or "", line, self._parts(line, nodes), links)

    def _parts(self, line: int, nodes: list[SyntaxTreeNode]) -> tuple[Part, ...]:
        messages: list[list[SyntaxTreeNode]] = [[]]
        for node in nodes:
            if node.type != "hr":
                messages[-1].append(node)
                continue
            if not messages[-1]:
                self.report.add(line_of(node), "a message without words above this line")
            messages.append([])
        if not messages[-1]:
            self.report.add(line_of(nodes[-1]) if nodes else line, "a message without words")
        return tuple(self._part(message) for message in messages if message)

    def _part(self, nodes: list[SyntaxTreeNode]) -> Part:
        line = line_of(nodes[0])
        runs = blocks(nodes, " ", self.source, self.report)
        if set("{}") & set(plain(runs)):
            self.report.add(line, "a module has no placeholders: write the words instead of { }")
        return Part(line, runs)

    def _links(self, node: SyntaxTreeNode) -> tuple[Link, ...]:
        links = [self._link(item) for item in node.children]
        return tuple(link for link in links if link)

    def _link(self, item: SyntaxTreeNode) -> Link | None:
        line = line_of(item)
        anchor = _anchor(item)
        if anchor is None:
            end = "; between a list of words and the buttons stands a paragraph or a line of ---"
            self.report.add(line, f"a button is one link, - [Label](#step), and nothing else{end}")
            return None
        label = "".join(child.content for child in anchor.children).strip()
        if any(child.type != "text" for child in anchor.children):
            self.report.add(line, "the label of a button is plain text")
        elif not label:
            self.report.add(line, "a button without a label")
        target, guard = str(anchor.attrs.get("href", "")), str(anchor.attrs.get("title", ""))
        found = _TARGET.fullmatch(target)
        if not found:
            known = "#step, goal:slug, flow:name, module:id"
            self.report.add(line, f"{target or 'nothing'} is not a target: {known}")
            return None
        if found["kind"] == "flow" and found["name"] not in FLOWS:
            self.report.add(line, f"{target} is unknown; the flows are: {', '.join(FLOWS)}")
        if guard and guard not in GUARDS:
            self.report.add(line, f"the guard {guard} is unknown; there is: {', '.join(GUARDS)}")
            guard = ""
        return Link(label, target, guard, line)


def _is_buttons(node: SyntaxTreeNode) -> bool:
    """A list with a link in it is meant as buttons, even where an item is not one."""
    return node.type == "bullet_list" and any(child.type == "link" for child in node.walk())


def _anchor(item: SyntaxTreeNode) -> SyntaxTreeNode | None:
    if len(item.children) != 1 or item.children[0].type != "paragraph":
        return None
    leaves = item.children[0].children[0].children
    return leaves[0] if len(leaves) == 1 and leaves[0].type == "link" else None


def _check_names(document: Document, report: Report) -> None:
    """Report what names something that is not there, or is named too long."""
    front, sections = document.front, document.sections
    for key, steps in (("start", (front.start,)), ("ends", front.ends)):
        for step in steps:
            if step and step not in sections:
                report.add(front.lines[key], f"{key} names {step}, which is not a step")
    for section in sections.values():
        _check_heading(section, sections, report)
        for link in section.links:
            _check_link(link, sections, report)


def _check_heading(section: Section, sections: Mapping[str, Section], report: Report) -> None:
    if section.variant and section.name not in sections:
        report.add(section.line, f"a variant of {section.name}, which is not a step")
    if section.variant and section.variant not in VARIANTS:
        known = ", ".join(VARIANTS)
        report.add(section.line, f"the variant {section.variant} is unknown; there is: {known}")
    if len(section.name) > LONGEST_NAME:
        report.add(section.line, f"the name of a step has at most {LONGEST_NAME} characters")


def _check_link(link: Link, sections: Mapping[str, Section], report: Report) -> None:
    if link.step and link.step not in sections:
        report.add(link.line, f"{link.target} leads to a step that is not here")
    if not link.step and len(link.move) > LONGEST_NAME:
        limit = f"{LONGEST_NAME} characters as the move {link.move}"
        report.add(link.line, f"{link.target} has more than {limit}: shorten the name")
