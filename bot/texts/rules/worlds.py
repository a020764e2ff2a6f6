"""Who may read a step: a guarded button is there for some readers and not for others."""

from collections.abc import Iterable

from bot.texts.modules import Link

World = frozenset[str]
"""The guards (flows.guards) that say yes to one kind of reader."""

# With all three keys and every consent; with keys and the least consent; without keys.
WORLDS: tuple[World, ...] = (
    frozenset({"full_track", "can_contact", "shared_goals", "shared_signs"}),
    frozenset({"full_track"}),
    frozenset({"information_only"}),
)


def shown(links: Iterable[Link], world: World) -> tuple[Link, ...]:
    """Return the buttons that a reader of this world sees."""
    return tuple(link for link in links if not link.guard or link.guard in world)
