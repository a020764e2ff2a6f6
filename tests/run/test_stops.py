"""What an operator does or meets: SIGTERM, an outage, a locked database, changed content."""

import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from bot.messenger.fake import FakeTelegram, ThreadedFakeTelegram, User
from bot.safety.fallback import FALLBACK
from bot.services.parts import Parts
from tests.parts import FILE, KEYS, parts_in, read_nothing
from tests.run.observed import open_work
from tests.run.process import Bot, by_webhook, settings

MANY = 25
AT_ONCE = 1.5
"""Seconds, the way there and back and a busy machine among them."""


both_ways = pytest.mark.parametrize(
    "webhook",
    [False, pytest.param(True, marks=pytest.mark.soak)],
    ids=["polling", "webhook"],
)


@contextmanager
def running(
    folder: Path, content: Path, **different: str
) -> Iterator[tuple[ThreadedFakeTelegram, Bot, Parts]]:
    """Give a bot that has just been started, with settings that are different."""
    with (
        FakeTelegram.in_thread() as server,
        parts_in(folder, read_nothing) as parts,
        Bot(settings(server, folder / FILE, content) | different, folder / "bot.log") as bot,
    ):
        bot.start()
        yield server, bot, parts


def way(*, webhook: bool) -> dict[str, str]:
    """Return the settings of a way to get updates."""
    return by_webhook() if webhook else {}


@both_ways
def test_P1_P4_a_deploy_in_the_middle_of_a_rush_loses_and_repeats_nothing(
    tmp_path: Path, light_content: Path, *, webhook: bool
) -> None:
    """SIGTERM while twenty-five people press Start: exit 0, and the next process does the rest."""
    with running(tmp_path, light_content, **way(webhook=webhook)) as (server, bot, parts):
        people = [server.user(n, "Somebody", "it") for n in range(1, MANY + 1)]
        people[0].starts()
        bot.wait_until(lambda: not server.pending())
        for one in people[1:]:
            one.starts()
        bot.wait_until(lambda: len(said(server)) > MANY)
        assert bot.stop(within=10) == 0, bot.logged()
        bot.start()
        bot.wait_until(lambda: not server.pending() and not open_work(parts, server.now()))
        assert Counter(said(server)) == dict.fromkeys(range(1, MANY + 1), 2)
        assert bot.stop() == 0


def said(server: ThreadedFakeTelegram) -> list[int]:
    """In which chats something was said."""
    return [entry.chat_id or 0 for entry in server.ledger if entry.method == "sendMessage"]


def test_a_bot_that_is_stopped_while_it_starts_ends_in_order(
    tmp_path: Path, light_content: Path
) -> None:
    """SIGTERM before it has read its content: exit 0 all the same, and nothing said."""
    with running(tmp_path, light_content) as (server, bot, _):
        assert bot.stop() == 0, bot.logged()
        assert "running" not in bot.logged()
        assert said(server) == []


@pytest.mark.soak
def test_health_and_figures_are_served_and_hold_nothing_personal_P10(
    tmp_path: Path, light_content: Path
) -> None:
    """With polling, too, where the setting names a place; after a conversation, as figures."""
    place = by_webhook()["ACCANTO_LISTEN"]
    with running(tmp_path, light_content, ACCANTO_LISTEN=place) as (server, bot, parts):
        anna = server.user(4_815_162_342, "Annalisa", "it")
        anna.starts()
        bot.wait_until(lambda: not server.pending() and not open_work(parts, server.now()))
        well = httpx.get(f"http://{place}/healthz", trust_env=False)
        page = httpx.get(f"http://{place}/metrics", trust_env=False).text
        assert (well.status_code, well.json()) == (200, {"database": True, "ticker": True})
        assert 'accanto_updates_total{outcome="turned"} 1.0' in page
        assert 'accanto_messages_total{outcome="sent"} 2.0' in page
        assert "accanto_replies_unsent 0.0" in page
        for secret in ("4815162342", "Annalisa", server.token, KEYS):
            assert secret not in page
        assert httpx.post(f"http://{place}/telegram", trust_env=False).status_code == 404
        assert bot.stop() == 0


@both_ways
@pytest.mark.parametrize("known", [True, False], ids=["known", "stranger"])
def test_P7_sos_is_answered_while_the_database_is_locked(
    tmp_path: Path, light_content: Path, *, webhook: bool, known: bool
) -> None:
    """The card comes from memory; once the lock is gone the call is turned like any other.

    Whoever wrote since the bot started gets the one with the numbers of their country.
    """
    with running(tmp_path, light_content, **way(webhook=webhook)) as (server, bot, _):
        anna = server.user(7, "Anna", "it")
        server.user(8, "Bruno", "it").starts()
        if known:
            anna.starts()
        bot.wait_until(lambda: not server.pending())
        with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            since = time.monotonic()
            anna.says("/sos")
            bot.wait_until(lambda: anna.sees()[-1].is_from_bot, within=6)
            assert time.monotonic() - since < AT_ONCE
            card = anna.sees()[-1]
            if known:
                assert card.text.startswith("Pericolo ora: chiama 112")
                assert card.labels == ["Altri numeri", "Scrivere, non dire", "SOS", "Menu"]
            else:
                assert card.text == FALLBACK["it"]
            other.execute("ROLLBACK")
        bot.wait_until(lambda: "C'è pericolo ora" in anna.sees()[-1].labels)
        assert anna.sees()[-1].labels[-2:] == ["SOS", "Menu"]
        assert bot.stop() == 0


@pytest.mark.soak
def test_P7_after_a_kill_in_red_the_card_stands_and_the_way_out_goes_on(
    tmp_path: Path, light_content: Path
) -> None:
    """Killed in CHECK, in RED and on the way out; each time the next message meets its answer."""
    with running(tmp_path, light_content) as (server, bot, parts):
        anna = server.user(7, "Anna", "it")

        def meets(act: Callable[[], object], first: str) -> None:
            bot.kill()
            before = len(anna.sees())
            act()
            bot.start()
            bot.wait_until(lambda: _told(anna, before, first))
            bot.wait_until(lambda: not server.pending() and not open_work(parts, server.now()))

        anna.starts()
        anna.says("/sos")
        bot.wait_until(lambda: any("pericolo ora" in label for label in anna.sees()[-1].labels))
        anna.presses("C'è pericolo ora")
        bot.wait_until(lambda: "Siamo al sicuro" in anna.sees()[-1].labels)
        meets(lambda: anna.says("non so che fare"), "Pericolo ora: chiama 112")
        meets(lambda: anna.says("/start"), "Pericolo ora: chiama 112")
        anna.presses("Siamo al sicuro")
        bot.wait_until(lambda: "In pericolo" in anna.sees()[-1].labels)
        meets(lambda: anna.says("eccomi"), "Come va la sicurezza adesso?")
        anna.presses("Al sicuro")
        bot.wait_until(lambda: not server.pending())
        meets(
            lambda: anna.says("nel biglietto ci sono parole di addio"),
            "Te lo chiedo in modo diretto",
        )
        meets(lambda: anna.says("/menu"), "Te lo chiedo in modo diretto")
        assert bot.stop() == 0


def _told(one: User, before: int, first: str) -> bool:
    return any(m.is_from_bot and m.text.startswith(first) for m in one.sees()[before:])


@both_ways
def test_P1_what_people_do_while_the_bot_is_away_is_answered_when_it_is_back(
    tmp_path: Path, light_content: Path, *, webhook: bool
) -> None:
    """A backlog gets one apology and the step where the person stands."""
    with running(tmp_path, light_content, **way(webhook=webhook)) as (server, bot, _):
        anna = server.user(7, "Anna", "it")
        anna.starts()
        bot.wait_until(lambda: not server.pending())
        bot.kill()
        anna.says("ci sei?")
        anna.says("ciao?")
        server.advance(3600)
        before = len(server.ledger)
        bot.start()
        bot.wait_until(lambda: not server.pending())
        sorry, step = [e.payload["text"] for e in server.ledger[before:] if e.chat_id == 7]
        assert sorry.startswith("Per un po' non ho potuto rispondere")
        assert step == anna.sees()[-1].text


def test_broken_content_never_takes_down_a_running_bot(tmp_path: Path, light_content: Path) -> None:
    """Cut off in the middle it is refused, and the old words stay; mended, the new ones come."""
    content = tmp_path / "content"
    shutil.copytree(light_content, content)
    catalogue = content / "it" / "messages.po"
    whole = catalogue.read_text(encoding="utf-8")
    with running(tmp_path, content) as (server, bot, _):
        anna = server.user(7, "Anna", "it")
        for text, told, hello in (
            (whole[: len(whole) // 2], "content not reloaded", "Ciao, sono Accanto:"),
            (whole.replace("sono Accanto:", "qui Accanto:"), "content reloaded", "Ciao, qui"),
        ):
            anna.starts()
            bot.wait_until(lambda: not server.pending())
            catalogue.write_text(text, encoding="utf-8")
            bot.reload()
            bot.wait_until(lambda told=told: told in bot.logged())
            anna.starts()
            bot.wait_until(lambda: not server.pending())
            assert [one.text for one in anna.sees() if one.is_from_bot][-2].startswith(hello)
        assert bot.stop() == 0
