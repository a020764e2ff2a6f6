"""The scripts of `tests/transcripts` once more, over HTTP: `run` says what this process says.

One bot for all conversations, as in life; each has its own three accounts. Some are played by
polling on SQLite in both languages, a few by webhook on PostgreSQL; `make soak` plays all of them
everywhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bot.engine.chat import Role
from bot.messenger.fake import FakeTelegram
from tests.parts import FILE, parts_at, parts_in, postgresql, read_nothing
from tests.performance import Played, Seen
from tests.run.masks import masked
from tests.run.process import Bot, by_webhook, settings
from tests.run.telephones import Telephones
from tests.script import LANGUAGES, Script, names, read
from tests.theatre import Theatre

_ROLES = (Role.PARTNER, Role.THERAPIST, Role.PATIENT)
# What these say varies by chance or is a file: their pages are held in tests/test_transcripts.py.
_VARIES = frozenset({"free_text", "phrases", "private", "ways_out"})
_IN_SHORT = ("three_keys", "contact", "goal_and_reminder", "red", "revoked", "stop")
Page = dict[Role, list[tuple[object, ...]]]


def test_over_telegram_everybody_reads_the_same(tmp_path: Path, subtests: pytest.Subtests) -> None:
    """The same texts and buttons, in the same order in each chat; and the same buttons stay."""
    play([read(name, lang) for name in _IN_SHORT for lang in LANGUAGES], tmp_path, subtests)


def test_by_webhook_and_on_postgresql_too(tmp_path: Path, subtests: pytest.Subtests) -> None:
    """Whoever talks with the bot cannot tell which it is."""
    scripts = [read("own_words", "it"), read("red", "en")]
    play(scripts, tmp_path, subtests, database="postgresql", webhook=True)


@pytest.mark.soak
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
def test_every_way_on_every_database_everybody_reads_the_same(
    lang: str, database: str, tmp_path: Path, subtests: pytest.Subtests, *, webhook: bool
) -> None:
    """Every script in every combination."""
    scripts = [read(name, lang) for name in sorted({*names()} - _VARIES)]
    play(scripts, tmp_path, subtests, database=database, webhook=webhook)


def play(
    scripts: Sequence[Script],
    folder: Path,
    subtests: pytest.Subtests,
    *,
    database: str = "sqlite",
    webhook: bool = False,
) -> None:
    """Play scripts with one bot, and hold each against the same on the stage."""
    with ExitStack() as stack:
        server = stack.enter_context(FakeTelegram.in_thread())
        if database == "sqlite":
            place: Path | str = folder / FILE
            parts = stack.enter_context(parts_in(folder, read_nothing))
        else:
            place = stack.enter_context(postgresql())
            parts = stack.enter_context(parts_at(place, read_nothing))
        given = settings(server, place) | (by_webhook() if webhook else {})
        bot = stack.enter_context(Bot(given, folder / "bot.log"))
        bot.start()
        # Before that, a cry may be answered from memory: the same help, in fewer words.
        bot.wait_until(lambda: "ready to read" in bot.logged())
        for number, script in enumerate(scripts, 1):
            telephones = Telephones(script, number, server, bot, parts)
            theirs = list(telephones.perform())
            page = f"{script.name}.{script.lang}"
            with subtests.test(page), _theatre(script, folder / page) as theatre:
                for one, other in zip(theirs, theatre.perform(), strict=True):
                    assert _page(script, one) == _page(script, other), other.line
                for role in _ROLES:
                    left, wanted = telephones.buttons_left(role), theatre.buttons_left(role)
                    assert sorted(left) == sorted(wanted), role
        assert bot.stop() == 0, bot.logged()


@contextmanager
def _theatre(script: Script, folder: Path) -> Iterator[Theatre]:
    """Give the same script on the stage of this process."""
    folder.mkdir()
    with parts_in(folder) as parts:
        yield Theatre(parts, script)


def _page(script: Script, played: Played) -> Page:
    """Return what each of them read; between two chats there is no order."""
    return {role: [_comparable(script, one) for one in _of(role, played.seen)] for role in Role}


def _of(role: Role, seen: Iterable[Seen]) -> Iterable[Seen]:
    return sorted((one for one in seen if one.role is role), key=lambda one: not one.toast)


def _comparable(script: Script, seen: Seen) -> tuple[object, ...]:
    text = masked(seen.text, script.lang)
    return (text, seen.rows, seen.changed, seen.silent, seen.toast)
