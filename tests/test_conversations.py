"""Every conversation of `tests/conversations`, played on the pure dialogue.

`pytest --update-conversations` records the outcomes anew: read the difference before you keep it.
"""

import pytest

from bot.engine.dialogue import Dialogue
from bot.flows.house import dialogue
from tests.conversation import Conversation, read_all, write
from tests.player import play
from tests.starts import MODULES, OFFER, STARTS

CONVERSATIONS = read_all()


@pytest.fixture(scope="module")
def whole() -> Dialogue:
    """The dialogue with every flow of the house."""
    return dialogue(OFFER, MODULES)


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda c: c.name)
def test_a_conversation_goes_as_recorded(
    conversation: Conversation, whole: Dialogue, request: pytest.FixtureRequest
) -> None:
    """Place, words, effects, buttons, toast and alarm of every turn; and no promise is broken."""
    outcomes, faults = play(whole, conversation)
    if request.config.getoption("--update-conversations"):
        write(conversation, outcomes)
    else:
        for number, (turn, outcome) in enumerate(zip(conversation.turns, outcomes, strict=True), 1):
            assert {"turn": number, **outcome} == {"turn": number, **turn.outcome}, turn.written
    assert faults == []


def test_titles_say_what_happens() -> None:
    """No two conversations are called the same, and every starting chat is used."""
    titles = [conversation.title for conversation in CONVERSATIONS]
    assert len(set(titles)) == len(titles)
    assert {conversation.start for conversation in CONVERSATIONS} == set(STARTS)
