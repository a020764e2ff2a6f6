"""Every message that was read otherwise than its label says, by kind; by id, never quoted."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.safety.alarm import card_for
from bot.safety.reading import Tier
from bot.understanding.labelled import Read


@dataclass(frozen=True, slots=True)
class Slip:
    """A kind of error: the tier of the label, that of the reading, and what it does."""

    meant: Tier
    got: Tier
    does: str


SLIPS = (
    Slip(Tier.RED, Tier.NONE, "danger passed over"),
    Slip(Tier.RED, Tier.AMBER, "danger answered with a referral instead of a card"),
    Slip(Tier.CHECK, Tier.NONE, "doubt passed over"),
    Slip(Tier.CHECK, Tier.AMBER, "doubt answered with a referral instead of the question"),
    Slip(Tier.AMBER, Tier.NONE, "a reason to call somebody passed over"),
    Slip(Tier.RED, Tier.CHECK, "the question comes before the card"),
    Slip(Tier.NONE, Tier.RED, "a card where nothing was"),
    Slip(Tier.NONE, Tier.CHECK, "the question where nothing was"),
    Slip(Tier.NONE, Tier.AMBER, "a referral where nothing was"),
    Slip(Tier.AMBER, Tier.RED, "a card where a referral was meant"),
    Slip(Tier.AMBER, Tier.CHECK, "the question where a referral was meant"),
    Slip(Tier.CHECK, Tier.RED, "the card before the question"),
)
"""Every way to take one tier for another, the gravest first."""


def slips(read: Sequence[Read]) -> Iterator[str]:
    """Yield the lines of the report that list them, the gravest kind first."""
    yield from ("", "### Every slip, by kind")
    nothing = True
    for slip in SLIPS:
        rows = [o for o in read if (o.example.tier, o.reading.tier) == (slip.meant, slip.got)]
        if rows:
            nothing = False
            title = f"{slip.meant} read as {slip.got}: {slip.does}"
            yield from _listed(title, rows, lambda one: one.example.label)
    other = [one for one in read if _is_another_card(one)]
    if other:
        nothing = False
        yield from _listed(
            "red read as red, of another kind: the card of another danger",
            other,
            lambda one: f"{one.example.trigger} as {one.reading.trigger}",
        )
    if nothing:
        yield from ("", "None.")


def _listed(title: str, rows: Sequence[Read], kind: Callable[[Read], str]) -> Iterator[str]:
    yield from ("", f"**{title}** ({len(rows)} rows)", "")
    for (language, name), own in grouped(rows, lambda one: (one.example.language, kind(one))):
        yield f"- {language}, {name}, {len(own)}: {', '.join(one.id for one in own)}"


def grouped(
    rows: Iterable[Read], key: Callable[[Read], tuple[str, ...]]
) -> list[tuple[tuple[str, ...], list[Read]]]:
    """Return the rows by key: tiers by urgency, triggers by number, all else by name."""
    groups: dict[tuple[str, ...], list[Read]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return sorted(groups.items(), key=lambda item: tuple(map(_place, item[0])))


def _place(name: str) -> tuple[int, str, int]:
    if isinstance(name, Tier):
        return tuple(Tier).index(name), "", 0
    number = name[1:]
    return (0, name[:1], int(number)) if number.isdigit() else (0, name, 0)


def _is_another_card(one: Read) -> bool:
    """Whether a danger was seen, and answered with the card of another one."""
    meant, got = one.example.trigger, one.reading.trigger
    if one.example.tier is not Tier.RED or one.reading.tier is not Tier.RED or meant is None:
        return False
    return card_for(meant, one.reading.about) is not card_for(got, one.reading.about)
