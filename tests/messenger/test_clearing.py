import pytest

from bot.messenger.fake import FakeTelegram, Fault, Kind, User
from bot.messenger.sender import Outcome, Refused, Sender, Sent, Unclear, Wait
from bot.services.heard import Outgoing

pytestmark = pytest.mark.anyio

MANY = 205
TOO_OLD = 49 * 3600  # seconds


@pytest.fixture
def anna(server: FakeTelegram) -> User:
    """Somebody who speaks Italian."""
    return server.user(7, "Anna", "it", has_started=True)


async def _said(sender: Sender, number: int) -> tuple[int, ...]:
    """Say so many things; return the numbers of the messages."""
    sent = [await sender.send(7, Outgoing("send", f"n. {one}")) for one in range(number)]
    return tuple(one.message_id or 0 for one in sent if isinstance(one, Sent))


async def test_all_that_was_said_goes_a_hundred_at_a_time(
    server: FakeTelegram, anna: User, sender: Sender
) -> None:
    """What the person wrote stays."""
    anna.says("ciao")
    numbers = tuple(range(500, 500 + MANY))  # gone already: skipped
    first = await _said(sender, 3)
    assert await sender.send(7, Outgoing("clear", "", messages=(*numbers, *first))) == Sent(None)
    assert [shown.text for shown in anna.sees()] == ["ciao"]
    calls = [one.method for one in server.attempts[3:]]
    assert calls == ["unpinAllChatMessages", "deleteMessages", "deleteMessages", "deleteMessages"]


async def test_what_is_too_old_does_not_hold_up_the_rest(
    server: FakeTelegram, anna: User, sender: Sender
) -> None:
    """Telegram refuses the whole hundred because of one: then each goes by itself."""
    old = await _said(sender, 2)
    server.advance(TOO_OLD)
    new = await _said(sender, 2)
    assert await sender.send(7, Outgoing("clear", "", messages=(*old, *new))) == Sent(None)
    assert [shown.text for shown in anna.sees()] == ["n. 0", "n. 1"]


async def test_a_pinned_card_is_unpinned_and_gone(
    server: FakeTelegram, anna: User, sender: Sender
) -> None:
    """In discreet mode it is only unpinned."""
    (card,) = await _said(sender, 1)
    await sender._bot.pin_chat_message(7, card)  # noqa: SLF001 - nothing else here pins
    assert await sender.send(7, Outgoing("unpin", "")) == Sent(None)
    assert server.attempts[-1].method == "unpinAllChatMessages"
    assert len(anna.sees()) == 1


@pytest.mark.parametrize("method", ["unpinAllChatMessages", "deleteMessages"])
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(Kind.REFUSE, status=429, retry_after=7), Wait(7)),
        (Fault(Kind.REFUSE, status=403), Refused(blocked=True)),
        (Fault(Kind.REFUSE, status=502), Unclear()),
        (Fault(Kind.CUT), Unclear()),
        (Fault(Kind.CUT, after=True), Unclear()),
    ],
    ids=["429", "blocked", "502", "cut", "answer lost"],
)
async def test_a_fault_in_between_leaves_it_to_be_tried_again(
    server: FakeTelegram, anna: User, sender: Sender, method: str, fault: Fault, outcome: Outcome
) -> None:
    """The second time all of it goes; what was gone already is no harm."""
    numbers = await _said(sender, 3)
    server.fault(Fault(**{**_as_kwargs(fault), "method": method}))
    clearing = Outgoing("clear", "", messages=numbers)
    assert await sender.send(7, clearing) == outcome
    if not isinstance(outcome, Refused):
        server.advance(10)
        assert await sender.send(7, clearing) == Sent(None)
        assert anna.sees() == []


async def test_a_429_among_single_deletions_is_waited_for(
    server: FakeTelegram, anna: User, sender: Sender
) -> None:
    """And the one that was refused for good is not asked for ever."""
    old = await _said(sender, 1)
    server.advance(TOO_OLD)
    new = await _said(sender, 2)
    server.fault(Fault(Kind.REFUSE, status=429, retry_after=3, method="deleteMessage"))
    clearing = Outgoing("clear", "", messages=(*new, *old))
    assert await sender.send(7, clearing) == Wait(3)
    server.advance(4)
    assert await sender.send(7, clearing) == Sent(None)
    assert [shown.text for shown in anna.sees()] == ["n. 0"]


def _as_kwargs(fault: Fault) -> dict[str, object]:
    return {name: getattr(fault, name) for name in fault.__slots__}
