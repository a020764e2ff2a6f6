"""P10 as a whole: a bot at its most talkative, everything going wrong, and canaries everywhere.

The token, the keys, names, numbers of accounts and typed words are looked for in the log, in the
metrics, in what the process was started with, in every file it leaves and in every row.
"""

import json
import logging
import re
import shutil
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from sqlmodel import SQLModel

from bot.engine.chat import Goal
from bot.messenger.fake import FakeTelegram, Fault, Kind, ThreadedFakeTelegram, User
from bot.messenger.fake import Settings as FakeSettings
from bot.services import backup
from bot.store import cases, goals, people, updates
from bot.store.database import Database
from bot.store.encryption import Keyring
from bot.store.errors import StoreError
from bot.store.tables import PERSON
from tests.operating.conftest import quiet_afterwards
from tests.run.process import ROOT, Bot, by_webhook, environment, settings
from tests.store.scene import NOON, Scene

TOKEN = "7012345678:AAcanaryTOKENcanaryTOKENcanaryTOKEN9"
ACCOUNT = 7_314_159_265
KEY = Keyring.new_key()
NAME, WORDS, LINK = "Canaryname", "canarywords", "canarylink-canarylink"
CANARIES = (
    TOKEN,
    TOKEN.split(":")[1],
    quote(TOKEN, safe=""),
    KEY,
    KEY.split(":")[1],
    str(ACCOUNT),
    NAME,
    WORDS,
    LINK,
)


def sings(held: bytes) -> list[str]:
    """Return the canaries in something."""
    return [canary for canary in CANARIES if canary.encode() in held]


@pytest.fixture
def server() -> Iterator[ThreadedFakeTelegram]:
    """A Telegram whose token is a canary."""
    with FakeTelegram.in_thread(FakeSettings(token=TOKEN)) as running:
        yield running


def given(server: ThreadedFakeTelegram, url: str, folder: Path, content: Path) -> dict[str, str]:
    """Settings of a bot that says all it can say."""
    return {
        **settings(server, url, content),
        **by_webhook(),
        "ACCANTO_KEYS": KEY,
        "ACCANTO_BACKUP_DIR": str(folder),
        "ACCANTO_LOG_LEVEL": "debug",
    }


def lives(anna: User) -> None:
    """Do one of everything a person can do."""
    anna.starts(LINK)
    anna.says(f"{WORDS} ciao")
    anna.says(f"{WORDS} vuole morire")
    anna.edits(f"{WORDS} anche qui")
    anna.sends("voice", caption=WORDS)
    anna.says(f"/help {WORDS}")
    anna.says(f"t.me/accanto_bot?start={LINK}")
    anna.forwards(WORDS, author=NAME)
    anna.adds_bot_to(-100, NAME)


def everything_breaks(server: ThreadedFakeTelegram, anna: User, bot: Bot) -> None:
    """Meet every fault of the line while somebody writes."""
    for fault in (
        Fault(Kind.REFUSE, status=400, method="sendMessage", description=f"Bad Request: {WORDS}"),
        Fault(Kind.REFUSE, status=429, method="sendMessage", retry_after=1),
        Fault(Kind.REFUSE, status=502, method="sendMessage", page=f"<html>{WORDS}</html>"),
        Fault(Kind.CUT, method="sendMessage"),
        Fault(Kind.CUT, after=True, method="sendMessage"),
        Fault(Kind.REFUSE, status=401, method="sendMessage"),
    ):
        server.fault(fault)
        anna.says(WORDS)
    with suppress(httpx.HTTPError):
        httpx.post(server.url, content=WORDS)
    bot.wait_until(lambda: not server.pending(), within=10)
    server.clear_faults()


def broken_content(content: Path) -> None:
    """Cut a catalogue off, as a copy that was interrupted leaves it."""
    catalogue = content / "it" / "messages.po"
    text = catalogue.read_bytes()
    catalogue.write_bytes(text[: len(text) // 2])


@pytest.mark.soak
def test_no_canary_sings_wherever_a_running_bot_writes_P10(
    server: ThreadedFakeTelegram, fresh_url: str, tmp_path: Path, light_content: Path
) -> None:
    """At debug, through every fault: log, metrics, arguments, files and their names, rows."""
    folder, content = tmp_path / "backups", tmp_path / "content"
    folder.mkdir()
    shutil.copytree(light_content, content)
    log, now = tmp_path / "bot.log", given(server, fresh_url, folder, content)
    anna = server.user(ACCOUNT, NAME, "it")
    with Bot(now, log) as bot:
        bot.start()
        lives(anna)
        bot.wait_until(lambda: not server.pending() and any(folder.glob("accanto-*")))
        everything_breaks(server, anna, bot)
        page = f"http://{now['ACCANTO_LISTEN']}"
        metrics = httpx.get(f"{page}/metrics").content + httpx.get(f"{page}/healthz").content
        httpx.post(f"{page}/telegram", content=WORDS)
        arguments = Path(f"/proc/{bot.pid}/cmdline").read_bytes()
        broken_content(content)
        bot.reload()
        bot.wait_until(lambda: "content not reloaded" in log.read_text(encoding="utf-8"))
        assert bot.stop() == 0
    written = log.read_bytes()
    for seen in (b"running", b"not sent", b"chore done", b"content not reloaded"):
        assert seen in written
    # Whoever else reads the process table or the disk.
    files = [file for file in tmp_path.rglob("*") if file.is_file() and content not in file.parents]
    names = "\n".join(map(str, tmp_path.rglob("*"))).encode()
    for held in (written, metrics, arguments, names, *(file.read_bytes() for file in files)):
        assert sings(held) == []
    assert sings(_rows(fresh_url)) == []


def _rows(url: str) -> bytes:
    database = Database(url, Keyring.parse(KEY))
    with database.reading() as unit:
        held = [
            value if isinstance(value, bytes) else str(value).encode()
            for table in SQLModel.metadata.sorted_tables
            for row in unit.connection.execute(table.select())
            for value in row
        ]
        assert unit.connection.execute(PERSON.select()).all()
    database.close()
    return b"\n".join(held)


_DRIVER = """
import json, os, sys
from bot.__main__ import main
for settings, arguments in json.load(sys.stdin):
    for name in [name for name in os.environ if name.startswith("ACCANTO_")]:
        del os.environ[name]
    os.environ.update(settings)
    sys.argv = ["accanto", *arguments]
    try:
        main()
    except SystemExit as ended:
        print("exit", ended.code, flush=True)
"""
"""Commands one after the other in one process: a start of its own for each would take seconds."""


def test_no_command_shows_a_canary_however_it_fails_P10(
    server: ThreadedFakeTelegram, tmp_path: Path, light_content: Path
) -> None:
    """Wrong tokens, keys, addresses, files: what the operator sees may go into a ticket."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    _lived_in(url)
    good = {
        **settings(server, url, light_content),
        "ACCANTO_KEYS": KEY,
        "ACCANTO_LOG_LEVEL": "debug",
    }
    file, letter = str(tmp_path / "b.sealed"), tmp_path / "letter"
    letter.write_text(WORDS, encoding="utf-8")
    other = Keyring.new_key()
    quick = {**good, "ACCANTO_CONTENT": str(tmp_path / "none")}
    tried: list[tuple[dict[str, str], list[str]]] = [
        (good, ["backup", file]),
        (good, ["withdrawals", str(tmp_path / backup.WITHDRAWALS)]),
        (good, ["restore", file]),
        (good, ["restore", str(letter), "--no-withdrawals"]),
        ({**good, "ACCANTO_KEYS": other}, ["restore", file]),
        ({**good, "ACCANTO_KEYS": f"{KEY}x"}, ["backup", file]),
        ({**good, "ACCANTO_DATABASE_URL": f"mysql://{NAME}:{WORDS}@h/d"}, ["backup", file]),
        (
            {**good, "ACCANTO_DATABASE_URL": f"postgresql://{NAME}:{WORDS}@127.0.0.1:9/d"},
            ["quarantine", "list"],
        ),
        (good, ["quarantine", "list", "--json"]),
        (good, ["quarantine", "retry", "5"]),
        ({**good, "ACCANTO_KEYS": f"{other},{KEY}"}, ["keys", "rotate"]),
        ({**quick, "ACCANTO_KEYS": f"{other},{KEY}"}, ["doctor"]),
        ({**quick, "ACCANTO_TOKEN": f"{TOKEN}x"}, ["doctor"]),
        ({**quick, "ACCANTO_API_URL": "http://127.0.0.1:9"}, ["doctor"]),
        ({**good, "ACCANTO_API_URL": f"ftp://{WORDS}"}, ["run"]),
    ]
    ended = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", _DRIVER],
        cwd=ROOT,
        env={**environment({}), "PYTHONPATH": str(ROOT)},
        input=json.dumps(tried),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    codes = re.findall(r"^exit (\d)$", ended.stdout, re.MULTILINE)
    assert codes[:3] == ["0", "0", "2"]
    assert codes[3:8] == ["2"] * 5
    assert codes[8:11] == ["0", "0", "0"]
    assert len(codes) == len(tried)
    # An address with a password in it is shown without.
    assert sings((ended.stdout + ended.stderr).encode()) == []
    assert sings(Path(file).read_bytes()) == []


def _lived_in(url: str) -> None:
    """A database with a person, their words, and an update set aside."""
    database = Database(url, Keyring.parse(KEY))
    database.upgrade()
    scene = Scene(database)
    person = scene.does(people.create, ACCOUNT, "it", NOON)
    scene.does(goals.save_goal, person, Goal("g", words=WORDS), NOON)
    who = {"id": ACCOUNT, "is_bot": False, "first_name": NAME}
    chat = {"id": ACCOUNT, "type": "private", "first_name": NAME}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": who, "text": WORDS}
    scene.does(updates.set_aside, 5, json.dumps({"update_id": 5, "message": message}), NOON)
    database.close()


def test_no_error_of_the_database_quotes_what_was_to_be_written_P10(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """A refused row, a wrong type, a value nobody sealed: not in the text, not in the traceback."""
    person = scene.somebody()
    therapist = scene.therapist()
    case = scene.opened(therapist)

    def twice() -> None:
        with scene.unit() as unit:
            row = unit.connection.execute(PERSON.select().where(PERSON.c.id == person)).one()
            unit.connection.execute(PERSON.insert(), {**row._mapping, "role": WORDS})  # noqa: SLF001

    def dangling() -> None:
        scene.does(goals.save_goal, WORDS, Goal("g", slug=WORDS), NOON)

    def moved() -> None:
        with scene.unit() as unit:
            sealed = unit.vault(person).seal("goal", "words", WORDS)
            unit.vault(therapist).open("goal", "words", sealed)

    with quiet_afterwards(), caplog.at_level(logging.DEBUG):
        for trouble in (twice, dangling, moved):
            with pytest.raises((StoreError, LookupError)) as raised:
                trouble()
            told = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
            assert sings(told.encode()) == []
            logging.getLogger("test").error("it failed", exc_info=raised.value)
        database = scene.database
        logging.getLogger("test").error(
            "%r %r %r", database, database.keyring, scene.does(cases.member_of, case, "partner")
        )
    assert sings(caplog.text.encode()) == []
    assert "sqlalchemy" not in {record.name.partition(".")[0] for record in caplog.records}
