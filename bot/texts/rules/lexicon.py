"""The safety words of each language (safety.md): that they are there, and can be used.

What they mean is read by `understanding`, which the texts do not know; the program hands its
compiler in, and here its faults get the line they belong to.
"""

import re
from collections.abc import Iterator, Mapping

from bot.texts.lined import Node, plain
from bot.texts.problems import Problem
from bot.texts.rules.given import Given

LONGEST_FAULT = 300  # characters

# "it: clear.R1.self, entry 3: …": the language, the place, the fault with its mend.
FAULT = re.compile(r"\w+: (?P<place>[\w.]+)(?:, entry (?P<entry>\d+))?:? (?P<fault>.+)", re.DOTALL)


def no_safety_words(given: Given) -> Iterator[Problem]:
    """Without the safety words of a language no danger is recognised in it."""
    for _lang, folder, data in given.data():
        if data.safety is None and f"{folder}/safety.yaml" not in given.broken:
            told = "the file is missing: without it no danger is recognised"
            yield Problem(f"{folder}/safety.yaml", 1, told)


def empty_list(given: Given) -> Iterator[Problem]:
    """An empty list of safety words recognises nothing, and looks as if it did."""
    for _lang, folder, data in given.data():
        for name, node in _nodes("", data.safety) if data.safety else ():
            if _is_empty(node):
                told = f"{name} is empty: add at least one entry"
                yield Problem(f"{folder}/safety.yaml", node.line, told)


def unusable_words(given: Given) -> Iterator[Problem]:
    """What the compiler of the safety words cannot use."""
    for lang, folder, data in given.data():
        tree = data.safety
        if tree is None or not isinstance(tree.value, Mapping):
            continue
        for fault in given.program.lexicon(lang, plain(tree)):
            found = FAULT.fullmatch(fault)
            place, entry = (found["place"], found["entry"]) if found else ("", None)
            node = _node(tree, place, int(entry or 0))
            if not _is_empty(node):
                told = _short(f"{place}: {found['fault']}" if found else fault)
                yield Problem(f"{folder}/safety.yaml", node.line, told)


def _short(fault: str) -> str:
    """Cut the middle out of a fault that quotes a long expression: the mend stands at its end."""
    room = LONGEST_FAULT // 2
    return fault if len(fault) <= LONGEST_FAULT else f"{fault[:room]} … {fault[-room:]}"


def _nodes(name: str, node: Node) -> Iterator[tuple[str, Node]]:
    yield name, node
    if isinstance(node.value, Mapping):
        for key, child in node.value.items():
            yield from _nodes(f"{name}.{key}" if name else key, child)


def _is_empty(node: Node) -> bool:
    return not node.value and isinstance(node.value, tuple | Mapping | None)


def _node(tree: Node, place: str, entry: int) -> Node:
    """Return the node of a place such as `clear.R1`, or the nearest one above it."""
    node = tree
    for key in place.split("."):
        child = node.value.get(key) if isinstance(node.value, Mapping) else None
        if child is None:
            return node
        node = child
    if isinstance(node.value, tuple) and 0 < entry <= len(node.value):
        return node.value[entry - 1]
    return node
