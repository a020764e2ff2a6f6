"""Who may see what (tests/store/acts.py): what was done first and sealed later was never done."""

import pytest

from bot.engine.chat import Chat
from bot.services.export import tree
from bot.store import people
from bot.store.database import Unit
from tests.matrix import PARTNER, PATIENT, RIGHTS, THERAPIST, every_effect
from tests.store.acts import ACTS, ELSE, LOOKED, STATES, World, come, do, expected, undone


def _views(unit: Unit, world: World, state: str) -> dict[str, Chat]:
    at = come(unit, world, state)
    # What strangers see does not hang on the state of a case they are not in.
    others = world.others if state == "open" else ()
    everybody = (*map(world.who, (PARTNER, PATIENT, THERAPIST)), *others)
    return {person: people.lock_and_load(unit, person, at) for person in everybody}


@pytest.mark.parametrize("state", STATES)
def test_P8_P9_every_act_is_seen_by_whom_the_matrix_says_and_by_nobody_else(
    world: World, state: str
) -> None:
    """Done first, sealed later: for everybody else it was never done."""
    with undone(world.scene) as unit:
        without = _views(unit, world, state)
    for name, act in ACTS.items():
        with undone(world.scene) as unit:
            do(unit, world.who(act.by), act.effect(world.ours.case))
            after = _views(unit, world, state)
        for role in (PARTNER, PATIENT, THERAPIST):
            person = world.who(role)
            differs = after[person] != without[person]
            assert differs == expected(act, role, state), (name, role, state)
        for stranger in set(world.others) & set(after):
            assert after[stranger] == without[stranger], (name, state)


@pytest.mark.parametrize("state", ["open", "everything revoked", "run out", "left"])
def test_P9_nobodys_copy_holds_what_they_are_not_shown(world: World, state: str) -> None:
    """The export follows the same matrix: an act that is never seen is in no other file either."""

    def copies(unit: Unit) -> dict[str, object]:
        seen = _views(unit, world, state)
        return {person: tree(unit, chat, LOOKED) for person, chat in seen.items()}

    with undone(world.scene) as unit:
        without = copies(unit)
    for name, act in ACTS.items():
        with undone(world.scene) as unit:
            do(unit, world.who(act.by), act.effect(world.ours.case))
            after = copies(unit)
        for role in {PARTNER, PATIENT, THERAPIST} - {act.by}:
            if not expected(act, role, state):
                assert after[world.who(role)] == without[world.who(role)], (name, role)
        assert all(after[p] == without[p] for p in set(world.others) & set(after)), name


def test_every_effect_stands_in_the_matrix_or_is_nothing_to_be_seen() -> None:
    """A new effect on a case says who sees it, before anything else."""
    acts = {type(act.effect("case")) for act in ACTS.values()}
    states = {type(state[1]("case")) for state in STATES.values() if state}
    assert acts | states | ELSE == set(every_effect()) == set(RIGHTS)
    assert not ELSE & (acts | states)
