import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import httpx
import pytest

from bot.messenger.fake import FakeTelegram, Fault, Kind, User
from bot.messenger.request import Line
from bot.messenger.webhook import HEADER, Limits, secret_of
from tests.messenger.conftest import KEY, SECRET, Hook, answers, until, update
from tests.messenger.echo import ASIDE, CARD, Echo, Outage, failing, slow

pytestmark = pytest.mark.anyio

Post = Callable[..., Awaitable[httpx.Response]]
MIB = 1024 * 1024


@pytest.fixture
def anna(server: FakeTelegram) -> User:
    """Somebody who speaks Italian, and whom the bot may write to."""
    return server.user(7, "Anna", "it", has_started=True)


@pytest.fixture
def bruno(server: FakeTelegram) -> User:
    """Somebody else."""
    return server.user(8, "Bruno", "en", has_started=True)


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    """Post something to the bot, with the right secret unless another is given."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:

        async def posted(url: str, body: object, secret: str | None = SECRET) -> httpx.Response:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers = {} if secret is None else {HEADER: secret}
            return await client.post(url, content=content, headers=headers)

        yield posted


async def raw(url: str, *pieces: bytes) -> bytes:
    """Send bytes as they are, and return the first line that comes back."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return (await asyncio.wait_for(reader.readline(), 5)).strip()
    finally:
        writer.close()


def head(*lines: str, secret: str = SECRET) -> bytes:
    """The head of a request; its body is another matter."""
    all_lines = ("POST /telegram HTTP/1.1", "Host: x", f"{HEADER}: {secret}", *lines)
    return "\r\n".join([*all_lines, "", ""]).encode()


# Who may post, and what


def test_the_secret_is_128_bits_of_the_service_and_its_token() -> None:
    """In characters Telegram takes; another token or another service has another one."""
    assert len(bytes.fromhex(SECRET)) == 16
    assert secret_of(KEY, "1:token") == SECRET
    assert len({SECRET, secret_of(KEY, "2:token"), secret_of(b"another", "1:token")}) == 3


WRONG = {
    "none": None,
    "empty": "",
    "wrong": "0" * 32,
    "truncated": SECRET[:-1],
    "longer": SECRET + "0",
    "of an old token": secret_of(KEY, "1:old"),
    "in other letters": SECRET.upper() + "è",
}


@pytest.mark.parametrize("secret", WRONG.values(), ids=WRONG)
async def test_whoever_does_not_know_the_secret_changes_nothing(
    anna: User, echo: Echo, hook: Hook, secret: str | None
) -> None:
    """401, and not a row."""
    async with hook() as bot:
        headers = {} if secret is None else {HEADER: secret.encode("latin-1")}
        async with httpx.AsyncClient(trust_env=False) as client:
            body = json.dumps(update(anna, 1, "ciao")).encode()
            answer = await client.post(bot.url, content=body, headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")
    assert (echo.chats, echo.rows, echo.turned, echo.kept) == ({}, {}, set(), [])


async def test_the_secret_is_looked_at_before_the_body_is_read(hook: Hook) -> None:
    """Nobody gets us to wait for, or to read, what a stranger sends."""
    async with hook() as bot:
        answer = await raw(bot.url, head("Content-Length: 100", secret="guessed"))
    assert answer == b"HTTP/1.1 401 Unauthorized"


async def test_a_body_that_says_it_is_long_is_refused_unread(hook: Hook) -> None:
    """2 MiB: 413 before a byte of it was sent."""
    async with hook() as bot:
        answer = await raw(bot.url, head(f"Content-Length: {2 * MIB}"))
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_body_that_grows_too_long_is_refused_where_it_does(hook: Hook) -> None:
    """In chunks, without a length: the rest is not waited for."""
    async with hook() as bot:
        piece = b"%x\r\n%s\r\n" % (MIB // 2, b" " * (MIB // 2))
        answer = await raw(bot.url, head("Transfer-Encoding: chunked"), piece, piece, b"1\r\n \r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_the_longest_update_there_is_fits(
    anna: User, echo: Echo, hook: Hook, post: Post
) -> None:
    """4,096 characters, each written in twelve bytes, and then some."""
    long = {**update(anna, 1, "👍" * 2048), "of the future": "x" * (MIB // 2)}
    async with hook() as bot:
        assert (await post(bot.url, long)).status_code == 200
    assert echo.heard(7) == ["👍" * 2048]


async def test_a_body_that_does_not_come_is_not_waited_for(hook: Hook) -> None:
    """A connection that says half a sentence is let go."""
    async with hook(Limits(seconds=0.2)) as bot:
        answer = await raw(bot.url, head("Content-Length: 100"), b'{"upd')
    assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"\xff\xfe",
        b"[]",
        b"7",
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": true}',
        b'{"update_id": -1}',
        b'{"update_id": 9223372036854775808}',
        b"[" * 100_000,
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
async def test_what_is_no_update_is_refused(
    echo: Echo, hook: Hook, post: Post, body: bytes
) -> None:
    """400, and nothing happens."""
    async with hook() as bot:
        assert (await post(bot.url, body)).status_code == 400
    assert (echo.chats, echo.kept) == ({}, [])


async def test_an_update_of_a_kind_we_do_not_know_is_taken_and_ignored(
    echo: Echo, hook: Hook, post: Post
) -> None:
    """It must not come again for ever."""
    async with hook() as bot:
        answer = await post(bot.url, {"update_id": 1, "of_the_future": {"id": 7}})
        other = await post(bot.url, {"update_id": 2})
    assert (answer.status_code, other.status_code) == (200, 200)
    assert (echo.chats, echo.kept) == ({}, [])


async def test_only_posts_to_its_own_path_are_heard(hook: Hook, post: Post) -> None:
    """Everything else is not there."""
    async with hook() as bot, httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(bot.url, headers={HEADER: SECRET})).status_code == 405
        assert (await post(f"{bot.url}/x", {"update_id": 1})).status_code == 404


# First store, then acknowledge


async def test_an_update_is_stored_and_answered_before_it_is_acknowledged_P1(
    anna: User, echo: Echo, hook: Hook, post: Post
) -> None:
    """When 200 comes, the reply was sent and marked."""
    async with hook() as bot:
        answer = await post(bot.url, update(anna, 1, "ciao"))
        assert (answer.status_code, answer.content) == (200, b"")
        assert echo.states() == ["sent"]
    assert answers(anna) == ["text: ciao"]


async def test_an_update_that_comes_again_is_acknowledged_and_not_turned_again_P2(
    anna: User, echo: Echo, hook: Hook, post: Post
) -> None:
    """Ten times at once, as after a lost answer."""
    async with hook() as bot:
        posts = (post(bot.url, update(anna, 1, "ciao")) for _ in range(10))
        assert {one.status_code for one in await asyncio.gather(*posts)} == {200}
    assert echo.heard(7) == ["ciao"]
    assert answers(anna) == ["text: ciao"]


async def test_without_the_database_the_update_comes_again_and_is_turned_then_P1(
    anna: User, echo: Echo, hook: Hook, post: Post
) -> None:
    """503, and when to try again: Telegram obeys that, otherwise it waits longer and longer."""
    echo.trouble = failing(Outage(), "")
    async with hook() as bot:
        answer = await post(bot.url, update(anna, 1, "ciao"))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        echo.trouble = lambda _heard: None
        assert (await post(bot.url, update(anna, 1, "ciao"))).status_code == 200
    assert echo.heard(7) == ["ciao"]


async def test_without_the_database_a_cry_gets_the_card_once_P7_R1(
    anna: User, echo: Echo, hook: Hook, post: Post
) -> None:
    """However often the update comes again."""
    echo.trouble = failing(Outage(), "")
    async with hook() as bot:
        for _ in range(3):
            answer = await post(bot.url, update(anna, 1, "she took all the pills"))
            assert answer.status_code == 503
    assert answers(anna) == [CARD]


async def test_an_update_that_cannot_be_turned_is_set_aside_and_acknowledged(
    anna: User, echo: Echo, hook: Hook, post: Post
) -> None:
    """Otherwise it would hold up its chat for a day."""
    echo.trouble = failing(KeyError(), "poison")
    async with hook() as bot:
        assert (await post(bot.url, update(anna, 1, "poison"))).status_code == 200
        assert (await post(bot.url, update(anna, 2, "ciao"))).status_code == 200
    assert answers(anna) == [ASIDE, "text: ciao"]


async def test_a_bot_that_stops_takes_nothing_more_and_finishes_what_it_began_P1(
    anna: User, bruno: User, echo: Echo, hook: Hook, post: Post
) -> None:
    """503 for the next one; the one under way is stored, answered and acknowledged."""
    echo.trouble = slow(0.2, "")
    async with hook() as bot:
        first = asyncio.create_task(post(bot.url, update(anna, 1, "ciao")))
        await until(lambda: bot.hook._open)  # noqa: SLF001 - nobody else knows
        bot.hook.close()
        refused = await post(bot.url, update(bruno, 2, "hello"))
        assert not await bot.hook.finish(0.01)
        assert await bot.hook.finish(5)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert (await first).status_code == 200
    assert (answers(anna), answers(bruno)) == (["text: ciao"], [])


# Order and load


async def test_updates_of_a_chat_at_the_same_moment_are_turned_in_their_order_P5(
    anna: User, bruno: User, echo: Echo, hook: Hook, post: Post
) -> None:
    """A text and a press come over two connections; other chats do not wait."""
    echo.trouble = slow(0.05, "0")
    async with hook() as bot:
        posts = []
        for number in range(10):
            for who, first in ((anna, 100), (bruno, 200)):
                posts.append(post(bot.url, update(who, first + number, f"{number}")))
        tasks = []
        for one in posts:
            tasks.append(asyncio.create_task(one))  # type: ignore[arg-type]
            await asyncio.sleep(0.002)
        assert {one.status_code for one in await asyncio.gather(*tasks)} == {200}
    assert echo.heard(7) == [f"{number}" for number in range(10)]
    assert answers(anna) == answers(bruno) == [f"text: {number}" for number in range(10)]


async def test_a_cry_behind_an_update_that_hangs_gets_the_card_meanwhile_P7_R1(
    anna: User, echo: Echo, hook: Hook, post: Post
) -> None:
    """Its turn must wait for the one before it, its card must not."""
    echo.trouble = slow(0.8, "first")
    async with hook() as bot:
        first = asyncio.create_task(post(bot.url, update(anna, 1, "first")))
        await asyncio.sleep(0.1)
        cry = asyncio.create_task(post(bot.url, update(anna, 2, "she took all the pills")))
        await until(lambda: answers(anna))
        assert answers(anna) == [CARD]
        assert [one.status_code for one in await asyncio.gather(first, cry)] == [200, 200]
    assert answers(anna) == [CARD, "text: first", "text: she took all the pills"]


async def test_too_many_at_once_are_asked_to_come_again_but_never_a_cry_R1(
    server: FakeTelegram, anna: User, echo: Echo, hook: Hook, post: Post
) -> None:
    """Load is bounded; a text that is read as urgent, and SOS, go past the bound."""
    echo.trouble = slow(0.3, "busy")
    others = [server.user(number) for number in range(20, 24)]
    async with hook(Limits(open=3)) as bot:
        busy = [
            asyncio.create_task(post(bot.url, update(who, number, "busy")))  # type: ignore[arg-type]
            for number, who in enumerate(others[:3])
        ]
        await until(lambda: bot.hook._open == 3)  # noqa: SLF001 - nobody else knows
        refused = await post(bot.url, update(others[3], 10, "nice weather"))
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        cries = (
            post(bot.url, update(anna, 11, "the pills")),
            post(bot.url, update(anna, 12, "/sos")),
        )
        assert [one.status_code for one in await asyncio.gather(*cries)] == [200, 200]
        assert {one.status_code for one in await asyncio.gather(*busy)} == {200}
        assert (await post(bot.url, update(others[3], 10, "nice weather"))).status_code == 200
    assert echo.heard(7) == ["the pills", "sos"]


# Telegram at the other end


async def test_what_people_do_is_heard_by_webhook_as_by_polling(
    server: FakeTelegram, bot: Line, anna: User, echo: Echo, hook: Hook
) -> None:
    """Texts, commands, edits, media, presses, blocking and coming back, groups."""
    async with hook() as listening:
        await bot.set_webhook(listening.url, secret_token=SECRET)
        for deed in (
            lambda: anna.says("one"),
            lambda: anna.presses("Yes"),
            lambda: anna.says("/aiuto"),
            lambda: anna.sends("voice"),
            lambda: anna.says("two"),
            lambda: anna.edits("three"),
            anna.blocks,
            anna.unblocks,
            lambda: anna.adds_bot_to(-100),
        ):
            deed()  # type: ignore[no-untyped-call]
            await server.wait_quiet()
    kinds = [(one.kind, one.name or one.text, one.edited) for one in echo.chats[7].heard]
    assert kinds == [
        ("text", "one", False),
        ("button", "yes", False),
        ("command", "sos", False),
        ("media", "voice", False),
        ("text", "two", False),
        ("text", "three", True),
        ("blocked", "", False),
        ("unblocked", "", False),
    ]
    assert server.ledger[-1].method == "leaveChat"


async def test_a_backlog_is_told_once_that_the_bot_was_away_and_every_text_is_read_R1(
    server: FakeTelegram, bot: Line, anna: User, bruno: User, echo: Echo, hook: Hook
) -> None:
    """One by one it comes: the first is answered, a cry is answered, the others are quiet."""
    for text in ("one", "two", "she took all the pills", "four"):
        anna.says(text)
    bruno.says("/start")
    server.advance(3600)
    anna.says("now")
    async with hook() as listening:
        await bot.set_webhook(listening.url, secret_token=SECRET)
        await server.wait_quiet()
    assert answers(anna) == ["I was offline.", CARD, "text: now"]
    assert answers(bruno) == ["command: start"]
    assert echo.caught_up == [1, 1, 1, 1]


async def test_a_second_outage_is_told_again(
    server: FakeTelegram, bot: Line, anna: User, hook: Hook
) -> None:
    """What was said after the first one was told is another backlog."""
    async with hook() as listening:
        for _ in range(2):
            await bot.delete_webhook()
            server.advance(60)
            anna.says("one")
            anna.says("two")
            server.advance(3600)
            await bot.set_webhook(listening.url, secret_token=SECRET)
            await server.wait_quiet()
    assert answers(anna) == ["I was offline.", "I was offline."]


DELIVERIES = {
    "cut before": Fault(Kind.CUT, method="webhook", count=2),
    "answer lost": Fault(Kind.CUT, method="webhook", after=True, count=2),
    "a gateway's 502": Fault(Kind.REFUSE, method="webhook", status=502, count=2),
    "a gateway's 502 after": Fault(Kind.REFUSE, method="webhook", after=True, status=502, count=2),
    "hangs": Fault(Kind.HANG, method="webhook", seconds=0.1, count=2),
    "late": Fault(Kind.SLOW, method="webhook", after=True, seconds=0.1, count=2),
}


@pytest.mark.parametrize("fault", DELIVERIES.values(), ids=DELIVERIES)
async def test_no_fault_of_a_delivery_loses_or_doubles_an_update_P1_P2(
    server: FakeTelegram, bot: Line, anna: User, echo: Echo, hook: Hook, fault: Fault
) -> None:
    """Telegram delivers again until it hears 2xx; the update is turned once."""
    server._backend.webhook.pace = 0.02  # noqa: SLF001 - seconds of back-off are not the point
    async with hook() as listening:
        await bot.set_webhook(listening.url, secret_token=SECRET)
        server.fault(fault)
        anna.says("one")
        anna.says("two")
        await server.wait_quiet()
    assert echo.heard(7) == ["one", "two"]
    assert answers(anna) == ["text: one", "text: two"]


async def test_a_restart_in_the_middle_of_a_rush_loses_and_doubles_nothing_P1_P2(
    server: FakeTelegram, bot: Line, echo: Echo, hook: Hook
) -> None:
    """What was refused while stopping, or met nobody, is delivered to the next process."""
    server._backend.webhook.pace = 0.02  # noqa: SLF001 - seconds of back-off are not the point
    echo.trouble = slow(0.01, "")
    people = [server.user(number, "Somebody") for number in range(20, 50)]
    async with hook() as listening:
        await bot.set_webhook(listening.url, secret_token=SECRET)
        for one in people:
            one.says("before")
        await until(lambda: len(echo.turned) > 3)
        since = time.monotonic()
    assert time.monotonic() - since < 5
    async with hook() as listening:
        await bot.set_webhook(listening.url, secret_token=SECRET)
        await server.wait_quiet()
    assert [answers(one) for one in people] == [["text: before"]] * 30
