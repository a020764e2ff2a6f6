import asyncio
import time

import pytest

from bot.messenger.fake import FakeTelegram
from tests.messenger.fake.conftest import Api

pytestmark = pytest.mark.anyio


async def texts(api: Api, **params: object) -> list[str]:
    """Return the texts of the messages that a call of getUpdates brings."""
    status, answer = await api("getUpdates", **params)
    assert status == 200, answer
    return [one["message"]["text"] for one in answer["result"]]


async def test_the_offset_acknowledges_what_lies_before_it(server: FakeTelegram, api: Api) -> None:
    """Without it the same updates come again; a limit takes the first ones."""
    anna = server.user(7)
    for text in ("uno", "due", "tre"):
        anna.says(text)
    first = (await api("getUpdates"))[1]["result"][0]["update_id"]
    assert await texts(api, limit=2) == ["uno", "due"]
    assert server.pending() == 3
    assert await texts(api, offset=first + 1) == ["due", "tre"]
    assert await texts(api, offset=-1) == ["tre"]
    assert await texts(api, offset=first + 3) == []
    assert server.pending() == 0


async def test_a_long_poll_ends_with_the_first_news_or_in_time(
    server: FakeTelegram, api: Api
) -> None:
    """It does not wait its whole time when something happens."""
    poll = asyncio.create_task(texts(api, timeout=30))
    await asyncio.sleep(0.05)
    server.user(7).says("Ciao")
    assert await asyncio.wait_for(poll, 5) == ["Ciao"]
    last = (await api("getUpdates"))[1]["result"][-1]["update_id"]
    began = time.monotonic()
    assert await texts(api, offset=last + 1, timeout=1) == []
    assert 0.9 < time.monotonic() - began < 3


async def test_a_second_poller_ends_the_first_with_409(server: FakeTelegram, api: Api) -> None:
    """As Telegram does it: the newer long poll stays."""
    first = asyncio.create_task(api("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(api("getUpdates", timeout=30))
    status, answer = await asyncio.wait_for(first, 5)
    assert status == 409
    assert answer["description"] == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    server.user(7).says("Ciao")
    assert len((await asyncio.wait_for(second, 5))[1]["result"]) == 1


async def test_only_kinds_the_bot_asked_for_are_queued(server: FakeTelegram, api: Api) -> None:
    """What is not wanted when it happens never comes; silence keeps the choice."""
    anna = server.user(7)
    await api("getUpdates", allowed_updates=["callback_query", "edited_message"])
    anna.says("Ciao")
    await api("getUpdates")
    anna.edits("Ciao a tutti")
    anna.blocks()
    updates = (await api("getUpdates", allowed_updates=[]))[1]["result"]
    assert [list(one)[1] for one in updates] == ["edited_message"]
    anna.unblocks()
    assert [list(one)[1] for one in (await api("getUpdates"))[1]["result"]][-1] == "my_chat_member"


async def test_presses_wait_150_seconds_and_messages_a_day(server: FakeTelegram, api: Api) -> None:
    """By the fake clock; afterwards nobody hears of them."""
    anna = server.user(7, has_started=True)
    button = {"inline_keyboard": [[{"text": "Sì", "callback_data": "yes"}]]}
    await api("sendMessage", chat_id=7, text="Vuoi?", reply_markup=button)
    anna.presses("Sì")
    anna.says("Ciao")
    assert len((await api("getUpdates"))[1]["result"]) == 2
    server.advance(150)
    assert await texts(api) == ["Ciao"]
    server.advance(24 * 3600)
    assert await texts(api) == []


async def test_updates_can_come_twice(server: FakeTelegram, api: Api) -> None:
    """Under one id, as after an acknowledgement that got lost."""
    server.duplicate(3)
    server.user(7).says("Ciao")
    updates = (await api("getUpdates"))[1]["result"]
    assert len(updates) == 3
    assert len({one["update_id"] for one in updates}) == 1
    await api("getUpdates", offset=updates[0]["update_id"] + 1)
    assert server.pending() == 0


async def test_acknowledged_updates_can_come_again(server: FakeTelegram, api: Api) -> None:
    """Once, even to a poller that is far beyond them, even a day later."""
    anna = server.user(7)
    for text in ("uno", "due"):
        anna.says(text)
    last = (await api("getUpdates"))[1]["result"][-1]["update_id"]
    assert await texts(api, offset=last + 1) == []
    server.advance(23 * 3600)
    assert server.again([last]) == 1
    assert await texts(api, offset=last + 1) == ["due"]
    assert await texts(api, offset=last + 1) == []
    assert server.again() == 2
    assert await texts(api, offset=last + 1) == ["uno", "due"]


async def test_held_updates_come_in_disorder_inside_their_window(
    server: FakeTelegram, api: Api
) -> None:
    """Ids rise in the new order: the bot cannot tell; nothing is lost."""
    anna = server.user(7)
    server.hold()
    said = [str(number) for number in range(30)]
    for text in said:
        anna.says(text)
    assert (await texts(api), server.pending()) == ([], 30)
    assert server.release(window=10) == 30
    updates = (await api("getUpdates"))[1]["result"]
    assert [one["update_id"] for one in updates] == sorted(one["update_id"] for one in updates)
    heard = [one["message"]["text"] for one in updates]
    assert heard != said
    for start in (0, 10, 20):
        assert sorted(heard[start : start + 10], key=int) == said[start : start + 10]


async def test_ids_can_start_anew_below_the_offset(server: FakeTelegram, api: Api) -> None:
    """As after a quiet week: an offset far beyond the last id acknowledges nothing."""
    anna = server.user(7)
    anna.says("uno")
    offset = (await api("getUpdates"))[1]["result"][-1]["update_id"] + 1
    assert await texts(api, offset=offset) == []
    server.renumber(1000)
    anna.says("due")
    updates = (await api("getUpdates", offset=offset))[1]["result"]
    assert [(one["update_id"], one["message"]["text"]) for one in updates] == [(1000, "due")]
    assert await texts(api, offset=offset) == ["due"]
    assert await texts(api, offset=1001) == []


async def test_the_bot_may_drop_what_waits(server: FakeTelegram, api: Api) -> None:
    """Only when it says so."""
    server.user(7).says("Ciao")
    await api("deleteWebhook")
    assert server.pending() == 1
    await api("deleteWebhook", drop_pending_updates=True)
    assert server.pending() == 0


async def test_a_bot_that_logged_out_is_served_again_after_ten_minutes(
    server: FakeTelegram, api: Api
) -> None:
    """By the fake clock; closing alone shuts nothing."""
    assert (await api("close"))[0] == (await api("getMe"))[0] == 200
    assert (await api("logOut"))[0] == 200
    status, answer = await api("getMe")
    assert (status, answer["description"]) == (400, "Logged out")
    server.advance(600)
    assert (await api("getMe"))[0] == 200
