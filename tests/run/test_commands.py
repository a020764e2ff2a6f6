"""The command line as people, tests and authors use it: `python -m bot` in a process of its own."""

import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.messenger.fake import INVENTED
from bot.store import cases, people
from bot.store.database import Database
from bot.store.encryption import Keyring
from tests.parts import KEYS, new_file
from tests.run.process import ROOT, environment

Message = dict[str, Any]
Here = Callable[..., tuple[int, str, str]]
Talk = Callable[..., list[list[Message]]]
SECONDS = 60
_LIGHT: dict[str, str] = {}
NOW = datetime.now(UTC)
NOBODY_LISTENS = "127.0.0.1:9"


@pytest.fixture(scope="module", autouse=True)
def _light(light_content: Path) -> None:
    """Let commands start quickly, unless a test names other settings."""
    _LIGHT["ACCANTO_CONTENT"] = str(light_content)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """Run a command in this process, where only its words matter: a start takes a second."""

    def run(*arguments: str, given: str = "") -> tuple[int, str, str]:
        capsys.readouterr()
        monkeypatch.setenv("ACCANTO_CONTENT", _LIGHT["ACCANTO_CONTENT"])
        monkeypatch.setattr("sys.argv", ["accanto", *arguments])
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def bot(
    *arguments: str, given: str = "", settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with what it is given on standard input."""
    return subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={**environment(settings or _LIGHT), "PYTHONPATH": str(ROOT)},
        input=given,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.fixture
def talk(here: Here) -> Talk:
    """Talk in JSON; return what came before the first line, and after each."""

    def talked(*lines: str, args: tuple[str, ...] = ()) -> list[list[Message]]:
        return _blocks(
            lines, *here("talk", *args, "--json", given="".join(f"{x}\n" for x in lines))
        )

    return talked


def _blocks(lines: Sequence[str], code: int, out: str, err: str) -> list[list[Message]]:
    assert (code, err) == (0, "")
    blocks: list[list[Message]] = [[]]
    for number, line in enumerate(map(json.loads, out.splitlines())):
        if "end" in line:
            assert line == {"end": len(blocks) - 1}, f"line {number} of the output"
            blocks.append([])
        else:
            blocks[-1].append(line)
    assert blocks.pop() == [], "something came after the last end"
    assert len(blocks) == len(lines) + 1
    return blocks


# --- talk -------------------------------------------------------------------------------------


def test_talk_answers_every_line_and_says_when_it_is_done(talk: Talk) -> None:
    """`{"end": 0}` after the opening, `{"end": n}` after line n; an empty line does nothing.

    A number is the button of the last message, authored ones first; so is a label, of the newest
    message that has it; `=1` is the text 1.
    """
    lines = ("Iniziamo", "", "/help", "Sì, 18 o più", "=1", "1", "[voice]")
    opening, begun, nothing, helped, adult, typed, country, voice = talk(*lines)
    assert [message["step"] for message in opening] == ["hello", "hello"]
    assert opening[-1] == {
        "to": "partner",
        "text": opening[-1]["text"],
        "buttons": ["Iniziamo", "English", "SOS", "Menu"],
        "flow": "onboarding",
        "step": "hello",
        "tier": "none",
        "file": None,
    }
    assert (begun[-1]["step"], nothing) == ("adult", [])
    assert helped[-1]["buttons"][0] == "Torno a prima"
    assert adult[-1]["step"] == "country"
    assert [message["step"] for message in typed] == ["country", "country"]
    assert country[-1]["step"] == "kept"
    assert (voice[0]["text"][:12], voice[-1]["step"]) == ("Mi dispiace,", "kept")


def test_talk_takes_scales_moves_the_clock_and_says_what_is_wrong_with_a_line(talk: Talk) -> None:
    """On 0-10 a 9 is nine and not the ninth button; the buttons below keep their numbers.

    `@18:30` is the next half past six, `@+1d` a day later, and what is due on the way arrives.
    """
    goal = ("Con parole mie", "due passi", "Per me", "12", "=11", "9", "18:30")
    clock = ("@18:29", "@18:30", "@+1d", "@2027-02-01T12:00", "@nobody", "/menu")
    args = ("micro_goal", "--at", "2027-03-01T12:00+01:00")
    blocks = talk(*goal, *clock, args=args)
    sos, too_much, nine, saved, before, at, day, back, unknown, menu = blocks[4:]
    assert "112" in sos[-1]["text"]
    assert [block[-1]["step"] for block in (too_much, nine, saved)] == [
        "confidence",
        "hour",
        "saved",
    ]
    assert before == []
    for reminded in (at, day):
        assert [one["buttons"][:4] for one in reminded] == [
            ["Fatto", "In parte", "Non oggi", "Più tardi"]
        ]
    assert "only goes forward" in back[0]["error"]
    assert "@partner" in unknown[0]["error"]
    assert menu[-1]["step"] == "home"


def test_talk_changes_who_speaks_and_shows_to_whom_everything_goes(talk: Talk) -> None:
    """With a flow named all three are there; a notice to another is marked with their role."""
    lines = ("1", "Chiedo un contatto", "Sì, mandala", "@therapist", "Richieste")
    *_, sent, arrived, requests = talk(*lines, args=("contact_therapist",))
    assert {message["to"] for message in sent} == {"partner", "therapist"}
    assert arrived == []
    assert (requests[-1]["to"], requests[-1]["step"]) == ("therapist", "requests")


def test_talk_lets_each_role_begin(talk: Talk) -> None:
    """A therapist comes with an invitation of the operator's; nobody else needs one."""
    began = talk("@partner", "@patient", args=("--as", "therapist"))
    assert [block[-1]["to"] for block in began] == ["therapist", "partner", "patient"]
    assert {block[-1]["step"] for block in began} == {"hello"}


def test_talk_opens_a_module_in_either_language(talk: Talk) -> None:
    """An author begins where the module does, in the language they work on."""
    [opening] = talk(args=("not_willpower", "--lang", "en"))
    assert {message["flow"] for message in opening} == {"not_willpower"}
    assert "minutes" in opening[0]["text"]


def test_talk_goes_on_later_with_a_file(tmp_path: Path, talk: Talk) -> None:
    """The conversation and its key stay where they are told to; nobody else may read the key."""
    args = ("--db", str(tmp_path / "mine.db"))
    talk("Iniziamo", "Sì, 18 o più", args=args)
    assert oct((tmp_path / "mine.db.keys").stat().st_mode)[-3:] == "600"
    opening, _ = talk("/menu", args=args)
    assert opening[-1]["step"] == "country"


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("--lang", "fr"), "--lang fr: use one of it, en"),
        (("--as", "nurse"), "--as nurse: use one of partner, therapist, patient"),
        (("--country", "ZZ"), "--country ZZ: use one of"),
        (("--at", "tomorrow"), "--at tomorrow: write a moment like"),
        (("no_such_flow",), "'no_such_flow'; there are"),
        (("--db", "/nowhere/at/all/my.db"), "--db: /nowhere/at/all/my.db"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_talk_used_wrongly_says_in_one_line_what_would_work(
    arguments: tuple[str, ...], names: str, here: Here
) -> None:
    """Exit 2, nothing on standard output."""
    code, out, err = here("talk", *arguments, "--json")
    assert (code, out) == (2, "")
    assert names in only_line(err)


def only_line(text: str) -> str:
    """Return the one line a text is."""
    assert re.fullmatch(r"[^\n]+\n", text), f"not one line: {text!r}"
    return text


# --- run --------------------------------------------------------------------------------------

_DRIVER = """
import contextlib, io, json, logging, os, sys
from bot.__main__ import main
sys.argv = ["accanto", "run"]
for folder, settings in json.load(sys.stdin):
    os.chdir(folder)
    for name in [name for name in os.environ if name.startswith("ACCANTO_")]:
        del os.environ[name]
    os.environ.update(settings)
    logging.getLogger().handlers.clear()
    out, err, code = io.StringIO(), io.StringIO(), None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    print(json.dumps([code, out.getvalue(), err.getvalue()]))
"""
"""`run` again and again in one process: a start of its own for each would take a second."""

_WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"TOKEN": ""}, "ACCANTO_TOKEN"),
    ({"KEYS": ""}, "ACCANTO_KEYS"),
    ({"KEYS": "no-key"}, "ACCANTO_KEYS"),
    ({"API_URL": "ftp://somewhere"}, "ACCANTO_API_URL"),
    ({"WEBHOOK_URL": "bot.example.org"}, "ACCANTO_WEBHOOK_URL"),
    ({"WEBHOOK_URL": "https://bot.example.org/t?secret"}, "ACCANTO_WEBHOOK_URL"),
    ({"WEBHOOK_URL": "https://bot.example.org/metrics"}, "ACCANTO_WEBHOOK_URL"),
    ({"WEBHOOK_URL": "http://bot.example.org", "API_URL": "http://a.test"}, "ACCANTO_WEBHOOK_URL"),
    ({"LISTEN": "8080"}, "ACCANTO_LISTEN"),
    ({"LISTEN": "127.0.0.1:80800"}, "ACCANTO_LISTEN"),
    ({"LISTEN": "192.0.2.1:8080"}, "ACCANTO_LISTEN"),
    ({"CLOCK": "sundial"}, "ACCANTO_CLOCK"),
    ({"CLOCK": "control", "API_URL": ""}, "ACCANTO_CLOCK"),
    ({"API_URL": ""}, "ACCANTO_ALLOW_DRAFT"),
    ({"CONTENT": "/nowhere/at/all"}, "ACCANTO_CONTENT"),
    ({"DATABASE_URL": "mysql://me:secret@here/db"}, "ACCANTO_DATABASE_URL"),
    ({"DATABASE_URL": "sqlite:////nowhere/at/all/a.db"}, "ACCANTO_DATABASE_URL"),
    ({"DATABASE_URL": f"postgresql://me:secret@{NOBODY_LISTENS}/db"}, "ACCANTO_DATABASE_URL"),
)


def settings(folder: Path, **different: str) -> dict[str, str]:
    """Return settings that would do, but for those that are different."""
    good = {
        "TOKEN": INVENTED,
        "KEYS": KEYS,
        "API_URL": f"http://{NOBODY_LISTENS}",
        "DATABASE_URL": f"sqlite:///{folder / 'new.db'}",
        "CLOCK": "system",
        "CONTENT": _LIGHT["ACCANTO_CONTENT"],
    }
    return {f"ACCANTO_{name}": value for name, value in {**good, **different}.items() if value}


def runs(cases: list[tuple[Path, dict[str, str]]]) -> list[tuple[int, str, str]]:
    """Run the bot with each of these settings, in these folders; return how each run ended."""
    ended = subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-c", _DRIVER],
        cwd=ROOT,
        env={**environment({}), "PYTHONPATH": str(ROOT)},
        input=json.dumps([(str(folder), given) for folder, given in cases]),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return [tuple(json.loads(line)) for line in ended.stdout.splitlines()]


def test_run_with_a_wrong_setting_names_it_in_one_line_and_writes_nothing(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    """Exit 2; no secret in the line, no file where the database was to be."""
    folders = [tmp_path / str(number) for number in range(len(_WRONG))]
    for folder in folders:
        folder.mkdir()
    cases = [
        (f, settings(f, **different)) for f, (different, _) in zip(folders, _WRONG, strict=True)
    ]
    for folder, (different, name), (code, out, err) in zip(
        folders, _WRONG, runs(cases), strict=True
    ):
        with subtests.test(" ".join(f"{key}={value}" for key, value in different.items())):
            assert (code, out) == (2, "")
            assert name in only_line(err)
            assert "secret" not in err
            assert list(folder.iterdir()) == []


def test_run_leaves_as_it_is_what_it_cannot_use(tmp_path: Path) -> None:
    """A database written with other keys, and somebody's letter that is no database at all."""
    ours, letter = tmp_path / "ours.db", tmp_path / "letter.txt"
    ours.write_bytes(new_file())
    letter.write_bytes(b"Caro diario, " * 400)
    before = ours.read_bytes(), letter.read_bytes()
    other_keys = settings(tmp_path, KEYS=Keyring.new_key(), DATABASE_URL=f"sqlite:///{ours}")
    a_letter = settings(tmp_path, DATABASE_URL=f"sqlite:///{letter}")
    keys, database = runs([(tmp_path, other_keys), (tmp_path, a_letter)])
    assert (keys[0], database[0]) == (2, 2)
    assert "ACCANTO_KEYS" in only_line(keys[2])
    assert "ACCANTO_DATABASE_URL" in only_line(database[2])
    assert (ours.read_bytes(), letter.read_bytes()) == before


def test_run_with_broken_content_names_file_and_line_and_writes_nothing(tmp_path: Path) -> None:
    """A catalogue that was cut off in the middle, as a copy that was interrupted leaves it."""
    folder = tmp_path / "content"
    shutil.copytree(_LIGHT["ACCANTO_CONTENT"], folder)
    catalogue = folder / "it" / "messages.po"
    text = catalogue.read_bytes()
    inside_a_text = text.index(b'msgstr "', len(text) // 2) + len(b'msgstr "')
    catalogue.write_bytes(text[:inside_a_text])
    ended = bot("run", settings=settings(tmp_path, CONTENT=str(folder)))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.search(r"it/messages\.po:\d+: ", ended.stderr)
    assert [path.name for path in tmp_path.iterdir()] == ["content"]


# --- the others -------------------------------------------------------------------------------


def test_understand_answers_line_by_line_in_order() -> None:
    """The ids come back as they were, whatever `lang` says; an empty line has no answer."""
    records = [
        {"id": "b", "lang": "en", "text": "stasera pasta"},
        {"id": "a", "text": "pasta tonight"},
        {"id": "c", "lang": "xx", "text": ""},
    ]
    ended = bot("understand", given="\n\n".join(map(json.dumps, records)) + "\n")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [json.loads(line) for line in ended.stdout.splitlines()] == [
        {"id": name, "tier": "none", "trigger": None, "label": None, "friction": []}
        for name in ("b", "a", "c")
    ]


@pytest.mark.parametrize("line", ["no json", "[]", '{"id": "a"}', '{"id": 1, "text": "x"}'])
def test_understand_names_the_line_it_cannot_read(line: str, here: Here) -> None:
    """Exit 2; what came before it was answered."""
    good = '{"id": "a", "lang": "it", "text": "ciao"}'
    code, out, err = here("understand", given=f"{good}\n{line}\n")
    assert code == 2
    assert "line 2 of the input" in only_line(err)
    assert len(out.splitlines()) == 1


def test_keys_new_prints_a_key_and_nothing_else(here: Here) -> None:
    """Another one each time, and one the store takes."""
    first, second = here("keys", "new"), here("keys", "new")
    assert first != second
    assert (first[0], first[2]) == (0, "")
    assert Keyring.parse(only_line(first[1]).strip())


def test_a_therapist_is_invited_with_a_code_that_works_once(tmp_path: Path) -> None:
    """The code alone on standard output, so that it can be piped; the rest beside it."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    ended = bot("invite-therapist", settings=settings(tmp_path, DATABASE_URL=url))
    code = only_line(ended.stdout).strip()
    assert (ended.returncode, code in ended.stderr) == (0, True)
    database = Database(url, Keyring.parse(KEYS))
    with database.unit() as unit:
        person = people.create(unit, 1, "it", NOW)
        found = cases.find_invitation(unit, code, person, NOW)
        assert found
        assert cases.register_therapist(unit, found.id, person, NOW)
        assert not cases.register_therapist(unit, found.id, person, NOW)
    database.close()


def test_commands_that_do_not_exist_are_wrong_use(here: Here) -> None:
    """Exit 2 and a hint, as everywhere."""
    code, out, err = here("dance")
    assert (code, out) == (2, "")
    assert "dance" in err
