"""Files on their way out, over HTTP to the fake Telegram."""

import pytest

from bot.messenger.fake import FakeTelegram, Fault, Kind, User
from bot.messenger.sender import Refused, Sender, Sent
from bot.services.attaching import qr_code
from bot.services.heard import Attachment, Outgoing

pytestmark = pytest.mark.anyio

PICTURE = qr_code("https://t.me/accanto_bot?start=abcdefghijklmnopqrstuv")
DATA = Attachment("data.json", "application/json", "e30=")


@pytest.fixture
def anna(server: FakeTelegram) -> User:
    """Somebody who speaks Italian."""
    return server.user(7, "Anna", "it", has_started=True)


async def test_a_picture_goes_out_as_a_photo_with_its_caption(
    server: FakeTelegram, anna: User, sender: Sender
) -> None:
    """Styled like any message, and with a name that says nothing (P10)."""
    message = Outgoing("send", "Codice AB", (("bold", 7, 2),), file=PICTURE)
    assert await sender.send(7, message) == Sent(1)
    assert [entry.method for entry in server.ledger] == ["sendPhoto"]
    [shown] = anna.sees()
    assert (shown.kind, shown.text) == ("photo", "Codice AB")
    assert shown.entities == ({"type": "bold", "offset": 7, "length": 2},)
    assert shown.file_id


async def test_any_other_file_goes_out_as_a_document(anna: User, sender: Sender) -> None:
    """With the name it was given, and quietly if it is to be quiet."""
    assert await sender.send(7, Outgoing("send", "", file=DATA, quiet=True)) == Sent(1)
    [shown] = anna.sees()
    assert (shown.kind, shown.text, shown.file_name) == ("document", "", "data.json")
    assert shown.is_silent


async def test_a_file_that_is_refused_is_refused_like_a_text(
    server: FakeTelegram, anna: User, sender: Sender
) -> None:
    """Whoever blocked the bot gets no pictures either."""
    server.fault(Fault(Kind.REFUSE, method="sendPhoto", status=403))
    assert await sender.send(7, Outgoing("send", "x", file=PICTURE)) == Refused(blocked=True)
    assert anna.sees() == []
