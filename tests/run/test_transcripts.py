"""The scripts of `tests/transcripts` once more, over HTTP: `run` says what this process says.

One bot for all conversations of a language, as in life; each has its own three accounts. All are
played by polling on SQLite, a few by the other ways and on the other database; `make soak` plays
all of them everywhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bot.engine.chat import Role
from bot.messenger.fake import FakeTelegram
from tests.parts import FILE, parts_at, parts_in, read_nothing
from tests.performance import Played, Seen
from tests.postgres import throw_away
from tests.run.masks import masked
from tests.run.process import Bot, by_webhook, settings
from tests.run.telephones import Telephones
from tests.script import LANGUAGES, Script, names, read
from tests.theatre import Theatre

_ROLES = (Role.PARTNER, Role.THERAPIST, Role.PATIENT)
_FEW = ("own_words", "red")
# What these say varies by chance or is a file: their pages are held in tests/test_transcripts.py.
_VARIES = frozenset({"free_text", "phrases", "private", "ways_out"})
_IN_SHORT = ("three_keys", "contact", "goal_and_reminder", "red", "revoked", "stop")
# (by webhook, database, language) of what is played in part; `make soak` plays all of them whole.
_OTHERS = ((True, "postgresql", "it"),)
Page = dict[Role, list[tuple[object, ...]]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_over_telegram_everybody_reads_the_same(
    lang: str, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    """The same texts and buttons, in the same order in each chat; and the same buttons stay."""
    play(_IN_SHORT, lang, tmp_path, subtests)


@pytest.mark.parametrize(("webhook", "database", "lang"), _OTHERS)
def test_by_webhook_and_on_postgresql_too(
    lang: str, database: str, tmp_path: Path, subtests: pytest.Subtests, *, webhook: bool
) -> None:
    """Whoever talks with the bot cannot tell which it is."""
    play(_FEW, lang, tmp_path, subtests, database=database, webhook=webhook)


@pytest.mark.soak
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
def test_every_way_on_every_database_everybody_reads_the_same(
    lang: str, database: str, tmp_path: Path, subtests: pytest.Subtests, *, webhook: bool
) -> None:
    """Every script in every combination."""
    play(sorted({*names()} - _VARIES), lang, tmp_path, subtests, database=database, webhook=webhook)


def play(
    chosen: Sequence[str],
    lang: str,
    folder: Path,
    subtests: pytest.Subtests,
    *,
    database: str = "sqlite",
    webhook: bool = False,
) -> None:
    """Play scripts with one bot, and hold each against the same on the stage."""
    scripts = [read(name, lang) for name in chosen]
    with ExitStack() as stack:
        server = stack.enter_context(FakeTelegram.in_thread())
        if database == "sqlite":
            place: Path | str = folder / FILE
            parts = stack.enter_context(parts_in(folder, read_nothing))
        else:
            place = stack.enter_context(throw_away())
            parts = stack.enter_context(parts_at(place, read_nothing))
        given = settings(server, place) | (by_webhook() if webhook else {})
        bot = stack.enter_context(Bot(given, folder / "bot.log"))
        bot.start()
        for number, script in enumerate(scripts, 1):
            telephones = Telephones(script, number, server, bot, parts)
            theirs = list(telephones.perform())
            with subtests.test(script.name), _theatre(script, folder / script.name) as theatre:
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
