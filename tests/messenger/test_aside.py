import asyncio

import pytest

from bot.messenger.fake import FakeTelegram, User
from tests.messenger.conftest import Start, answers, unreadable, update
from tests.messenger.echo import ASIDE, Echo, Outage, failing

pytestmark = pytest.mark.anyio


async def test_a_poison_update_is_tried_three_times_and_set_aside_P1(
    server: FakeTelegram, anna: User, bruno: User, echo: Echo, start: Start
) -> None:
    """The person is told kindly; later messages and other people are served as ever."""
    tries = []

    def poison(heard: object) -> None:
        if "poison" in str(heard):
            tries.append(heard)
            raise KeyError("segreto")

    echo.trouble = poison
    anna.says("poison")
    anna.says("after it")
    bruno.says("hello")
    async with start():
        await server.wait_quiet()
    assert len(tries) == 3
    assert ['"text": "poison"' in one for one in echo.kept] == [True]
    assert echo.kinds == ["KeyError"]
    assert answers(anna) == [ASIDE, "text: after it"]
    assert answers(bruno) == ["text: hello"]


async def test_what_fails_twice_is_turned_the_third_time(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """And nothing is set aside."""
    echo.trouble = failing(KeyError(), "ciao", times=2)
    anna.says("ciao")
    async with start():
        await server.wait_quiet()
    assert (answers(anna), echo.kept) == (["text: ciao"], [])


async def test_the_press_of_a_poison_button_does_not_spin_for_ever(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """It is answered, though with nothing to say."""
    async with start():
        anna.says("ciao")
        await server.wait_quiet()

        def poison(heard: object) -> None:
            raise KeyError(heard)

        echo.trouble = poison
        anna.presses("Yes")
        await server.wait_quiet()
    assert server.ledger[-2].method == "answerCallbackQuery"
    assert answers(anna)[-1] == ASIDE


async def test_an_outage_acknowledges_nothing_and_loses_nothing_P1(
    server: FakeTelegram, anna: User, bruno: User, echo: Echo, start: Start
) -> None:
    """While the database is away updates wait at Telegram; then they are turned in order."""
    echo.trouble = failing(Outage(), "a1")
    for text in ("a0", "a1", "a2"):
        anna.says(text)
    bruno.says("b0")
    async with start():
        await asyncio.sleep(0.5)
        assert echo.heard(7) == ["a0"]
        assert echo.heard(8) == ["b0"]
        assert server.pending() >= 2
        echo.trouble = lambda _heard: None
        await server.wait_quiet()
    assert echo.heard(7) == ["a0", "a1", "a2"]
    assert answers(anna) == ["text: a0", "text: a1", "text: a2"]
    assert (answers(bruno), echo.kept) == (["text: b0"], [])


async def test_what_cannot_even_be_set_aside_comes_again_P1(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """Acknowledged means kept, one way or the other."""
    echo.trouble = failing(KeyError(), "poison")

    def fail() -> None:
        raise OSError("disk full")

    echo.marking = fail
    anna.says("poison")
    async with start():
        await asyncio.sleep(0.3)
        assert server.pending() == 1
        echo.marking = lambda: None
        await server.wait_quiet()
    assert len(echo.kept) == 1
    assert answers(anna) == [ASIDE]


async def test_an_update_the_library_cannot_read_is_set_aside_and_the_others_go_on_P1(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """One strange field does not take the rest of the batch with it."""
    bruno = server.user(8, "Bruno", has_started=True)
    hello = update(bruno, 2, "hello")
    anna.says("ciao")
    async with start() as running:
        await server.wait_quiet()
        again = await running.reception.take([unreadable(anna, 1, "strange"), hello])
        await server.wait_quiet()
    assert again == frozenset()
    assert ["strange" in one for one in echo.kept] == [True]
    assert answers(anna) == ["text: ciao", ASIDE]
    assert answers(bruno) == ["text: hello"]


async def test_all_that_waits_behind_an_outage_comes_again_P1(
    server: FakeTelegram, anna: User, echo: Echo, start: Start
) -> None:
    """Numbers may come in any order, so each of them is named."""
    bruno = server.user(8, "Bruno", has_started=True)
    echo.trouble = failing(Outage(), "first")
    async with start() as running:
        batch = [update(anna, 9, "first"), update(bruno, 7, "hello"), update(anna, 5, "second")]
        again = await running.reception.take(batch)
    assert again == {9, 5}
    assert echo.heard(7) == []
    assert echo.heard(8) == ["hello"]
