from collections import Counter

import pytest

from bot.messenger.fake import FakeTelegram, Fault, Kind
from bot.messenger.identity import Command, Profile, forget_menu, introduce, show_menu
from bot.messenger.request import Line

pytestmark = pytest.mark.anyio

PARTNER = (Command("menu", "Start page"), Command("sos", "Help now"))
THERAPIST = (Command("cases", "Your cases"),)
PROFILES = {
    "": Profile("Accanto", "A bot.", "Not for emergencies: 112", PARTNER),
    "it": Profile("Accanto", "Un bot.", "Non per le emergenze: 112", (Command("menu", "Inizio"),)),
}


def changes(server: FakeTelegram) -> Counter[str]:
    """How often each method changed something."""
    return Counter(one.method for one in server.ledger)


async def test_names_texts_and_menus_are_set_in_every_language(
    server: FakeTelegram, bot: Line
) -> None:
    """For everybody, and again for those whose Telegram speaks Italian."""
    assert await introduce(bot, PROFILES)
    assert (await bot.get_my_name()).name == "Accanto"
    assert (await bot.get_my_description(language_code="it")).description == "Un bot."
    short = await bot.get_my_short_description(language_code="en")
    assert short.short_description == ""
    assert server.user(7, language_code="it").menu() == ["menu"]
    assert server.user(8, language_code="de").menu() == ["menu", "sos"]


async def test_a_second_start_changes_nothing(server: FakeTelegram, bot: Line) -> None:
    """Telegram allows few changes a day, so what is right is left alone."""
    await introduce(bot, PROFILES)
    before = changes(server)
    assert await introduce(bot, PROFILES)
    assert changes(server) == before


async def test_only_what_differs_is_set(server: FakeTelegram, bot: Line) -> None:
    """One new sentence is one call."""
    await introduce(bot, PROFILES)
    before = changes(server)
    changed = {**PROFILES, "it": Profile("Accanto", "Un bot.", "Nuovo", PROFILES["it"].commands)}
    await introduce(bot, changed)
    assert changes(server) - before == {"setMyShortDescription": 1}


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 502])
async def test_what_is_refused_is_survived(server: FakeTelegram, bot: Line, status: int) -> None:
    """A bot without a description still helps; that not all was taken is told."""
    server.fault(Fault(Kind.REFUSE, status=status, retry_after=60, method="setMyDescription"))
    assert not await introduce(bot, PROFILES)
    assert (await bot.get_my_name()).name == "Accanto"
    assert server.user(7, language_code="it").menu() == ["menu"]


async def test_a_server_that_knows_none_of_it_is_survived(server: FakeTelegram, bot: Line) -> None:
    """Nothing is raised, whatever it answers."""
    for method in ("getMyName", "getMyCommands", "getChatMenuButton", "setMyShortDescription"):
        server.fault(Fault(Kind.REFUSE, status=404, method=method, count=None))
    assert not await introduce(bot, PROFILES)


async def test_a_chat_gets_the_menu_of_its_role(server: FakeTelegram, bot: Line) -> None:
    """And loses it again with the role."""
    anna = server.user(7, "Anna", "it", has_started=True)
    await introduce(bot, PROFILES)
    assert await show_menu(bot, 7, THERAPIST)
    assert anna.menu() == ["cases"]
    assert await forget_menu(bot, 7)
    assert anna.menu() == ["menu"]


async def test_a_menu_for_a_chat_that_is_not_there_is_survived(bot: Line) -> None:
    """Whoever deleted their account needs no menu."""
    assert not await show_menu(bot, 99, THERAPIST)
