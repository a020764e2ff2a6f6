"""YAML that remembers its lines, so that a fault in a data file can name the place.

PyYAML composes the tree; nothing but plain scalars, lists and mappings is let through, no anchors,
no tags that build objects.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import yaml

from bot.texts.problems import Report

Scalar = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a list or a mapping, and the line where it begins."""

    line: int
    value: "Scalar | tuple[Node, ...] | Mapping[str, Node]"


# Much faster where the library was built with libyaml, as its wheels are.
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str, report: Report, above: int = 0) -> Node | None:
    """Parse a YAML text; None, with the fault reported, when it cannot be read or is empty.

    `above` is the number of lines that stand before `text` in its file.
    """
    try:
        for token in yaml.scan(text, LOADER):
            # A few lines of them can stand for gigabytes.
            if isinstance(token, yaml.AliasToken):
                told = "anchors and aliases are not part of the format"
                raise yaml.composer.ComposerError(None, None, told, token.start_mark)
        loader = LOADER(text)
        try:
            root = loader.get_single_node()
            tree = _converted(root, loader, report, above) if root else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What is missing at the end is told of the line after it.
        line = min(mark.line, text.count("\n")) if mark else 0
        report.add(line + 1 + above, f"not valid YAML: {error.problem}")
        return None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        report.add(1 + above, f"not valid YAML: {error}")
        return None
    if tree is None:
        report.add(1 + above, "the file is empty")
    return tree


def _converted(node: yaml.Node, loader: yaml.SafeLoader, report: Report, above: int) -> Node:
    line = node.start_mark.line + 1 + above
    if isinstance(node, yaml.SequenceNode):
        return Node(line, tuple(_converted(item, loader, report, above) for item in node.value))
    if isinstance(node, yaml.MappingNode):
        fields: dict[str, Node] = {}
        for key, value in node.value:
            # The text of the key as written: YAML would read the country code NO as "false".
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if not name:
                report.add(key.start_mark.line + 1 + above, "the name of a field is one word")
            elif name in fields:
                report.add(key.start_mark.line + 1 + above, f"{name} stands here twice")
            else:
                fields[name] = _converted(value, loader, report, above)
        return Node(line, MappingProxyType(fields))
    value = loader.construct_object(node)
    if isinstance(value, str | int | float | bool | date | None):
        return Node(line, value)
    report.add(line, f"{node.tag} is not part of the format")
    return Node(line, None)


class Fields:
    """The fields of one mapping, asked for by name. A fault is reported, and a blank returned."""

    def __init__(self, node: Node, report: Report) -> None:
        self.report = report
        self.at = node.line
        self._asked: set[str] = set()
        self._fields: Mapping[str, Node] = MappingProxyType({})
        if isinstance(node.value, Mapping):
            self._fields = node.value
        else:
            report.add(node.line, "here a mapping is expected: lines of `name: value`")

    def names(self) -> tuple[str, ...]:
        """Return the names of all fields, in their order."""
        return tuple(self._fields)

    def line(self, name: str) -> int:
        """Return the line of a field, or of the mapping where the field is missing."""
        return self._fields[name].line if name in self._fields else self.at

    def node(self, name: str, *, needed: bool = True) -> Node | None:
        """Return the field as it stands; None, and reported if needed, when there is none."""
        self._asked.add(name)
        node = self._fields.get(name)
        if node is None or node.value is None:
            if needed:
                self.report.add(self.line(name), f"{name} is missing")
            return None
        return node

    def text(self, name: str, *, needed: bool = True) -> str:
        """Return a text; a number or a date without quotes is a fault."""
        node = self.node(name, needed=needed)
        return "" if node is None else _text(node, name, self.report)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(_text(item, name, self.report) for item in self.items(name))

    def items(self, name: str) -> tuple[Node, ...]:
        """Return the items of a list that is not empty."""
        node = self.node(name)
        if node is None:
            return ()
        if isinstance(node.value, tuple) and node.value:
            return node.value
        self.report.add(node.line, f"{name} is a list with at least one item")
        return ()

    def whole(self, name: str, least: int, most: int) -> int:
        """Return a whole number between two bounds, both included."""
        node = self.node(name)
        if node is None:
            return least
        value = node.value
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.report.add(node.line, f"{name} is a whole number from {least} to {most}")
        return least

    def flag(self, name: str) -> bool:
        """Return true or false."""
        node = self.node(name)
        if node is None or isinstance(node.value, bool):
            return bool(node and node.value)
        self.report.add(node.line, f"{name} is true or false")
        return False

    def day(self, name: str, *, needed: bool = True) -> date | None:
        """Return a date; where it is not needed, `none` and `null` say that there is none yet."""
        if not needed and name in self._fields and self._fields[name].value in {None, "none"}:
            self._asked.add(name)
            return None
        node = self.node(name)
        if node is None:
            return None
        if isinstance(node.value, date) and not isinstance(node.value, datetime):
            return node.value
        self.report.add(node.line, f"{name} is a date such as 2026-11-22")
        return None

    def choice(self, name: str, allowed: Iterable[str]) -> str:
        """Return one of a few words."""
        value, words = self.text(name), tuple(allowed)
        if value and value not in words:
            self.report.add(self.line(name), f"{name} is one of: {', '.join(words)}")
        return value

    def close(self) -> None:
        """Report the fields that nobody asked for: a slip of the pen, or out of use."""
        for name, node in self._fields.items():
            if name not in self._asked:
                self.report.add(node.line, f"{name} is not a field of this file")


def _text(node: Node, name: str, report: Report) -> str:
    if isinstance(node.value, str) and node.value.strip():
        return node.value.strip()
    report.add(node.line, f"{name} is a text; put numbers and dates in quotes")
    return ""


def plain(node: Node) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return a tree without its lines, as the YAML library itself would give it."""
    if isinstance(node.value, tuple):
        return [plain(item) for item in node.value]
    if isinstance(node.value, Mapping):
        return {name: plain(item) for name, item in node.value.items()}
    return node.value
