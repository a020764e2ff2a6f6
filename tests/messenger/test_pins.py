"""The pinned card: one at a time, without a sound, and taken down with its words."""

import pytest

from bot.messenger.fake import FakeTelegram, Fault, Kind, User
from bot.messenger.request import Line
from bot.messenger.sender import Refused, Sender, Sent
from bot.services.heard import Outgoing

pytestmark = pytest.mark.anyio

CARD = Outgoing("send", "Il mio piano", pins=True)


@pytest.fixture
def anna(server: FakeTelegram) -> User:
    """Somebody who has written to the bot."""
    return server.user(7, "Anna", "it", has_started=True)


async def _pinned(bot: Line) -> str:
    """What stands at the top of Anna's chat."""
    chat = await bot.get_chat(7)
    return (chat.pinned_message.text or "") if chat.pinned_message else ""


async def test_M05_a_card_is_pinned_in_the_place_of_the_one_before(
    server: FakeTelegram, anna: User, bot: Line, sender: Sender
) -> None:
    """The older one stays in the chat, unpinned; nobody's telephone rings for it."""
    assert await sender.send(7, CARD) == Sent(1)
    newer = Outgoing("send", "Il mio piano, nuovo", pins=True, unpins=1)
    assert await sender.send(7, newer) == Sent(2)
    assert await _pinned(bot) == "Il mio piano, nuovo"
    calls = [call.method for call in server.attempts]
    assert calls == [
        *("sendMessage", "pinChatMessage"),
        *("sendMessage", "unpinChatMessage", "pinChatMessage", "getChat"),
    ]
    await sender.send(7, Outgoing("unpin", "", message_id=2))
    assert await _pinned(bot) == ""
    assert len(anna.sees()) == 2


async def test_P8_a_card_that_may_not_be_read_is_taken_down_with_its_words(
    anna: User, bot: Line, sender: Sender
) -> None:
    """Unpinned alone it could still be read."""
    await sender.send(7, CARD)
    assert await sender.send(7, Outgoing("unpin", "Non è più qui.", message_id=1)) == Sent(None)
    assert await _pinned(bot) == ""
    assert [shown.text for shown in anna.sees()] == ["Non è più qui."]


@pytest.mark.parametrize("status", [400, 403, 500])
async def test_a_refused_pin_never_hurts(
    server: FakeTelegram, anna: User, sender: Sender, status: int
) -> None:
    """The card has arrived, and that is what counts."""
    server.fault(Fault(Kind.REFUSE, status=status, method="pinChatMessage"))
    assert await sender.send(7, CARD) == Sent(1)
    assert len(anna.sees()) == 1


async def test_a_card_that_is_gone_is_down_already(anna: User, sender: Sender) -> None:
    """Deleted by the person, or never there; someone who blocks the bot is noted."""
    assert anna.sees() == []
    assert await sender.send(7, Outgoing("unpin", "Non è più qui.", message_id=99)) == Sent(None)
    anna.blocks()
    gone = await sender.send(7, Outgoing("unpin", "Non è più qui.", message_id=99))
    assert gone == Refused(blocked=True)
