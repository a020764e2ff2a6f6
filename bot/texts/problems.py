"""How a fault in the content is told: the file, the line, what is wrong and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault. `path` is relative to the folder above `content/`, `line` counts from 1."""

    path: str
    line: int
    message: str
    warning: bool = False

    def __str__(self) -> str:
        mark = "warning: " if self.warning else ""
        return f"{self.path}:{self.line}: {mark}{self.message}"


class BrokenContent(Exception):
    """Content that must not be used; `problems` holds every fault, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class Report:
    """Gathers the faults of one file while it is read, so that all are told at once."""

    def __init__(self, path: str, problems: list[Problem] | None = None) -> None:
        """`problems` is the list to add to, when several files share one."""
        self.path = path
        self.problems: list[Problem] = [] if problems is None else problems

    def add(self, line: int, message: str, *, warning: bool = False) -> None:
        """Note one fault at a line of this file; the same one is told once."""
        problem = Problem(self.path, line, message, warning)
        if problem not in self.problems:
            self.problems.append(problem)

    def on(self, path: str) -> "Report":
        """Return a report on another file that adds to the same list."""
        return Report(path, self.problems)
