"""Every module as its readers walk it: each button of each step, in both languages."""

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.engine.chat import Case, Chat, Place, Role, Scope
from bot.engine.effects import SaveProgress, Say
from bot.engine.events import ButtonPressed
from bot.engine.flow import Flow
from bot.flows.house import dialogue
from bot.services.parts import offer_of
from bot.texts.render import Context, label, render
from tests.parts import shelf

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
BUNDLE = shelf().bundle
DIALOGUE = dialogue(offer_of(BUNDLE), BUNDLE.flows)
ALONE = Chat("reader", Role.PARTNER, (Role.PARTNER,), adult=True, agreed=True)
IN_A_CASE = replace(
    ALONE,
    cases=(Case("c", Role.PARTNER, confirmed=True, scopes=frozenset(Scope)),),
)


def walked(flow: Flow, reader: Chat) -> set[str]:
    """Press every button of every step that can be reached; return the steps."""
    seen, waiting = {flow.start}, deque([flow.start])
    while waiting:
        step = waiting.popleft()
        chat = replace(reader, place=Place(flow.name, step))
        said = DIALOGUE.turn(chat, ButtonPressed(at=NOON, move="again"))
        buttons = [b for row in _last(said.effects).rows for b in row if not b.lasting]
        assert buttons, f"{step} leads nowhere"
        for button in buttons:
            press = ButtonPressed(at=NOON, move=button.move, revision=chat.revision)
            turn = DIALOGUE.turn(chat, press)
            assert turn.toast is None, f"{button.move} of {step} is refused"
            _read(turn.effects)
            place = turn.chat.place
            if place.flow == flow.name and place.step not in seen:
                seen.add(place.step)
                waiting.append(place.step)
            if place.flow == flow.name and place.step in flow.ends:
                assert SaveProgress(flow.name, place.step, finished=True) in turn.effects
    return seen


def _last(effects: tuple[object, ...]) -> Say:
    return [effect for effect in effects if isinstance(effect, Say)][-1]


def _read(effects: tuple[object, ...]) -> None:
    for effect in effects:
        if not isinstance(effect, Say):
            continue
        for lang in BUNDLE.languages:
            context = Context(lang, "Europe/Rome", NOON, "IT")
            assert render(BUNDLE, effect.text, context).text
            for row in effect.rows:
                assert all(label(BUNDLE, button.label, context) for button in row)


@pytest.mark.parametrize("flow", BUNDLE.flows, ids=lambda flow: flow.name)
@pytest.mark.parametrize("reader", [ALONE, IN_A_CASE], ids=["alone", "in a case"])
def test_a_walk_takes_every_step(flow: Flow, reader: Chat) -> None:
    """Nothing authored is out of reach, on either track, and every word of it can be said."""
    assert walked(flow, reader) == set(flow.steps)
