import asyncio

import pytest

from bot.messenger.buttons import verify
from bot.messenger.fake import FakeTelegram, Fault, Kind, User
from bot.messenger.request import Timeouts, line
from bot.messenger.sender import Outcome, Refused, Sender, Sent, Unclear, Wait
from bot.services.heard import Outgoing, ShownButton
from tests.messenger.conftest import KEY

pytestmark = pytest.mark.anyio

CARD = Outgoing(
    "send",
    "Ciao 👍 Anna",
    entities=(("bold", 8, 4),),
    rows=(
        (ShownButton("Sì", "yes", "3", 7), ShownButton("No", "no")),
        (ShownButton("SOS", "sos"),),
    ),
)
SEND, EDIT = "sendMessage", "editMessageText"


@pytest.fixture
def anna(server: FakeTelegram) -> User:
    """Somebody who speaks Italian."""
    return server.user(7, "Anna", "it", has_started=True)


async def test_a_message_arrives_as_it_was_written(anna: User, sender: Sender) -> None:
    """Text, entities counted in UTF-16, buttons that open only for this person; no preview."""
    assert await sender.send(7, CARD) == Sent(1)
    shown = anna.sees()[0]
    assert (shown.text, shown.labels) == ("Ciao 👍 Anna", ["Sì", "No", "SOS"])
    assert shown.entities == ({"type": "bold", "offset": 8, "length": 4},)
    data = shown.buttons[0][0].data or ""
    assert verify(KEY, 7, data) == ShownButton("", "yes", "3", 7)
    assert verify(KEY, 8, data) is None


async def test_markup_in_a_text_is_text(server: FakeTelegram, anna: User, sender: Sender) -> None:
    """No parse mode: what a person typed is never read as markup, and links show no preview."""
    await sender.send(7, Outgoing("send", "*a* <b>_c_ [x](https://example.org)"))
    assert anna.sees()[0].text == "*a* <b>_c_ [x](https://example.org)"
    sent = server.ledger[0].payload
    assert "parse_mode" not in sent
    assert sent["link_preview_options"] == {"is_disabled": True}


async def test_a_quiet_message_makes_no_sound(anna: User, sender: Sender) -> None:
    """And the others do."""
    await sender.send(7, Outgoing("send", "one", quiet=True))
    await sender.send(7, Outgoing("send", "two"))
    assert [shown.is_silent for shown in anna.sees()] == [True, False]


async def test_an_edit_replaces_text_and_buttons(anna: User, sender: Sender) -> None:
    """The message stays where it is."""
    await sender.send(7, CARD)
    edit = Outgoing("edit", "Bene.", rows=((ShownButton("OK", "ok"),),), message_id=1)
    assert await sender.send(7, edit) == Sent(1)
    assert [(shown.text, shown.labels) for shown in anna.sees()] == [("Bene.", ["OK"])]


async def test_an_edit_that_changes_nothing_is_done(anna: User, sender: Sender) -> None:
    """Telegram calls it an error; for us it is what was wanted."""
    await sender.send(7, CARD)
    again = Outgoing("edit", CARD.text, CARD.entities, CARD.rows, message_id=1)
    assert await sender.send(7, again) == Sent(1)
    assert len(anna.sees()) == 1


async def test_an_edit_of_what_is_gone_is_said_anew(anna: User, sender: Sender) -> None:
    """Of a message that never was, that is the person's own, or without a number."""
    anna.says("ciao")
    for number, expected in ((99, 2), (1, 3), (None, 4)):
        edit = Outgoing("edit", f"instead of {number}", message_id=number)
        assert await sender.send(7, edit) == Sent(expected)
    assert [shown.text for shown in anna.sees()][1:] == [
        "instead of 99",
        "instead of 1",
        "instead of None",
    ]


async def test_closing_a_card_takes_its_buttons(anna: User, sender: Sender) -> None:
    """And leaves the line that says what was chosen."""
    await sender.send(7, CARD)
    assert await sender.send(7, Outgoing("close", "Hai scelto: Sì", message_id=1)) == Sent(1)
    assert [(shown.text, shown.labels) for shown in anna.sees()] == [("Hai scelto: Sì", [])]


async def test_closing_without_words_takes_the_buttons_alone(anna: User, sender: Sender) -> None:
    """The text stays as it was; a second time changes nothing."""
    await sender.send(7, CARD)
    close = Outgoing("close", "", message_id=1)
    assert await sender.send(7, close) == Sent(1)
    assert await sender.send(7, close) == Sent(1)
    assert [(shown.text, shown.labels) for shown in anna.sees()] == [("Ciao 👍 Anna", [])]


async def test_closing_what_cannot_be_closed_is_done(anna: User, sender: Sender) -> None:
    """A card that is gone needs no closing, and nothing is said about it."""
    assert await sender.send(7, Outgoing("close", "x", message_id=99)) == Sent(99)
    assert await sender.send(7, Outgoing("close", "x")) == Sent(None)
    assert anna.sees() == []


async def test_a_button_that_does_not_fit_is_refused_before_anything_is_sent(
    server: FakeTelegram, anna: User, sender: Sender
) -> None:
    """It would block the chat for ever."""
    bad = Outgoing("send", "x", rows=((ShownButton("x", "m" * 25),),))
    assert await sender.send(anna.id, bad) == Refused(blocked=False)
    assert server.attempts == ()


FAULTS = {
    "429": (Fault(Kind.REFUSE, status=429, retry_after=7), Wait(7)),
    "429 of a gateway": (Fault(Kind.REFUSE, status=429, page="<html>slow down"), Wait(0.5)),
    "403 blocked": (Fault(Kind.REFUSE, status=403), Refused(blocked=True)),
    "403 deactivated": (
        Fault(Kind.REFUSE, status=403, description="Forbidden: user is deactivated"),
        Refused(blocked=True),
    ),
    "401": (Fault(Kind.REFUSE, status=401), Wait(30)),
    "409": (Fault(Kind.REFUSE, status=409), Wait(0.5)),
    "500": (Fault(Kind.REFUSE, status=500), Unclear()),
    "502 of a gateway": (Fault(Kind.REFUSE, status=502, page="<html>bad gateway"), Unclear()),
    "504": (Fault(Kind.REFUSE, status=504), Unclear()),
    "time-out": (Fault(Kind.HANG), Unclear()),
    "cut": (Fault(Kind.CUT), Unclear()),
    "accepted, answer lost": (Fault(Kind.CUT, after=True), Unclear()),
    "accepted, answer never comes": (Fault(Kind.HANG, after=True), Unclear()),
    "accepted, then 500": (Fault(Kind.REFUSE, after=True, status=500), Unclear()),
}


@pytest.mark.parametrize(("fault", "outcome"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("method", [SEND, EDIT])
async def test_every_fault_of_a_send_or_an_edit_has_its_outcome(
    server: FakeTelegram, anna: User, sender: Sender, method: str, fault: Fault, outcome: Outcome
) -> None:
    """Certain refusals are told apart from what nobody knows, and nothing is raised."""
    await sender.send(anna.id, CARD)
    server.fault(fault)
    op = Outgoing("send" if method == SEND else "edit", "Bene.", message_id=1)
    assert await sender.send(7, op) == outcome
    assert server.attempts[-1].method == method
    assert len(server.attempts) == 2


async def test_a_400_of_a_send_is_final_and_of_an_edit_leads_to_a_send(
    server: FakeTelegram, anna: User, sender: Sender
) -> None:
    """What cannot be edited may still be said."""
    server.fault(Fault(Kind.REFUSE, status=400, count=2))
    assert await sender.send(anna.id, Outgoing("send", "x")) == Refused(blocked=False)
    assert await sender.send(anna.id, Outgoing("edit", "x", message_id=9)) == Sent(1)


async def test_a_server_that_is_not_there_certainly_took_nothing() -> None:
    """So even what is sent once may be tried again."""
    async with line("1:x", "http://127.0.0.1:9", Timeouts(connect=1)) as nowhere:
        assert await Sender(nowhere, KEY).send(7, CARD) == Wait(0.5)


async def test_a_pool_that_is_full_certainly_sent_nothing(server: FakeTelegram, anna: User) -> None:
    """The request never left."""
    server.fault(Fault(Kind.HANG))
    timeouts = Timeouts(read=0.4, pool=0.05, connections=1)
    async with line(server.token, server.url, timeouts) as narrow:
        sender = Sender(narrow, KEY)
        outcomes = await asyncio.gather(sender.send(anna.id, CARD), sender.send(anna.id, CARD))
    assert set(outcomes) == {Unclear(), Wait(0.5)}


async def test_an_answer_that_is_no_json_may_have_been_a_yes(
    server: FakeTelegram, anna: User, sender: Sender
) -> None:
    """A gateway that answers 200 with a page of its own."""
    server.fault(Fault(Kind.REFUSE, status=200, page="<html>hello"))
    assert await sender.send(anna.id, CARD) == Unclear()


async def pressed(anna: User, sender: Sender) -> str:
    """A press that waits for its answer."""
    await sender.send(7, CARD)
    return anna.presses("Sì")


async def test_a_press_is_answered_with_a_toast_of_at_most_200_units(
    anna: User, sender: Sender
) -> None:
    """Longer ones are cut, never inside a character."""
    query = await pressed(anna, sender)
    await sender.toast(query, "é" * 199 + "👍")
    assert anna.toasts() == ["é" * 199]


async def test_a_second_answer_to_a_press_is_swallowed(
    server: FakeTelegram, anna: User, sender: Sender
) -> None:
    """So is one that is too late, and one for no press at all."""
    query = await pressed(anna, sender)
    await sender.toast(query)
    await sender.toast(query)
    late = anna.presses("No")
    server.advance(3600)
    await sender.toast(late, "too late")
    await sender.toast("no such press", "x")
    assert anna.toasts() == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.REFUSE, status=status, method="answerCallbackQuery")
        for status in (400, 401, 403, 409, 500, 502)
    ]
    + [
        Fault(Kind.REFUSE, status=429, retry_after=60, method="answerCallbackQuery"),
        Fault(Kind.CUT, method="answerCallbackQuery"),
        Fault(Kind.CUT, after=True, method="answerCallbackQuery"),
    ],
)
async def test_no_fault_of_a_toast_is_an_error(
    server: FakeTelegram, anna: User, sender: Sender, fault: Fault
) -> None:
    """A lost toast is no harm."""
    query = await pressed(anna, sender)
    server.fault(fault)
    await sender.toast(query, "x")


async def test_a_group_is_told_once_and_left(server: FakeTelegram, sender: Sender) -> None:
    """Also where the bot may not write, or is no longer."""
    server.user(7).adds_bot_to(-5)
    await sender.leave(-5, "Only in private.")
    await sender.leave(-5, "Only in private.")
    assert [one.method for one in server.ledger] == [SEND, "leaveChat", "leaveChat"]
