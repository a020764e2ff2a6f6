"""What people really send in fear: in pieces, under a photo, corrected, forwarded, in a flood.

The real reader, the real content, a real database; the way from Telegram's update on.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.flows.house import ALIASES
from bot.messenger.updates import arrival
from bot.safety.alarm import Level
from bot.services import converse, deliver
from bot.services.heard import Heard, Outgoing
from bot.terminal.stage import ACCOUNTS
from tests.parts import parts_in
from tests.script import Script
from tests.services.conftest import BEGINS
from tests.services.evening import PARTNER, SEED, Evening
from tests.theatre import Theatre

ME = ACCOUNTS[PARTNER]
LONGEST = 4_096
CRY = {"it": "stanotte vuole ammazzarsi", "en": "he wants to kill himself tonight"}
PIECES = {
    "it": ("non so più cosa fare", "lui dice che vuole", "ammazzarsi"),
    "en": ("I don't know what to do", "he says he wants to", "kill himself"),
}
CHATTER = {"it": "oggi ha piovuto e siamo stati in casa", "en": "it rained and we stayed in"}
LANGUAGES = ("it", "en")

Said = Callable[[str], Mapping[str, object]]


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    """Either language."""
    return str(request.param)


@pytest.fixture
def evening(tmp_path: Path, lang: str) -> Iterator[Evening]:
    """Three people, and the reader that content really has."""
    with parts_in(tmp_path) as parts:
        yield Evening(Theatre(parts, Script("", lang, "", BEGINS, with_case=True, lines=())))


_numbers = count(5_000)


def update(lang: str, kind: str = "message", **said: object) -> dict[str, Any]:
    """Return an update as Telegram sends it."""
    person = {"id": ME, "is_bot": False, "first_name": "P", "language_code": lang}
    chat = {"id": ME, "type": "private", "first_name": "P"}
    number = next(_numbers)
    message = {
        "message_id": number,
        "date": int(BEGINS.timestamp()),
        "chat": chat,
        "from": person,
    }
    return {"update_id": number, kind: {**message, **said}}


def hears(evening: Evening, raw: dict[str, Any]) -> list[Outgoing]:
    """Let the services answer one update; return what is to be sent."""
    heard = arrival(raw, ALIASES, lambda _data, _account: None).heard
    assert isinstance(heard, Heard)
    evening.hears(heard)
    return sent(evening)


def sent(evening: Evening) -> list[Outgoing]:
    """Take what waits to be sent."""
    parcels = deliver.unsent(evening.parts, evening.person())
    for parcel in parcels:
        deliver.sent(evening.parts, parcel.id, 1, evening.now)
    return [parcel.message for parcel in parcels]


def leaves_red(evening: Evening) -> None:
    """Press the buttons of the way out."""
    for move in ("safe_now", "go_on", "safe"):
        evening.hears_press(ME, move)
    sent(evening)


def is_card(messages: list[Outgoing]) -> bool:
    """Whether the one thing that is said is an emergency card."""
    said = [message for message in messages if message.op == "send"]
    return (
        len(said) == 1 and said[0].tier == "red" and any(n in said[0].text for n in ("112", "999"))
    )


def test_a_cry_in_three_pieces_is_read_whole_and_answered_once_R3(
    evening: Evening, lang: str
) -> None:
    """The first two are answered as what they are; what comes after is no second alarm."""
    *before, last = PIECES[lang]
    for piece in before:
        assert not is_card(hears(evening, update(lang, text=piece)))
        assert evening.chat().alarm.level is not Level.RED
    assert is_card(hears(evening, update(lang, text=last)))
    alarm = evening.chat().alarm
    assert alarm.level is Level.RED
    hears(evening, update(lang, text=CHATTER[lang]))
    assert evening.chat().alarm.since == alarm.since


@pytest.mark.parametrize(
    "said",
    [
        lambda cry: (
            {"photo": [{"file_id": "a", "file_unique_id": "a", "width": 1, "height": 1}]}
            | {"caption": cry}
        ),
        lambda cry: (
            {"voice": {"file_id": "a", "file_unique_id": "a", "duration": 3}} | {"caption": cry}
        ),
        lambda cry: {"text": cry, "forward_origin": _from_somebody()},
        lambda cry: {"text": cry, "forward_from": {"id": 9, "is_bot": False, "first_name": "L"}},
        lambda cry: {"text": cry, "quote": {"text": "…", "position": 0}},
        lambda cry: {"text": f"/menu {cry}", "entities": [_command("/menu")]},
        lambda cry: {"text": f"/niente {cry}", "entities": [_command("/niente")]},
        lambda cry: {"text": cry.upper() + "!!!"},
    ],
    ids=["photo", "voice", "forwarded", "forwarded before", "quote", "menu", "unknown", "loud"],
)
def test_a_cry_is_read_wherever_it_stands_R3(evening: Evening, lang: str, said: Said) -> None:
    """In a caption, forwarded, quoted, behind a command."""
    assert is_card(hears(evening, update(lang, **said(CRY[lang]))))
    assert evening.chat().alarm.level is Level.RED


def _command(name: str) -> dict[str, Any]:
    return {"type": "bot_command", "offset": 0, "length": len(name)}


def _from_somebody() -> dict[str, Any]:
    return {"type": "hidden_user", "date": 1, "sender_user_name": "L"}


def test_a_text_that_becomes_a_cry_by_an_edit_is_answered_R3(evening: Evening, lang: str) -> None:
    """The first version was harmless; a harmless correction of anything is not answered at all."""
    first = update(lang, text=CHATTER[lang])
    hears(evening, first)
    edited = {**first["message"], "text": CRY[lang], "edit_date": 1}
    assert is_card(hears(evening, {"update_id": next(_numbers), "edited_message": edited}))
    calm = {**first["message"], "text": CHATTER[lang] + ".", "edit_date": 2}
    leaves_red(evening)
    assert hears(evening, {"update_id": next(_numbers), "edited_message": calm}) == []


@pytest.mark.parametrize("place", [0, 9, 19])
def test_a_cry_among_twenty_messages_is_answered_R3(
    evening: Evening, lang: str, place: int
) -> None:
    """First, in the middle, or last of those that are still answered in a minute."""
    cards = []
    for number in range(20):
        text = CRY[lang] if number == place else f"{CHATTER[lang]} {number}"
        cards.append(is_card(hears(evening, update(lang, text=text))))
    assert cards[place]
    assert evening.chat().alarm.level is Level.RED
    assert not any(cards[:place])


def test_a_cry_after_a_flood_is_answered_R3(evening: Evening, lang: str) -> None:
    """Thirty messages a minute are not all answered; each is read."""
    answers = [hears(evening, update(lang, text=f"{CHATTER[lang]} {n}")) for n in range(30)]
    assert answers[-1] == []
    assert is_card(hears(evening, update(lang, text=CRY[lang])))


def test_a_cry_at_the_end_of_the_longest_message_is_answered_R3(
    evening: Evening, lang: str
) -> None:
    """4,096 characters of a day, and then this."""
    day = f"{CHATTER[lang]}. " * 200
    text = day[: LONGEST - len(CRY[lang])] + CRY[lang]
    assert len(text) == LONGEST
    assert is_card(hears(evening, update(lang, text=text)))


@pytest.mark.parametrize("kind", ["voice", "photo"])
def test_what_is_not_read_gets_one_kind_sentence_with_the_number(
    evening: Evening, lang: str, kind: str
) -> None:
    """The number of the country, and SOS below."""
    file = {"file_id": "a", "file_unique_id": "a", "duration": 3, "width": 1, "height": 1}
    answer = hears(evening, update(lang, **{kind: [file] if kind == "photo" else file}))
    assert ("112" if lang == "it" else "999") in answer[0].text
    assert [button.move for button in answer[-1].rows[-1]] == ["sos", "menu"]
    assert evening.chat().alarm.level is Level.GREEN


def test_nothing_is_answered_twice_P2(evening: Evening, lang: str) -> None:
    """The same update five times, and once more after the card was left."""
    cry = update(lang, text=CRY[lang])
    answers = [hears(evening, cry) for _ in range(5)]
    assert [is_card(one) for one in answers] == [True, False, False, False, False]
    assert answers[1:] == [[]] * 4
    leaves_red(evening)
    assert hears(evening, cry) == []
    assert evening.chat().alarm.level is Level.GREEN


def test_a_cry_that_waited_through_an_outage_is_answered_once(evening: Evening, lang: str) -> None:
    """Read with what came before it, whatever else waited."""
    heard = [arrival(update(lang, text=t), ALIASES, lambda *_: None).heard for t in PIECES[lang]]
    for one in heard:
        assert isinstance(one, Heard)
        reading = converse.read(evening.parts, one, evening.now)
        converse.answer(evening.parts, one, reading, evening.now, SEED)
    assert sum(message.tier == "red" for message in sent(evening)) == 1
