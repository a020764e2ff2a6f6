"""What a turn costs: pure, whole with its database, and end to end beside an echo bot.

`python -m benchmarks.turns --help`; how to read it, and figures: README.md beside this file.
"""

import argparse
import asyncio
import json
import os
import platform
import secrets
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy.engine import make_url

from benchmarks.crowd import (
    ECHO,
    ECHO_OVER_OURS,
    OURS,
    POLLING,
    SCRIPT,
    WEBHOOK,
    Load,
    Running,
    Served,
    account,
    served,
    settle,
)
from bot import bootstrap
from bot.engine.chat import Case, Chat, Place, Preferences, Role, Scope
from bot.engine.dialogue import Dialogue
from bot.engine.events import ButtonPressed, Event, TextReceived
from bot.flows import house
from bot.safety.reading import About, Reading, Tier
from bot.services import converse, deliver
from bot.services.heard import Card, Heard, Parcel
from bot.services.parts import Parts, offer_of
from bot.store import outbox, people, updates
from bot.store.database import Database
from bot.store.encryption import Keyring
from bot.texts.bundle import load
from bot.texts.problems import BrokenContent
from bot.understanding.lexicon import LexiconError

Spent = dict[str, tuple[float, float]]
"""By stage, of CPU and of the clock on the wall."""

Kind = Callable[[], AbstractContextManager[str]]
"""Gives the address of a fresh database."""

AT = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)
GOAL = 50.0
"""Microseconds a pure turn may take."""

_SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
_REPEATS, _TURNS_EACH = 9, 500
_BLOCKS, _CYCLES_EACH = 9, 5
_NOTHING = (0.0, 0.0)


# --- one: the pure turn -------------------------------------------------------------------------


def pure(dialogue: Dialogue) -> dict[str, float]:
    """Return the microseconds of one turn of the dialogue, by kind of event; medians."""
    case = Case("case", Role.PARTNER, confirmed=True, partner_joined=True, patient_joined=True)
    case = replace(case, scopes=frozenset(Scope), modules=("low_friction",))
    reading = Chat(
        "person",
        role=Role.PARTNER,
        roles=(Role.PARTNER,),
        place=Place("low_friction", "start"),
        revision=10,
        adult=True,
        agreed=True,
        preferences=Preferences(country="IT"),
        cases=(case,),
    )
    red = Reading(Tier.RED, "R3", "suicide_self", About.SELF)
    first = dialogue.flows["low_friction"].steps["start"].options[0].move
    events: dict[str, Event] = {
        "button in a module": ButtonPressed(at=AT, move=first, revision=10),
        "text where none is read": TextReceived(at=AT, text="Stasera nessuna parola"),
        "SOS, leaving the place": ButtonPressed(at=AT, move="sos"),
        "red text, already read": TextReceived(at=AT, text="…", reading=red),
    }
    return {kind: _microseconds(dialogue, reading, event) for kind, event in events.items()}


def _microseconds(dialogue: Dialogue, chat: Chat, event: Event) -> float:
    taken = []
    for _ in range(_REPEATS):
        start = time.thread_time()
        for _ in range(_TURNS_EACH):
            dialogue.turn(chat, event)
        taken.append((time.thread_time() - start) / _TURNS_EACH * 1e6)
    return statistics.median(taken)


# --- two: a whole turn in its transaction ---------------------------------------------------------


class Stages:
    """Microseconds by stage, of CPU and of the clock on the wall, one figure a turn."""

    def __init__(self) -> None:
        self.turns: list[Spent] = []

    def timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return `work` with its time added to a stage of the running turn."""

        def measured(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes
            cpu, wall = time.thread_time(), time.perf_counter()
            try:
                return work(*given, **named)
            finally:
                known = self.turns[-1].get(stage, _NOTHING)
                spent = time.thread_time() - cpu, time.perf_counter() - wall
                self.turns[-1][stage] = known[0] + spent[0], known[1] + spent[1]

        return measured

    def medians(self) -> Spent:
        """Return microseconds a turn by stage, CPU and wall: the median over blocks of turns.

        Of a block it is the mean, because the turns of the script differ in kind.
        """
        size = _CYCLES_EACH * len(SCRIPT)
        blocks = [self.turns[n : n + size] for n in range(0, len(self.turns), size)]
        return {
            name: (_typical(blocks, name, 0), _typical(blocks, name, 1))
            for name in dict.fromkeys(name for turn in self.turns for name in turn)
        }


def _typical(blocks: Sequence[Sequence[Spent]], name: str, n: int) -> float:
    means = [statistics.fmean(turn.get(name, _NOTHING)[n] for turn in block) for block in blocks]
    return statistics.median(means) * 1e6


_STAGES: Sequence[tuple[object, str, str]] = (
    (updates, "take", "take the update"),
    (people, "find", "load"),
    (people, "lock_and_load", "load"),
    (Dialogue, "turn", "turn"),
    (converse, "spoken", "render"),
    (people, "save", "save"),
    (converse, "carry_out", "save"),
    (outbox, "put", "outbox: put"),
)


def whole(database: Database) -> Spent:
    """Return the microseconds, CPU and wall, of the stages of a turn, Telegram left out."""
    parts = bootstrap.parts_over(database)
    settle(database, 1, AT)
    stages = Stages()
    with ExitStack() as patches:
        for place, name, stage in _STAGES:
            timed = stages.timed(stage, getattr(place, name))
            patches.enter_context(patch.object(place, name, timed))
        _converse(parts, stages, _CYCLES_EACH * len(SCRIPT))
        warmed_up = len(stages.turns)
        _converse(parts, stages, _BLOCKS * _CYCLES_EACH * len(SCRIPT))
    del stages.turns[:warmed_up]
    for turn in stages.turns:
        inside = [turn.get(stage, _NOTHING) for _, _, stage in _STAGES]
        cpu, wall = turn.pop("answer")
        for spent in dict(zip((stage for _, _, stage in _STAGES), inside, strict=True)).values():
            cpu, wall = cpu - spent[0], wall - spent[1]
        turn["begin and commit"] = (cpu, wall)
    return stages.medians()


def _converse(parts: Parts, stages: Stages, turns: int) -> None:
    """Play the script in one chat, each reply sent at once."""
    parcels: Sequence[Parcel] = ()
    first = len(stages.turns)
    for number in range(first, first + turns):
        at, heard = AT + timedelta(seconds=20 * number), _heard(number, parcels)
        stages.turns.append({})
        reading = stages.timed("read", converse.read)(parts, heard, at)
        answer = stages.timed("answer", converse.answer)(
            parts, heard, reading, at, number.to_bytes(16)
        )
        parcels = stages.timed("outbox: read", deliver.unsent)(parts, answer.person)
        for parcel in parcels:
            stages.timed("outbox: mark", deliver.sent)(parts, parcel.id, parcel.id, at)


def _heard(number: int, parcels: Sequence[Parcel]) -> Heard:
    """Return the n-th thing of the script, on the buttons of the last message that has any."""
    deed, who = SCRIPT[number % len(SCRIPT)], account(0)
    if isinstance(deed, str) and deed.startswith("/"):
        return Heard(who, "command", number, "it", name=deed[1:])
    if isinstance(deed, str):
        return Heard(who, "text", number, "it", deed)
    shown = next(one for one in reversed(parcels) if one.message.rows)
    buttons = [button for row in shown.message.rows for button in row]
    pressed = buttons[min(deed, len(buttons) - 1)]
    return Heard(
        who,
        "button",
        number,
        "it",
        name=pressed.move,
        value=pressed.value,
        revision=pressed.revision,
        card=Card(shown.id, shown.message.text, shown.message.entities, pressed.label),
    )


# --- databases and content ------------------------------------------------------------------------


@contextmanager
def sqlite() -> Iterator[str]:
    """Give the address of a new file, for as long as it is needed."""
    with TemporaryDirectory(prefix="accanto-bench-") as folder:
        yield f"sqlite:///{folder}/bench.db"


@contextmanager
def postgresql(server: str) -> Iterator[str]:
    """Give the address of a new database on a server, and drop it at the end."""
    name = f"accanto_bench_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True, connect_timeout=2) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def answers(server: str) -> bool:
    """Whether a PostgreSQL server answers."""
    try:
        psycopg.connect(server, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def content() -> Iterator[str]:
    """Let the usual content be used, or a copy without the safety words while they do not load.

    Gives what has to be said about it.
    """
    folder = bootstrap.content_folder()
    try:
        bootstrap.reader_of(load(folder))
    except (BrokenContent, LexiconError):
        with TemporaryDirectory(prefix="accanto-content-") as copy:
            shutil.copytree(
                folder, copy, ignore=shutil.ignore_patterns("safety.yaml"), dirs_exist_ok=True
            )
            with patch.dict(os.environ, {"ACCANTO_CONTENT": copy}):
                yield "the safety words do not load and are left out: `read` is too cheap here"
    else:
        yield ""


# --- what is printed ------------------------------------------------------------------------------


def _machine() -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "load": os.getloadavg()[0],
        "date": datetime.now(UTC).date().isoformat(),
    }


def _print_pure(figures: dict[str, float]) -> None:
    print(f"\nA pure turn, µs of CPU (goal: under {GOAL:.0f})")
    for kind, taken in figures.items():
        print(f"  {kind:<28}{taken:>8.1f}{'' if taken < GOAL else '   over'}")


def _print_whole(name: str, stages: Spent) -> None:
    total = [sum(spent[n] for spent in stages.values()) for n in (0, 1)]
    print(f"\nA whole turn on {name}, Telegram left out{'µs CPU':>12}{'share':>8}{'µs wall':>10}")
    for stage, (cpu, wall) in [*stages.items(), ("all", (total[0], total[1]))]:
        print(f"  {stage:<40}{cpu:>10.0f}{cpu / total[0]:>8.0%}{wall:>10.0f}")


def _print_served(bots: Sequence[Served], load: Load) -> None:
    width = max(len(one.name) for one in bots) + 2
    print(
        f"\nEnd to end: {bots[0].rounds} rounds of {load.turns} turns by "
        f"{load.chats} chats at once, and of {load.paced_turns} at {load.rate:g} a second"
    )
    heads = ("turns/s", "ms CPU", "calls", "at once p50", "p99", "paced p50", "p99")
    print(f"  {'':<{width}}{''.join(f'{head:>12}' for head in heads)}")
    for one in bots:
        print(
            f"  {one.name:<{width}}{one.turns_a_second:>12.0f}{one.cpu_ms_a_turn:>12.2f}"
            f"{one.calls_a_turn:>12.2f}{one.crowded_p50:>12.0f}{one.crowded_p99:>12.0f}"
            f"{one.paced_p50:>12.1f}{one.paced_p99:>12.1f}"
        )
    print("  ms CPU and calls are a turn's; p50 and p99 ms from an update to its reply")
    for one in (one for one in bots if one.name not in one.against):
        for echo, (turns, cpu) in one.against.items():
            print(f"  {one.name}: {turns:.2f} times the turns/s of the {echo}, {cpu:.2f} its CPU")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.turns", description=__doc__)
    parser.add_argument("--only", choices=("pure", "whole", "served"), help="one part of three")
    parser.add_argument("--way", choices=(POLLING, WEBHOOK), help="of getting updates, one of two")
    parser.add_argument("--rounds", type=int, default=5, help="of every bot")
    parser.add_argument("--turns", type=int, default=140, help="a round")
    parser.add_argument("--chats", type=int, default=30, help="that take turns")
    parser.add_argument("--rate", type=float, default=20.0, help="turns a second when paced")
    parser.add_argument("--seconds", type=float, default=70.0, help="no round begins later")
    parser.add_argument(
        "--postgresql",
        default=os.environ.get("ACCANTO_TEST_POSTGRES", _SERVER),
        metavar="URL",
        help="a server; none answers: left out",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    return parser.parse_args()


def main() -> None:
    """Measure what was asked for and print it."""
    asked = _asked()
    until = time.monotonic() + asked.seconds
    kinds: dict[str, Kind] = {"SQLite": sqlite}
    if answers(asked.postgresql):
        kinds["PostgreSQL"] = partial(postgresql, asked.postgresql)
    found: dict[str, Any] = {"machine": _machine()}
    with content() as remark:
        found["remark"] = remark
        for part, measure in (("pure", _pure), ("whole", _whole), ("served", _served)):
            if asked.only in {None, part}:
                found[part] = measure(asked, kinds, until)
    found["machine"]["load after"] = os.getloadavg()[0]
    if asked.json:
        print(json.dumps(found, indent=2))
    else:
        print("\n" + ", ".join(f"{key} {value}" for key, value in found["machine"].items()))
        print(f"Remark: {remark}" if remark else "")


def _pure(asked: argparse.Namespace, _kinds: Mapping[str, Kind], _until: float) -> object:
    bundle = load(bootstrap.content_folder())
    figures = pure(house.dialogue(offer_of(bundle), bundle.flows))
    if not asked.json:
        _print_pure(figures)
    return figures


def _whole(asked: argparse.Namespace, kinds: Mapping[str, Kind], _until: float) -> object:
    found = {}
    for name, kind in kinds.items():
        with kind() as url:
            database = Database(url, Keyring.parse(Keyring.new_key()))
            found[name] = whole(database)
            database.close()
        if not asked.json:
            _print_whole(name, found[name])
    return found


def _served(asked: argparse.Namespace, kinds: Mapping[str, Kind], until: float) -> object:
    given = Load(asked.chats, asked.rounds, asked.turns, asked.rate)
    ways = (POLLING, WEBHOOK) if asked.way is None else (asked.way,)
    echoes = [
        Running(name, way, (*command, way), {})
        for way in ways
        for name, command in (("echo", ECHO), ("echo on our transport", ECHO_OVER_OURS))
    ]
    bots = [*echoes]
    with ExitStack() as stack:
        for (name, kind), way in product(kinds.items(), ways):
            url, keys = stack.enter_context(kind()), Keyring.new_key()
            database = Database(url, Keyring.parse(keys))
            database.upgrade()
            settle(database, given.chats, datetime.now(UTC))
            database.close()
            # A few accounts write what many people would: no limit to each.
            env = {"ACCANTO_DATABASE_URL": url, "ACCANTO_KEYS": keys}
            env["ACCANTO_MESSAGES_A_MINUTE"] = "0"
            bots.append(Running(f"Accanto on {name}", way, OURS, env))
        figures = asyncio.run(served(bots, len(echoes), given, until))
    if not asked.json:
        _print_served(figures, given)
    return [asdict(one) for one in figures]


if __name__ == "__main__":
    main()
