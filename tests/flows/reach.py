"""Everything somebody can come to: from one chat, every shortcut, every button, some texts.

Places are told apart by what they offer, not by every answer, so a walk ends; it goes on from
each place once.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.engine.chat import Chat
from bot.engine.dialogue import Dialogue
from bot.engine.effects import Button, Say
from bot.engine.events import ButtonPressed, CommandGiven, Event, Outage, TextReceived
from bot.engine.ways import Turn
from bot.flows.house import SHORTCUTS
from bot.flows.understood import ABOUT
from bot.safety.reading import About, Reading, Tier
from tests.starts import EVENING
from tests.stored import stored
from tests.telling import said, text_id

SEED = bytes(range(16))
TEXTS = ("7", "20:30", "una passeggiata", "15/1/2027")
READINGS = (
    *(Reading(Tier.AMBER, f"A{n}", about=About.OTHER) for n in range(1, 13)),
    Reading(Tier.CHECK, "R3", about=About.OTHER),
    Reading(Tier.RED, "R3", about=About.OTHER),
    *(Reading(label=label, sure=True) for label in ABOUT),
    Reading(trigger="A11", label="access_request", sure=True),
)
MOST_TURNS = 20_000


@dataclass(frozen=True, slots=True)
class Taken:
    """One turn of a walk; `after` is the chat as the next turn finds it."""

    before: Chat
    event: Event
    turn: Turn
    after: Chat


def walk(dialogue: Dialogue, start: Chat) -> Iterator[Taken]:
    """Yield every turn that can be taken from a chat on, each place's once."""
    known: set[object] = set()
    ahead = deque([start])
    turns = 0
    while ahead:
        chat = ahead.popleft()
        for event in _events(dialogue, chat, anywhere=chat is start):
            turn = dialogue.turn(chat, event)
            after = stored(turn.chat, turn.effects, EVENING)
            yield Taken(chat, event, turn, after)
            turns += 1
            assert turns < MOST_TURNS, "the walk does not end: some memory grows without bound"
            moved = after.revision != chat.revision
            if moved and (place := _place(after, said(turn))) not in known:
                known.add(place)
                ahead.append(after)


def pages(taken: Iterable[Taken]) -> list[Chat]:
    """Return the chats a walk comes to: one of each place, by what it says and offers."""
    found: dict[object, Chat] = {}
    for step in taken:
        if step.after.revision != step.before.revision:
            place, says = step.after.place, said(step.turn)
            texts = frozenset(text_id(say.text) for say in says)
            moves = frozenset(b.move for say in says for row in say.rows for b in row)
            found.setdefault((place.flow, place.step, texts, moves), step.after)
    return list(found.values())


def shown(dialogue: Dialogue, chat: Chat) -> tuple[Button, ...]:
    """Return the buttons a chat has before it where it stands."""
    says = said(dialogue.turn(chat, Outage(at=EVENING)))
    return tuple(button for say in says for row in say.rows for button in row)


def press(chat: Chat, button: Button) -> ButtonPressed:
    """Return the press of a button of the latest message."""
    revision = None if button.lasting else chat.revision
    return ButtonPressed(
        at=EVENING, seed=SEED, move=button.move, value=button.value, revision=revision
    )


def _events(dialogue: Dialogue, chat: Chat, *, anywhere: bool) -> Iterator[Event]:
    # What works anywhere does the same everywhere (test_house.py): once is enough.
    if anywhere:
        yield from (CommandGiven(at=EVENING, seed=SEED, name=name) for name in SHORTCUTS)
        for reading in READINGS:
            # The hour is for whoever asks for another one.
            yield TextReceived(at=EVENING, seed=SEED, text="alle 19:15", reading=reading)
    yield from (press(chat, button) for button in shown(dialogue, chat))
    step = dialogue.flows[chat.place.flow].steps[chat.place.step]
    if step.reads or step.scale:
        yield from (TextReceived(at=EVENING, seed=SEED, text=text) for text in TEXTS)


def _place(chat: Chat, says: tuple[Say, ...]) -> object:
    """What tells two places apart: where, what it offers, and which keys are there."""
    offered = frozenset((b.move, b.value) for say in says for row in say.rows for b in row)
    keys = frozenset((case.open, bool(case.scopes)) for case in chat.roster)
    return chat.place.flow, chat.place.step, offered, chat.role, keys
