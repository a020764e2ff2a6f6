"""What the program says: every entry of the catalogue that the source or a flow names.

How a name is found, since most sentences are named where nobody can list them at once:

- The flows are walked as objects: messages, buttons, retries, what is said on the way. Whatever
  stands there is certainly said, however its name was put together.
- The source is read with `ast`, never run. A text given to `Words(...)`, `option(...)` or the
  label of a `Button(...)` or `Option(...)` is certainly said, also as one side of `a if b else c`.
- Any other text of the source that looks like an id (`word.word`) may be said: it keeps an entry
  from being called unused, and asks for none. Docstrings do not count.
- An f-string is a pattern: `f"card.{name}"` is `card.*`. Which entries it stands for is listed
  once, in `families`; one that is not listed there must match an entry at least.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.engine.effects import Text, Value, Words
from bot.engine.flow import Flow, Step

_ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_PATTERN = re.compile(r"[a-z0-9_]+\.[a-z0-9_.*]+")
_BUTTONS = {"Button", "Option"}


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """An id that something names, or a pattern with `*`, and where.

    `sure` says that it is a sentence, `label` that it stands on a button.
    """

    id: str
    path: str
    line: int
    sure: bool = False
    label: bool = False

    def fits(self, name: str) -> bool:
        """Whether this mention may mean the entry `name`."""
        return bool(re.fullmatch(_as_regex(self.id), name))


@dataclass(frozen=True, slots=True)
class Said:
    """All mentions, and where each flow is defined."""

    mentions: tuple[Mention, ...] = ()
    flows: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def labels(self) -> re.Pattern[str]:
        """Return what the names of those entries look like that stand on buttons."""
        names = sorted({mention.id for mention in self.mentions if mention.label} | {"button.*"})
        return re.compile("|".join(map(_as_regex, names)))


def read_source(folder: Path) -> Said:
    """Return what the Python files below a folder name; paths begin with the folder's name."""
    mentions: list[Mention] = []
    flows: dict[str, tuple[str, int]] = {}
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(folder.parent).as_posix()
        scan = _Scan(path)
        scan.visit(ast.parse(file.read_text(encoding="utf-8"), path))
        mentions += scan.mentions
        flows.update(scan.flows)
    return Said(tuple(mentions), flows)


def _as_regex(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", "[a-z0-9_.]+")


class _Scan(ast.NodeVisitor):
    """One source file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.mentions: list[Mention] = []
        self.flows: dict[str, tuple[str, int]] = {}

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring says nothing
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        first = node.args[0] if node.args else None
        if first is not None and name in {"Words", "option"}:
            self._note(first, label=name == "option")
        if name in _BUTTONS and isinstance(first, ast.Call) and _named(first) == "Words":
            self._note(first.args[0], label=True)
        if name in {"flow", "Flow"} and isinstance(first, ast.Constant):
            self.flows[str(first.value)] = (self.path, node.lineno)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and _ID.fullmatch(node.value):
            self.mentions.append(Mention(node.value, self.path, node.lineno))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pattern = _pattern(node)
        if _PATTERN.fullmatch(pattern):
            self.mentions.append(Mention(pattern, self.path, node.lineno))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def _note(self, node: ast.expr, *, label: bool) -> None:
        for text in _texts(node):
            if _PATTERN.fullmatch(text):
                mention = Mention(text, self.path, node.lineno, sure=True, label=label)
                self.mentions.append(mention)


def _named(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) and call.args else ""


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield _pattern(node)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def _pattern(node: ast.JoinedStr) -> str:
    pieces = (str(v.value) if isinstance(v, ast.Constant) else "*" for v in node.values)
    return "".join(pieces)


def walk(flows: Iterable[Flow], defined: Mapping[str, tuple[str, int]]) -> Iterator[Mention]:
    """Give what the flows say, told where each flow is defined."""
    for flow in flows:
        path, line = defined.get(flow.name, ("", 1))
        for step in flow.steps.values():
            yield from walk_step(step, path, line)
        for move in flow.moves:
            yield from _mentions(move.says, path, line)


def walk_step(step: Step, path: str, line: int) -> Iterator[Mention]:
    """Give what one step and its variants say."""
    if not callable(step.says):
        yield from _mentions(step.says, path, line)
    labels = tuple(option.label for option in step.options)
    yield from _mentions(labels, path, line, label=True)
    yield from _mentions((step.retry,) if step.retry else (), path, line)
    for variant in step.variants.values():
        yield from walk_step(variant, path, line)


def _mentions(
    texts: Sequence[Text | Value], path: str, line: int, *, label: bool = False
) -> Iterator[Mention]:
    for text in texts:
        if isinstance(text, Words):
            yield Mention(text.id, path, line, sure=True, label=label)
            yield from _mentions(tuple(text.values.values()), path, line)
        elif isinstance(text, tuple):
            yield from _mentions(text, path, line)
