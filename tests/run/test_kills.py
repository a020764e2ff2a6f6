"""SIGKILL at any moment: nothing lost, nothing done twice, at most what was in flight said twice.

One undisturbed run says what must come out; the same script is then played while the bot is
killed and started again. `make test` does that a few times, `make soak` as often as
ACCANTO_SOAK_KILLS says.
"""

import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.engine.chat import Role
from bot.messenger.fake import FakeTelegram, Settings
from bot.messenger.request import Timeouts
from tests.performance import Seen
from tests.run.aftermath import aftermath, unclear
from tests.run.ensemble import Ensemble, Killer, Round
from tests.run.masks import masked, without_times
from tests.run.ways import WAYS, Way
from tests.script import read

SCRIPT = read("kills", "it", Path(__file__).parent)
COMPANIES = 2
FEW = 6
MOST_A_RUN = 25
SOAK = int(os.environ.get("ACCANTO_SOAK_KILLS", "50"))
RUNS = max(len(WAYS), -(-SOAK // MOST_A_RUN))
_PACE = 0.05  # of Telegram's pauses between two deliveries: minutes of waiting are not the point
STEADY_WITHIN = 10.0  # seconds from a kill until everything is done again

Said = dict[tuple[int, Role], list[str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left behind; `unknown` counts rows of which nobody knows whether they arrived."""

    rounds: list[Round]
    state: dict[str, object]
    updates: int
    unknown: int
    slowest: float


@dataclass(slots=True)
class Damage:
    """What kills did to the messages of a run, measured against an undisturbed one."""

    kills: int = 0
    lost: list[str] = field(default_factory=list)
    repeated: int = 0
    most_repeated: int = 0  # more repeats in a chat and round than kills in it; must be 0
    disordered: list[str] = field(default_factory=list)
    reminders_lost: int = 0
    reminders_doubled: int = 0


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, light_content: Path) -> Outcome:
    """The same days without a kill."""
    folder = tmp_path_factory.mktemp("undisturbed")
    return play(folder, light_content, Killer(random.Random(0)))


@pytest.mark.soak
def test_P1_P2_P3_P4_a_few_kills_lose_nothing_and_double_nothing(
    undisturbed: Outcome, tmp_path: Path, light_content: Path
) -> None:
    """Same end, every message there, repeats only of what was in flight, no reminder twice."""
    disturbed(undisturbed, tmp_path, light_content, seed=2, kills=FEW)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(RUNS))
def test_P1_P2_P3_P4_P5_many_kills_lose_nothing_and_double_nothing(
    undisturbed: Outcome,
    tmp_path: Path,
    light_content: Path,
    number: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same, as often as asked for, run by run in another way; each says its figures."""
    way, kills = WAYS[number % len(WAYS)], SOAK // RUNS + (number < SOAK % RUNS)
    damage, outcome = disturbed(
        undisturbed, tmp_path, light_content, seed=100 + number, kills=kills, way=way
    )
    with capsys.disabled():
        sys.stdout.write(
            f"\n{way}: {damage.kills} kills, {outcome.updates} updates: "
            f"{len(damage.lost)} replies and notices lost, {damage.repeated} repeated, "
            f"{outcome.unknown} reminders unknown, {damage.reminders_doubled} doubled; "
            f"steady in {outcome.slowest:.1f} s\n"
        )


def disturbed(
    undisturbed: Outcome,
    folder: Path,
    content: Path,
    *,
    seed: int,
    kills: int,
    way: Way | None = None,
) -> tuple[Damage, Outcome]:
    """Play a run with kills and hold it against the undisturbed one."""
    killer = Killer.drawn(seed, kills, undisturbed.rounds)
    outcome = play(folder, content, killer, way)
    damage = measured(undisturbed.rounds, outcome.rounds)
    assert damage.kills == kills
    assert outcome.state == undisturbed.state, f"seed {seed}"
    assert outcome.updates == undisturbed.updates
    assert (damage.lost, damage.disordered) == ([], []), f"seed {seed}"
    assert damage.most_repeated == 0, f"seed {seed}"
    assert damage.reminders_doubled == 0, f"seed {seed}"
    assert damage.reminders_lost <= outcome.unknown, f"seed {seed}"
    # A start takes its time on a busy machine, with or without a kill before it; and where the
    # call that hangs is not the dead worker's, the living one waits for its answer.
    patience = undisturbed.slowest + (Timeouts().read if way and way.workers > 1 else 0)
    assert outcome.slowest < STEADY_WITHIN + patience, f"seed {seed}"
    return damage, outcome


def play(folder: Path, content: Path, killer: Killer, way: Way | None = None) -> Outcome:
    """Play the script with a few companies."""
    with ExitStack() as stack:
        server = stack.enter_context(FakeTelegram.in_thread(Settings(webhook_pace=_PACE)))
        bot, parts = (way or WAYS[0]).opened(stack, server, folder, content, killer.chance)
        ensemble = Ensemble(SCRIPT, COMPANIES, server, bot, parts)
        bot.start()
        rounds = list(ensemble.play(killer))
        assert bot.stop() == 0, bot.logged()
        state = aftermath(parts, ensemble.accounts)
        return Outcome(rounds, state, ensemble.updates, unclear(parts), ensemble.slowest)


def measured(expected: Sequence[Round], played: Sequence[Round]) -> Damage:
    """Return what happened to the messages, round by round and chat by chat."""
    damage = Damage()
    for one, other in zip(expected, played, strict=True):
        damage.kills += other.kills
        wanted, got = _said(one), _said(other)
        for chat in wanted.keys() | got.keys():
            _compare(damage, wanted.get(chat, []), got.get(chat, []), other.kills)
    return damage


def _compare(damage: Damage, wanted: list[str], got: list[str], kills: int) -> None:
    reminders = sum(map(_is_reminder, got)) - sum(map(_is_reminder, wanted))
    damage.reminders_lost += max(0, -reminders)
    damage.reminders_doubled += max(0, reminders)
    wanted = [text for text in wanted if not _is_reminder(text)]
    got = [text for text in got if not _is_reminder(text)]
    damage.lost += (Counter(wanted) - Counter(got)).elements()
    extra = Counter(got) - Counter(wanted)
    damage.repeated += extra.total()
    damage.most_repeated += max(0, extra.total() - kills)
    if _once(got) != _once(wanted):
        damage.disordered.append(f"{got} instead of {wanted}")


def _said(played: Round) -> Said:
    """Return what was said in each chat of a round, toasts apart: those may be lost."""
    said: Said = {}
    for company, seen in enumerate(played.seen):
        for one in seen:
            if not one.toast:
                said.setdefault((company, one.role), []).append(_comparable(one))
    return said


def _comparable(seen: Seen) -> str:
    return without_times(masked(seen.text, SCRIPT.lang))


def _is_reminder(text: str) -> bool:
    return text.startswith("reminder.goal")


def _once(texts: Sequence[str]) -> list[str]:
    """Return texts without immediate repeats."""
    return [text for n, text in enumerate(texts) if n == 0 or texts[n - 1] != text]
