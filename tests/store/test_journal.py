"""The journal of tiers."""

from datetime import timedelta

from bot.safety.reading import Tier
from bot.store import journal
from bot.store.journal import Noted
from tests.store.scene import NOON, Scene


def test_what_was_answered_is_counted_for_its_own_person_R3_A2(scene: Scene) -> None:
    """Code and time; nobody else's."""
    anna, bruno = scene.somebody(), scene.somebody()
    later = NOON + timedelta(hours=1)
    for person, tier, trigger, at in (
        (anna, Tier.RED, "R3", NOON),
        (anna, Tier.AMBER, "A2", NOON),
        (anna, Tier.AMBER, "A2", later),
        (bruno, Tier.CHECK, "R3", NOON),
    ):
        scene.does(journal.note_tier, person, tier, trigger, at)
    assert scene.does(journal.tiers, anna) == (
        Noted(Tier.AMBER, "A2", 2, later),
        Noted(Tier.RED, "R3", 1, NOON),
    )
    assert scene.does(journal.tiers, bruno) == (Noted(Tier.CHECK, "R3", 1, NOON),)
    assert scene.does(journal.tiers, scene.somebody()) == ()
