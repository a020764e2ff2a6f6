"""`python -m bot draw`: a diagram of every flow and module, in Mermaid, for whoever reviews them.

Made from the flow objects the machine runs, so a diagram cannot say something else than the bot
does. SOS and Menu, which work anywhere, are not drawn. The same flows give the same pages.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.engine.flow import Exit, Flow, Guard, Move, Step

INDEX = "README.md"
_MADE = "<!-- made by `python -m bot draw`: change the flow, not this page -->"
_LEGEND = """| in the diagram | means |
|---|---|
| rounded box | where the flow starts |
| box | a step |
| box with double sides | an end: the flow counts as finished |
| hexagon | another flow; `home` is where the role is at home, `resume` what was interrupted |
| `text`, `0-10`, `list` | the step reads own words, has a scale, lists what is known |
| `move [rule]` | a button, or what was read; with a rule only when that says yes |
| dotted arrow | a rule works out the exact place |
| circle `anywhere` | a command, a late answer or an alarm leads here from wherever one is |"""


def pages(flows: Iterable[Flow], defined: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    """Return the page of each flow and their index, by file name.

    Args:
        flows: the conversations and the modules, in the order of the index.
        defined: path and line where a conversation is written; a module is found in content.
    """
    drawn = tuple(flows)
    made = {f"{flow.name}.md": _page(flow, defined) for flow in drawn}
    return {INDEX: _index(drawn), **made}


def write(folder: Path, wanted: Mapping[str, str]) -> None:
    """Bring the pages of a folder up to date; a page of a flow that is gone goes too."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")
    for file in _left_over(folder, wanted):
        file.unlink()


def differences(folder: Path, wanted: Mapping[str, str]) -> tuple[str, ...]:
    """Return one line for each page that is not as it should be."""
    told = []
    for name, text in wanted.items():
        file = folder / name
        if not file.is_file():
            told.append(f"{name} is missing")
        elif file.read_text(encoding="utf-8") != text:
            told.append(f"{name} shows an older flow")
    told += [f"{file.name} belongs to no flow" for file in _left_over(folder, wanted)]
    return tuple(sorted(told))


def _left_over(folder: Path, wanted: Mapping[str, str]) -> Iterator[Path]:
    for file in sorted(folder.glob("*.md")):
        if file.name not in wanted and _MADE in file.read_text(encoding="utf-8"):
            yield file


def _index(flows: tuple[Flow, ...]) -> str:
    rows = [
        f"| [`{flow.name}`]({flow.name}.md) | {_kind(flow)} | {len(flow.steps)} |"
        f" {len(flow.moves)} | {_leads_to(flow)} |"
        for flow in flows
    ]
    return "\n".join(
        (
            "# Every flow and module",
            "",
            _MADE,
            "",
            "`python -m bot draw` makes these pages, `python -m bot draw --check` compares them.",
            "SOS and Menu stand under every message and are not drawn.",
            "",
            _LEGEND,
            "",
            "| flow | kind | steps | moves | leads to |",
            "|---|---|---|---|---|",
            *rows,
            "",
        )
    )


def _kind(flow: Flow) -> str:
    return "module" if flow.module else "conversation"


def _leads_to(flow: Flow) -> str:
    found = dict.fromkeys(m.dest.flow for m in flow.moves if isinstance(m.dest, Exit))
    return ", ".join(f"`{name}`" for name in sorted(found))


def _page(flow: Flow, defined: Mapping[str, tuple[str, int]]) -> str:
    return "\n".join(
        (
            f"# {flow.name}",
            "",
            _MADE,
            "",
            f"A {_kind(flow)}, written in {_written_in(flow, defined)}. [Legend]({INDEX})",
            "",
            "```mermaid",
            "flowchart TD",
            *(f"    {line}" for line in _diagram(flow)),
            "```",
            "",
        )
    )


def _written_in(flow: Flow, defined: Mapping[str, tuple[str, int]]) -> str:
    if flow.module:
        files = (f"content/{lang}/modules/{flow.name}.md" for lang in ("it", "en"))
        return " and ".join(f"[{file}](../../{file})" for file in files)
    path = defined[flow.name][0]
    return f"[{path}](../../{path})"


def _diagram(flow: Flow) -> Iterator[str]:
    for step in flow.steps.values():
        yield _node(flow, step)
    reached = {flow.start, *(move.target for move in flow.moves)}
    outside = [name for name in flow.steps if name not in reached]
    if outside:
        yield 'anywhere(("anywhere"))'
    exits = {m.target: m.dest for m in flow.moves if isinstance(m.dest, Exit)}
    for name, exit_ in exits.items():
        yield f'{name}{{{{"{_exit(exit_)}"}}}}'
    for name in outside:
        yield f"anywhere -.-> {_id(name)}"
    for (source, target, arrow, rule), names in _arrows(flow.moves).items():
        label = ", ".join(names) + (f" [{rule}]" if rule else "")
        yield f'{source} {arrow}|"{label}"| {target}'


def _node(flow: Flow, step: Step) -> str:
    traits = (("text", step.reads), ("0-10", step.scale), ("list", step.choices))
    label = " · ".join((step.name, *(name for name, there in traits if there)))
    name = _id(step.name)
    if step.name == flow.start:
        return f'{name}(["{label}"])'
    return f'{name}[["{label}"]]' if step.name in flow.ends else f'{name}["{label}"]'


def _arrows(moves: Iterable[Move]) -> dict[tuple[str, str, str, str], list[str]]:
    """Gather the moves between two places, in their order; those under a rule of their own apart.

    A second move of one name is tried only when the first refused: their order is their meaning.
    """
    arrows: dict[tuple[str, str, str, str], list[str]] = {}
    for move in moves:
        target = move.target if isinstance(move.dest, Exit) else _id(move.target)
        arrow = "-.->" if move.leads else "-->"
        key = (_id(move.source), target, arrow, _rule(move.when))
        names = arrows.setdefault(key, [])
        if move.name not in names:
            names.append(move.name)
    return arrows


def _id(step: str) -> str:
    """The node of a step; the prefix keeps `end` and other words of Mermaid harmless."""
    return f"s_{step}"


def _exit(exit_: Exit) -> str:
    place = f"{exit_.flow}.{exit_.step}" if exit_.step else exit_.flow
    return " ".join((place, *exit_.sets.values()))


def _rule(guard: Guard | None) -> str:
    if guard is None:
        return ""
    name = getattr(guard, "__name__", type(guard).__name__)
    return str(name).strip("_").replace("_", " ")
