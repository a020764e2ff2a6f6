"""The one place where parts are put together."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from bot.engine.chance import new_code
from bot.engine.events import CommandGiven
from bot.engine.flow import Flow
from bot.flows import house
from bot.flows.house import SHORTCUTS
from bot.services import rehearsal as seeding
from bot.services.parts import Parts, Read, offer_of
from bot.settings import Settings, WrongSetting, read_settings
from bot.store.database import Database
from bot.store.encryption import Keyring
from bot.terminal.rehearsal import Rehearsal, WrongUse
from bot.texts import draw
from bot.texts.bundle import Bundle, Shelf, find_content, load
from bot.texts.families import FAMILIES
from bot.texts.lined import plain
from bot.texts.problems import BrokenContent
from bot.texts.rules.given import Program
from bot.texts.said import read_source
from bot.understanding import model
from bot.understanding.encoder import NoEncoder, encoder_version
from bot.understanding.examples import ExamplesError, examples_of, fingerprint, read_examples
from bot.understanding.labelled import LabelledError, frozen, messages
from bot.understanding.lexicon import LexiconError, compile_lexicon
from bot.understanding.model import read_model, write_model
from bot.understanding.reader import Reader, build_reader
from bot.understanding.report import measure, page
from bot.understanding.statistical import Statistical

SEED_BYTES = 16
_log = structlog.get_logger(__name__)


def system_time() -> datetime:
    """Return the moment, in UTC."""
    return datetime.now(UTC)


def chance() -> bytes:
    """Return the randomness of one event."""
    return os.urandom(SEED_BYTES)


def reader_of(bundle: Bundle) -> Reader:
    """Return a reader for the safety words of a bundle, all languages at once.

    Beside them it reads with what was learnt from the examples, loaded at the first text.
    """
    file = content_folder() / model.FILE
    return _reader(bundle, Statistical(lambda: read_model(file.read_text(encoding="utf-8"))))


def _reader(bundle: Bundle, statistical: Statistical | None = None) -> Reader:
    words: Mapping[str, Mapping[str, object]] = {
        lang: plain(data.safety) for lang, data in bundle.data.items() if data.safety
    }
    return build_reader(words, statistical, bundle.quotable())


def content_folder() -> Path:
    """Return the content folder: ACCANTO_CONTENT, or the one that came with the code.

    Raises:
        WrongSetting: the variable names no folder.
    """
    named = read_settings().content
    if named and not named.is_dir():
        raise WrongSetting(f"ACCANTO_CONTENT: there is no folder {named}; name one, or unset it")
    return named or find_content()


def sound_content() -> tuple[Shelf, Read]:
    """Return the content, and the reader of its safety words.

    Raises:
        BrokenContent, LexiconError: the content folder cannot be used.
    """
    shelf = Shelf(content_folder())
    return shelf, reader_of(shelf.bundle).read


def parts_over(database: Database, content: tuple[Shelf, Read] | None = None) -> Parts:
    """Return the parts over a database that is brought up to date, once the content is sound.

    Raises:
        BrokenContent, LexiconError: the content folder cannot be used.
        StoreError: the address, the keys or the database cannot.
    """
    shelf, read = content or sound_content()
    database.upgrade()
    return Parts(database, shelf, read)


def reload_content(parts: Parts) -> bool:
    """Take up changed content; what is broken is told and never replaces what is running."""
    try:
        shelf, read = sound_content()
    except (BrokenContent, LexiconError, WrongSetting) as error:
        _log.error("content not reloaded", problems=str(error))
        return False
    read(".", ())  # loads what reads, before somebody waits for it
    parts.shelf, parts.read = shelf, read
    _log.info("content reloaded", fingerprint=shelf.bundle.fingerprint)
    return True


def database_of(settings: Settings) -> Database:
    """Return the database of the settings; nothing is opened yet."""
    keyring = Keyring.parse(settings.keys.get_secret_value())
    return Database(settings.database_url.get_secret_value(), keyring)


def invite_therapist(settings: Settings, practice: str) -> tuple[str, datetime]:
    """Return a new one-time code for a therapist of a practice, and until when it can be used."""
    now = system_time()
    code = new_code(CommandGiven(at=now, seed=chance(), name="start"), "therapist")
    database = database_of(settings)
    try:
        return code, seeding.invite_therapist(parts_over(database), practice, code, now)
    finally:
        database.close()


# --- for authors ----------------------------------------------------------------------------


def program() -> Program:
    """Return what the content check has to know of the program."""
    return Program(
        flows=conversations,
        source=Path(__file__).parent,
        asides=tuple(way.aside for way in SHORTCUTS.values() if way.aside),
        families=FAMILIES,
        lexicon=_faults_of,
        examples=_faulty_examples,
        reader=_stale_reader,
    )


def conversations(bundle: Bundle) -> tuple[Flow, ...]:
    """Return the conversations written in Python, over what a bundle offers."""
    return house.flows(offer_of(bundle))


def diagrams() -> tuple[Path, dict[str, str]]:
    """Return the folder of the diagrams, and its pages as they should be.

    Raises:
        BrokenContent: the content folder cannot be used.
        WrongUse: this is an installed package, which has no docs.
    """
    source = Path(__file__).parent
    docs = source.parent / "docs"
    if not docs.is_dir():
        raise WrongUse(f"draw: {docs} is not there; run it in a checkout of the source")
    bundle = load(content_folder())
    flows = (*conversations(bundle), *bundle.flows)
    return docs / "flows", draw.pages(flows, read_source(source).flows)


def _faults_of(lang: str, words: Mapping[str, object]) -> tuple[str, ...]:
    try:
        compile_lexicon(lang, words)
    except LexiconError as error:
        return error.problems
    return ()


def _faulty_examples(folder: Path) -> Iterator[tuple[str, int, str]]:
    for fault in read_examples(_example_files(folder))[1]:
        yield fault.path, fault.line, fault.told


def _stale_reader(folder: Path) -> str | None:
    files, file = _example_files(folder), folder / model.FILE
    if not files:
        return None
    text = file.read_text(encoding="utf-8") if file.is_file() else None
    return model.why_stale(text, fingerprint(_lessons(folder)), encoder_version())


def _example_files(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(folder.glob("*/understanding/*.yaml"))
    }


def _lessons(folder: Path) -> dict[str, str]:
    """Return all that training learns from: the examples, and the words it knows already."""
    words = sorted(folder.glob("*/safety.yaml"))
    known = {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in words}
    return known | _example_files(folder)


def train_reader() -> Iterator[str]:
    """Train the statistical reader on the examples and write its file; yield what to tell.

    Raises:
        BrokenContent, LexiconError: the content folder cannot be used.
        WrongUse: the examples, or the packages it takes, are not there.
    """
    try:
        from bot.understanding import training  # noqa: PLC0415 - needs what only authors install
    except ImportError as error:
        raise WrongUse(f"train-reader: {error}; install the extras authors and reader") from None
    folder = content_folder()
    examples = _example_files(folder)
    lexicons = _reader(load(folder))
    try:
        trained = training.train(examples_of(examples), lexicons, fingerprint(_lessons(folder)))
    except (ExamplesError, NoEncoder, training.TooFewExamples) as error:
        raise WrongUse(f"train-reader: {error}") from None
    (folder / model.FILE).write_text(write_model(trained.model), encoding="utf-8")
    yield from training.report(trained)
    yield f"wrote {folder / model.FILE}"


def safety_report(named: str, clock: Callable[[], float]) -> tuple[Path, str]:
    """Return the file of the safety report, and the page that belongs into it.

    named: a file of labelled messages to measure with besides; nothing for none
    clock: milliseconds of CPU spent so far

    Raises:
        BrokenContent, LexiconError: the content folder cannot be used.
        WrongUse: what it takes is not there, or does not fit together.
    """
    folder, docs = content_folder(), Path(__file__).parent.parent / "docs"
    if not docs.is_dir():
        raise WrongUse(f"safety-report: {docs} is not there; run it in a checkout of the source")
    if stale := _stale_reader(folder):
        raise WrongUse(f"safety-report: {model.FILE} {stale}")
    bundle, file = load(folder), (folder / model.FILE).read_bytes()
    made = read_model(file.decode())
    statistical = Statistical(lambda: made)
    try:
        statistical.judge(["."], lambda _: ())  # else the reader would read on without it
        sets = {"": frozen(examples_of(_example_files(folder)))}
        if named:
            given = Path(named).read_bytes()
            title = f"{Path(named).name}, SHA-256 `{sha256(given).hexdigest()[:16]}`"
            sets[title] = messages(given.decode().splitlines())
    except (ExamplesError, LabelledError, NoEncoder, OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"safety-report: {error}") from None
    readers = _reader(bundle, statistical), _reader(bundle)
    measured = [measure(name, rows, readers, clock) for name, rows in sets.items()]
    return docs / "safety" / "report.md", page(made, sha256(file).hexdigest()[:16], measured)


# --- a rehearsal in a terminal --------------------------------------------------------------


@contextmanager
def rehearsal(lang: str, country: str, at: datetime, file: str = "") -> Iterator[Rehearsal]:
    """Give a rehearsal over a throw-away database, or over `file` so that it can go on later."""
    with TemporaryDirectory(prefix="accanto-", ignore_cleanup_errors=True) as folder:
        path = Path(file) if file else Path(folder) / "rehearsal.db"
        database = Database(f"sqlite:///{path}", _private_key(path.with_name(f"{path.name}.keys")))
        try:
            yield Rehearsal(parts_over(database), lang, country, at, chance)
        finally:
            database.close()


def system_language() -> str:
    """Return the language of the machine's user: it, or en for everybody else."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "it" if spoken.startswith("it") else "en"


def _private_key(file: Path) -> Keyring:
    """Return the key of a rehearsal, kept in a file of its own.

    Raises:
        WrongUse: the file cannot be made or read.
    """
    try:
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(Keyring.new_key(), encoding="utf-8")
        return Keyring.parse(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongUse(f"--db: {file} cannot be used ({error.strerror}); name another") from None
