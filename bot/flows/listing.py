"""Several texts as the lines of one message."""

from collections.abc import Sequence

from bot.engine.effects import Value, Words


def bullets(texts: Sequence[Value]) -> Words:
    """Return a list with one line for each text; there is at least one."""
    first, *rest = texts
    if not rest:
        return Words("list.last", {"item": first})
    return Words("list.line", {"item": first, "rest": bullets(rest)})
