"""Styled text: the little Markdown that messages may use, parsed once when content is loaded.

A message becomes a tuple of runs. Values are put in later, between the runs, so nothing a person
wrote is ever parsed as markup.
"""

import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from bot.texts.problems import Report

PLAIN: frozenset[str] = frozenset()
BOLD = frozenset({"bold"})
ITALIC = frozenset({"italic"})
QUOTE = frozenset({"blockquote"})

_STYLES = {"strong": BOLD, "em": ITALIC}
_HOLE = frozenset(string.ascii_lowercase + string.digits + "_")

# A catalogue entry has far less than Markdown: a line that begins with "112." must stay as it is
# and not become the first item of a numbered list.
_MESSAGE = MarkdownIt("zero").enable(["blockquote", "emphasis", "escape", "newline"])


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style, or a hole where a named value goes in that style."""

    text: str
    styles: frozenset[str] = PLAIN
    hole: str = ""


Runs = tuple[Run, ...]


def plain(runs: Iterable[Run]) -> str:
    """Return the text without its styles; a hole reads `{name}`."""
    return "".join(f"{{{run.hole}}}" if run.hole else run.text for run in runs)


def holes(runs: Iterable[Run]) -> frozenset[str]:
    """Return the names of the values the text waits for."""
    return frozenset(run.hole for run in runs if run.hole)


def message(text: str, line: int, report: Report, name: str) -> Runs:
    """Parse a catalogue entry or a text of a data file: bold, italic, quotes and placeholders.

    Args:
        text: the text as written; a line break stays a line break.
        line: where the entry begins, for the report.
        report: where faults go.
        name: the entry, named in every fault.
    """
    tree = SyntaxTreeNode(_MESSAGE.parse(text))
    found = Report(report.path)
    runs = blocks(tree.children, "\n", text.splitlines(), found)
    for problem in found.problems:
        report.add(line, f"{name}: {problem.message}")
    return _with_holes(runs, line, report, name)


def blocks(
    nodes: Sequence[SyntaxTreeNode],
    newline: str,
    source: Sequence[str],
    report: Report,
) -> Runs:
    """Return the runs of paragraphs, quotes and bullet lists; anything else is a fault.

    Args:
        nodes: the blocks, as markdown-it found them.
        newline: what a line break inside a paragraph becomes.
        source: the lines of the file, to see where a quote ends.
        report: where faults go.
    """
    runs: list[Run] = []
    end: int | None = None
    for node in nodes:
        block = _block(node, newline, source, report)
        if not block:
            continue
        start = line_of(node) - 1
        if end is not None:
            runs.append(Run("\n" if start == end else "\n\n"))
        runs += block
        end = _last_line(node)
    return _merged(runs)


def line_of(node: SyntaxTreeNode) -> int:
    """Return the line of a block, counted from 1."""
    return node.map[0] + 1 if node.map else 1


def _last_line(node: SyntaxTreeNode) -> int:
    """The line after the last one with text in it; markdown-it's own figure takes blanks along."""
    ends = [child.map[1] for child in node.walk() if child.type == "inline" and child.map]
    return max(ends)


def _block(node: SyntaxTreeNode, newline: str, source: Sequence[str], report: Report) -> list[Run]:
    if node.type == "paragraph":
        return inline(node.children[0], newline, report)
    if node.type == "blockquote":
        return _quote(node, newline, source, report)
    if node.type == "bullet_list":
        return _bullets(node, newline, report)
    report.add(line_of(node), _unknown(node))
    return []


def _quote(node: SyntaxTreeNode, newline: str, source: Sequence[str], report: Report) -> list[Run]:
    runs: list[Run] = []
    for paragraph in node.children:
        if paragraph.type != "paragraph":
            report.add(line_of(paragraph), "a quote holds paragraphs and nothing else")
            continue
        runs += [Run("\n\n")] if runs else []
        runs += inline(paragraph.children[0], newline, report)
    for number in range(*(node.map or (0, 0))):
        line = source[number].strip() if number < len(source) else ""
        if line and not line.startswith(">"):
            report.add(
                number + 1, "this line still belongs to the quote: leave an empty line above"
            )
    return [replace(run, styles=run.styles | QUOTE) for run in runs]


def _bullets(node: SyntaxTreeNode, newline: str, report: Report) -> list[Run]:
    runs: list[Run] = []
    for item in node.children:
        if len(item.children) != 1 or item.children[0].type != "paragraph":
            report.add(line_of(item), "an item of a list is one paragraph and nothing else")
            continue
        runs.append(Run("\n• " if runs else "• "))
        runs += inline(item.children[0].children[0], newline, report)
    return runs


def inline(node: SyntaxTreeNode, newline: str, report: Report) -> list[Run]:
    """Return the runs of one paragraph; a construct we do not know is a fault at its line."""
    runs: list[Run] = []
    line = line_of(node)
    for child, styles in _leaves(node, PLAIN):
        if child.type == "text":
            runs.append(Run(child.content, styles))
            if "*" in child.content:
                report.add(line, "a lone *: bold is **so** and italic *so*, without blanks inside")
        elif child.type in {"softbreak", "hardbreak"}:
            runs.append(Run(newline if child.type == "softbreak" else "\n", styles))
            line += 1
        else:
            report.add(line, _unknown(child))
    return runs


def _leaves(
    node: SyntaxTreeNode, styles: frozenset[str]
) -> Iterator[tuple[SyntaxTreeNode, frozenset[str]]]:
    for child in node.children:
        if child.type in _STYLES:
            yield from _leaves(child, styles | _STYLES[child.type])
        else:
            yield child, styles


_NAMES = {
    "link": "a link outside the list of buttons",
    "image": "a picture",
    "code_inline": "code",
    "code_block": "code (a line indented by four spaces)",
    "fence": "a block of code",
    "html_block": "HTML",
    "html_inline": "HTML",
    "ordered_list": "a numbered list (for a number at the start of a line write 112\\.)",
    "table": "a table",
}


def _unknown(node: SyntaxTreeNode) -> str:
    return (
        f"{_NAMES.get(node.type, node.type)} is not part of the format:"
        " use paragraphs, **bold**, *italic*, > quotes and - lists"
    )


def _merged(runs: Iterable[Run]) -> Runs:
    """Join neighbours of one style, so that rendering has less to do."""
    merged: list[Run] = []
    for run in runs:
        if merged and merged[-1].styles == run.styles and not (merged[-1].hole or run.hole):
            merged[-1] = Run(merged[-1].text + run.text, run.styles)
        elif run.text or run.hole:
            merged.append(run)
    return tuple(merged)


def _with_holes(runs: Runs, line: int, report: Report, name: str) -> Runs:
    filled: list[Run] = []
    for run in runs:
        try:
            pieces = list(string.Formatter().parse(run.text))
        except ValueError:
            report.add(line, f"{name}: a lone brace; a placeholder is {{name}}, a brace is {{{{")
            continue
        for literal, hole, spec, conversion in pieces:
            if literal:
                filled.append(Run(literal, run.styles))
            if hole is None:
                continue
            if not hole or spec or conversion or not set(hole) <= _HOLE:
                report.add(line, f"{name}: a placeholder is {{name}}, with a-z, 0-9 and _ only")
                continue
            filled.append(Run("", run.styles, hole))
    return _merged(filled)
