"""The operator's commands, as an operator runs them, on a database that has people in it."""

import json
import re
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from telegram import WebhookInfo

from bot.engine.chat import Goal
from bot.examination import existing
from bot.messenger.fake import INVENTED, FakeTelegram
from bot.messenger.inspection import inspect, webhook_found
from bot.messenger.request import line
from bot.services import doctor
from bot.services.doctor import Finding, exit_code
from bot.settings import read_settings
from bot.store import dues, goals, outbox, people, updates
from bot.store.database import Database
from bot.store.encryption import Keyring
from tests.operating.conftest import Command
from tests.parts import FILE, KEYS, new_file
from tests.store.scene import Scene

NOW = datetime.now(UTC)
SECRET = "canary-of-somebody"
Given = dict[str, str]


@pytest.fixture
def given(tmp_path: Path) -> Given:
    """Settings of a service with one person, one goal, and one update set aside."""
    (tmp_path / FILE).write_bytes(new_file())
    (tmp_path / FILE).chmod(0o600)
    url = f"sqlite:///{tmp_path / FILE}"
    with _open(url) as scene:
        person = scene.does(people.create, 7, "it", NOW)
        scene.does(goals.save_goal, person, Goal("g", words=SECRET), NOW)
        scene.does(updates.set_aside, 5, _update(5, SECRET), NOW, person, "KeyError")
        scene.does(updates.set_aside, 6, json.dumps({"update_id": 6, "poll": {}}), NOW)
    return {"ACCANTO_DATABASE_URL": url, "ACCANTO_KEYS": KEYS, "ACCANTO_TOKEN": INVENTED}


class _open:  # noqa: N801 - reads as a function
    """A scene over an address."""

    def __init__(self, url: str, keys: str = KEYS) -> None:
        self._database = Database(url, Keyring.parse(keys))

    def __enter__(self) -> Scene:
        return Scene(self._database)

    def __exit__(self, *_error: object) -> None:
        self._database.close()


def _update(number: int, text: str) -> str:
    who = {"id": 7, "is_bot": False, "first_name": SECRET, "language_code": "it"}
    chat = {"id": 7, "type": "private", "first_name": SECRET}
    message = {"message_id": 1, "date": int(NOW.timestamp()), "chat": chat, "from": who}
    return json.dumps({"update_id": number, "message": {**message, "text": text}})


def only_line(text: str) -> str:
    """Return the one line a text is."""
    assert re.fullmatch(r"[^\n]+\n", text), f"not one line: {text!r}"
    return text


# --- backup and restore -------------------------------------------------------------------------


def test_backup_and_restore_from_the_command_line(
    command: Command, given: Given, tmp_path: Path
) -> None:
    """The list of withdrawals is found beside the backup; what came of it is counted."""
    file, url = tmp_path / "b.sealed", f"sqlite:///{tmp_path / 'new.db'}"
    code, out, err = command(given, "backup", str(file))
    assert (code, err) == (0, "")
    assert re.search(r"b\.sealed: \d+ rows", out)
    assert command(given, "withdrawals", str(tmp_path / "withdrawals.sealed"))[0] == 0
    new = {**given, "ACCANTO_DATABASE_URL": url}
    code, out, err = command(new, "restore", str(file))
    assert (code, err) == (0, "")
    assert "0  erased again" in out
    with _open(url) as scene:
        person = scene.does(people.find, 7)
        assert person
        assert scene.chat(person).goals[0].words == SECRET


def test_restore_used_wrongly_says_in_one_line_what_would_work(
    command: Command, given: Given, tmp_path: Path
) -> None:
    """Exit 2; nothing is written, nothing secret is told."""
    file, url = tmp_path / "b.sealed", f"sqlite:///{tmp_path / 'new.db'}"
    command(given, "backup", str(file))
    new = {**given, "ACCANTO_DATABASE_URL": url}
    other = {**new, "ACCANTO_KEYS": Keyring.new_key()}
    both = ("--withdrawals", str(file), "--no-withdrawals")
    tried: tuple[tuple[Mapping[str, str], tuple[str, ...], str], ...] = (
        (new, (str(file),), "--withdrawals"),
        (new, (str(file), *both), "exclude"),
        (new, (str(tmp_path / "none"), "--no-withdrawals"), "cannot be read"),
        (new, (str(tmp_path / FILE), "--no-withdrawals"), "not a file of Accanto's"),
        (other, (str(file), "--no-withdrawals"), "ACCANTO_KEYS has no key"),
        (given, (str(file), "--no-withdrawals"), "is not empty"),
    )
    for settings, arguments, told in tried:
        code, out, err = command(settings, "restore", *arguments)
        assert (code, out) == (2, "")
        assert told in only_line(err)
        assert KEYS.split(":")[1] not in err


# --- quarantine -----------------------------------------------------------------------------------


def test_the_quarantine_lists_when_and_why_and_never_what_P10(
    command: Command, given: Given
) -> None:
    """In lines, or in JSON for a program."""
    code, out, err = command(given, "quarantine", "list")
    assert (code, err) == (0, "")
    assert [line.split("  ")[0] for line in out.splitlines()] == ["5", "6"]
    assert "KeyError" in out
    assert SECRET not in out
    first = json.loads(command(given, "quarantine", "list", "--json")[1].splitlines()[0])
    assert (first["update_id"], first["error"]) == (5, "KeyError")
    assert set(first) == {"update_id", "received_at", "tries", "error"}


def test_an_update_is_turned_again_and_its_reply_waits_for_the_bot_P2(
    command: Command, given: Given
) -> None:
    """Once: then it is not there any more."""
    code, out, _ = command(given, "quarantine", "retry", "5")
    assert (code, out) == (0, "5: turned\n")
    with _open(given["ACCANTO_DATABASE_URL"]) as scene:
        person = scene.does(people.find, 7)
        assert person
        assert scene.does(outbox.unsent, person)
    code, _, err = command(given, "quarantine", "retry", "5")
    assert (code, "there is no 5" in only_line(err)) == (2, True)


def test_an_update_without_anything_to_answer_can_only_be_dropped(
    command: Command, given: Given
) -> None:
    """And what was in it is gone at once."""
    code, _, err = command(given, "quarantine", "retry", "6")
    assert (code, "drop it" in only_line(err)) == (2, True)
    assert command(given, "quarantine", "drop", "6")[:2] == (0, "6: dropped\n")
    assert command(given, "quarantine", "drop", "6")[0] == 2
    assert "6" not in [x.split()[0] for x in command(given, "quarantine", "list")[1].splitlines()]


# --- keys -----------------------------------------------------------------------------------------


def test_keys_are_rotated_and_the_old_one_is_named(command: Command, given: Given) -> None:
    """By its id; with the new one alone everything opens."""
    new = Keyring.new_key()
    both = {**given, "ACCANTO_KEYS": f"{new},{KEYS}"}
    code, out, err = command(both, "keys", "rotate")
    assert (code, err) == (0, "")
    assert f"{KEYS.split(':')[0]} wraps nothing any more" in out
    assert KEYS.split(":")[1] not in out
    assert command({**given, "ACCANTO_KEYS": new}, "quarantine", "list")[0] == 0
    assert command(given, "quarantine", "list")[0] == 2


# --- doctor ---------------------------------------------------------------------------------------


def _findings(out: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in map(json.loads, out.splitlines()):
        found.setdefault(one["level"], []).append(f"{one['what']}: {one['told']}")
    return found


def test_the_doctor_says_how_everything_is_and_shows_no_secret_P10(
    command: Command, given: Given, tmp_path: Path
) -> None:
    """Nothing is broken; people have reviewed nothing yet, and updates are set aside."""
    folder = tmp_path / "backups"
    folder.mkdir()
    with FakeTelegram.in_thread() as server:
        online = {
            **given,
            "ACCANTO_TOKEN": server.token,
            "ACCANTO_API_URL": server.url,
            "ACCANTO_BACKUP_DIR": str(folder),
        }
        code, out, err = command(online, "doctor", "--json")
    found = _findings(out)
    # Texts that somebody is working on are the check's own business.
    broken = [line for line in found.pop("fail", []) if not line.startswith("content: ")]
    assert (broken, err) == ([], "")
    assert code in {1, 2}
    assert "database: SQLite" in " ".join(found["ok"])
    assert "keys: open the secrets of the database" in found["ok"]
    assert "webhook: none, as polling wants it" in found["ok"]
    assert "quarantine: 2 updates are set aside: `quarantine list`" in found["warn"]
    assert any(line.startswith("help lines: nobody has tried") for line in found["warn"])
    assert any(line.startswith("review: ") for line in found["warn"])
    for secret in (server.token, KEYS.split(":")[1], SECRET):
        assert secret not in out


_WRONG: tuple[tuple[Given, str], ...] = (
    ({"ACCANTO_TOKEN": ""}, "fail  token: ACCANTO_TOKEN is empty"),
    ({"ACCANTO_KEYS": ""}, "fail  database: ACCANTO_KEYS is empty"),
    ({"ACCANTO_KEYS": Keyring.new_key()}, "fail  database: ACCANTO_KEYS has no key"),
    ({"ACCANTO_DATABASE_URL": "sqlite:////nowhere/a.db"}, "is not there yet"),
    ({"ACCANTO_DATABASE_URL": "postgresql://me:secret@127.0.0.1:9/x"}, "does not answer"),
    ({"ACCANTO_BACKUP_DIR": "/nowhere"}, "fail  backup: ACCANTO_BACKUP_DIR"),
    ({"ACCANTO_MESSAGES_A_MINUTE": "0"}, "warn  pace: "),
    ({"ACCANTO_ALLOW_DRAFT": "1"}, "warn  drafts: "),
    ({"ACCANTO_API_URL": "http://here", "ACCANTO_CLOCK": "control"}, "warn  clock: "),
    ({}, "warn  backup: ACCANTO_BACKUP_DIR is not set"),
)


@pytest.mark.parametrize(("different", "told"), _WRONG, ids=[told for _, told in _WRONG])
def test_the_doctor_names_what_is_wrong(
    given: Given, different: Given, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line a finding, without the values of settings; nothing is written."""
    for name, value in {**given, **different}.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    findings = [
        *doctor.settings_found(settings, NOW),
        *doctor.database_found(existing(settings), NOW),
    ]
    shown = [str(finding) for finding in findings]
    assert [line for line in shown if told in line]
    assert not [line for line in shown if "secret" in line.replace("the secrets", "")]
    assert not Path("/nowhere").exists()


def test_what_waits_too_long_is_found(given: Given) -> None:
    """A due row, a reply: the bot is not running, or cannot send."""
    with _open(given["ACCANTO_DATABASE_URL"]) as scene:
        person = scene.does(people.find, 7)
        assert person
        scene.does(outbox.put, person, [{"text": "x"}], NOW)
        scene.does(dues.plan, "notice", person, NOW.date(), NOW, "n:x:1")
    keys = Keyring.parse(f"{Keyring.new_key()},{KEYS}")

    def opened() -> Database:
        return Database(given["ACCANTO_DATABASE_URL"], keys)

    found = [str(one) for one in doctor.database_found(opened, NOW + timedelta(minutes=31))]
    assert "warn  due: the oldest has waited 31 min: is the bot running?" in found
    assert "warn  unsent: the oldest has waited 31 min: is the bot running?" in found
    assert "warn  keys: 4 values are wrapped by an older one: `keys rotate`" in found
    soon = [one.level for one in doctor.database_found(opened, NOW + timedelta(minutes=9))]
    assert soon.count("warn") == 2


def test_a_database_that_is_damaged_or_behind_is_found(given: Given, tmp_path: Path) -> None:
    """Nobody has started this version on it; somebody has cut rows out by hand."""
    raw = sqlite3.connect(tmp_path / FILE)
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("DELETE FROM person")
    raw.commit()

    def opened() -> Database:
        return Database(given["ACCANTO_DATABASE_URL"], Keyring.parse(KEYS))

    found = [str(one) for one in doctor.database_found(opened, NOW)]
    assert "fail  database: there are rows without their owners: restore a backup" in found
    raw.execute("UPDATE alembic_version SET version_num = '0001'")
    raw.commit()
    raw.close()
    found = [str(one) for one in doctor.database_found(opened, NOW)]
    assert found[-1].startswith("warn  database: tables at 0001, this version wants ")


def test_the_worst_finding_is_the_exit_code() -> None:
    """0 well, 1 to look at, 2 to mend."""
    ok, warn, fail = (Finding(level, "x", "y") for level in ("ok", "warn", "fail"))  # type: ignore[arg-type]
    assert [exit_code(found) for found in ([ok], [ok, warn], [warn, fail, ok])] == [0, 1, 2]


@pytest.mark.parametrize(
    ("there", "mine", "level", "told"),
    [
        ("", "", "ok", "none, as polling wants it"),
        ("https://a.org/x", "https://a.org/x", "ok", "set, to a.org"),
        ("", "https://a.org/x", "warn", "not set yet"),
        ("https://b.org/secret", "https://a.org/x", "fail", "a foreign one is set, to b.org"),
        ("https://b.org/secret", "", "fail", "one is set, to b.org, and this bot polls"),
    ],
)
def test_a_foreign_webhook_is_found(there: str, mine: str, level: str, told: str) -> None:
    """Somebody else has the token; of the address only the host is shown."""
    info = WebhookInfo(there, has_custom_certificate=False, pending_update_count=0)
    [found] = webhook_found(info, mine, NOW)
    assert (found.level, found.told.startswith(told)) == (level, True)
    assert "secret" not in found.told


def test_a_webhook_that_fails_or_lags_is_found() -> None:
    """What waits at Telegram, and why."""
    info = WebhookInfo("", False, 101, last_error_date=NOW, last_error_message="Wrong: 503")  # noqa: FBT003
    shown = [str(one) for one in webhook_found(info, "", NOW + timedelta(minutes=1))]
    assert "warn  webhook: 101 updates wait at Telegram: is the bot running?" in shown
    assert shown[-1].endswith("UTC: Wrong: 503")
    assert len(webhook_found(info, "", NOW + timedelta(hours=2))) == 2


@pytest.mark.anyio
async def test_a_refused_token_is_found_and_not_shown_P10() -> None:
    """And a server that does not answer."""
    async with FakeTelegram() as server, line("99:wrong-canary", server.url) as bot:
        found = [str(one) async for one in inspect(bot, "", NOW)]
    assert found == ["fail  telegram: the token is refused: get the right one from BotFather"]
    async with line(INVENTED, "http://127.0.0.1:9") as bot:
        found = [str(one) async for one in inspect(bot, "", NOW)]
    assert [one.startswith("fail  telegram: does not answer") for one in found] == [True]
