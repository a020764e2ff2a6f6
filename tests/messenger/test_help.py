import asyncio
import time

import pytest

from bot.messenger.fake import FakeTelegram, Fault, Kind, User
from tests.messenger.conftest import Start, answers, unreadable, until
from tests.messenger.echo import ASIDE, CARD, Echo, Outage, failing, slow

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("error", [KeyError(), Outage()], ids=["poison", "outage"])
async def test_a_cry_for_help_gets_the_card_although_its_turn_fails_P7_R1(
    server: FakeTelegram, anna: User, echo: Echo, start: Start, error: Exception
) -> None:
    """Once a message, however often it is tried and however often it comes again."""
    echo.trouble = failing(error, "pills")
    anna.says("she took all the pills")
    async with start():
        await asyncio.sleep(0.6)
        assert answers(anna).count(CARD) == 1
        echo.trouble = lambda _heard: None
        await server.wait_quiet()
    assert answers(anna)[0] == CARD
    assert answers(anna).count(CARD) == 1


async def test_sos_gets_the_card_although_its_turn_fails_P7(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """The button needs neither database nor content."""
    async with start():
        anna.says("ciao")
        await server.wait_quiet()

        def away(heard: object) -> None:
            raise Outage(heard)

        echo.trouble = away
        anna.presses("SOS")
        await until(lambda: CARD in answers(anna))
        echo.trouble = lambda _heard: None
        await server.wait_quiet()
    assert answers(anna) == ["You chose SOS", CARD, "button: sos"]


async def test_a_cry_behind_an_update_that_has_to_wait_gets_the_card_at_once_P7_R1(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """Its turn must wait for the one before it, its card must not."""
    echo.trouble = failing(Outage(), "first")
    anna.says("first")
    anna.says("she took all the pills")
    async with start():
        await until(lambda: answers(anna))
        assert answers(anna) == [CARD]
        echo.trouble = lambda _heard: None
        await server.wait_quiet()
    assert answers(anna) == [CARD, "text: first", "text: she took all the pills"]


async def test_a_cry_whose_turn_hangs_gets_the_card_meanwhile_P7_R1(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """A locked database keeps nobody waiting who cannot wait; an ordinary text gets no card."""
    echo.trouble = slow(0.6, "")
    anna.says("she took all the pills")
    async with start():
        since = time.monotonic()
        await until(lambda: answers(anna))
        assert time.monotonic() - since < 0.55
        await server.wait_quiet()
        anna.says("nice weather")
        await server.wait_quiet()
    assert answers(anna) == [CARD, "text: she took all the pills", "text: nice weather"]


async def test_the_card_is_tried_again_when_telegram_stumbles_P7(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """Rather twice than not at all."""
    echo.trouble = failing(KeyError(), "pills")
    server.fault(Fault(Kind.CUT, method="sendMessage", count=2))
    anna.says("pills")
    async with start():
        await server.wait_quiet()
    assert CARD in answers(anna)


async def test_an_update_the_library_cannot_read_is_still_read_for_help_P7_R1(
    server: FakeTelegram, anna: User, start: Start
) -> None:
    """The library stumbles; the card comes all the same."""
    anna.says("ciao")
    async with start() as running:
        await server.wait_quiet()
        await running.reception.take([unreadable(anna, 1, "he took the pills")])
        await server.wait_quiet()
    assert answers(anna) == ["text: ciao", CARD, ASIDE]


async def test_the_card_too_waits_as_long_as_telegram_says(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """Trying earlier would only make the pause longer."""
    echo.trouble = failing(Outage(), "pills")
    server.fault(Fault(Kind.REFUSE, status=429, retry_after=1, method="sendMessage"))
    anna.says("pills")
    async with start():
        await until(lambda: CARD in answers(anna))
        echo.trouble = lambda _heard: None
        await server.wait_quiet()
    told, card, _reply = (one for one in server.attempts if one.method == "sendMessage")
    assert (told.retry_after, card.status) == (1, 200)
    assert card.monotonic - told.monotonic >= 1


async def test_the_card_is_not_pressed_on_somebody_who_blocked_the_bot(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """One call after a 403; the next message of theirs is another matter."""
    echo.trouble = failing(Outage(), "pills")
    server.fault(Fault(Kind.REFUSE, status=403, method="sendMessage"))
    anna.says("pills")
    async with start():
        await until(lambda: "sendMessage" in [one.method for one in server.attempts])
        echo.trouble = lambda _heard: None
        await server.wait_quiet()
    assert CARD not in answers(anna)
