"""The doctor with all its instruments: settings, time, database, content, reader, Telegram."""

from collections.abc import Callable, Iterator

from bot.bootstrap import content_folder, database_of, program, system_time
from bot.messenger.inspection import inspect
from bot.messenger.request import Timeouts, line
from bot.services import doctor
from bot.services.doctor import Finding
from bot.settings import Settings, WrongSetting
from bot.store.database import Database
from bot.store.engines import Address
from bot.store.errors import Unreachable
from bot.texts.bundle import load
from bot.texts.check import check
from bot.texts.problems import BrokenContent
from bot.understanding import encoder, model

_TIMEOUTS = Timeouts(connect=3.0, read=5.0)


async def examine(settings: Settings) -> list[Finding]:
    """Return every finding, in the order in which an operator mends things; writes nothing."""
    now = system_time()
    findings = [
        *doctor.settings_found(settings, now),
        *doctor.time_found(now),
        *doctor.database_found(existing(settings), now),
        *_content_found(),
    ]
    token = settings.token.get_secret_value()
    if token:
        async with line(token, settings.api_url, _TIMEOUTS) as telegram:
            findings += [one async for one in inspect(telegram, settings.webhook_url, now)]
    return findings


def existing(settings: Settings) -> Callable[[], Database]:
    """Return what opens the database, but makes no file where none is."""

    def opened() -> Database:
        address = Address.parse(settings.database_url.get_secret_value())
        if not address.exists:
            raise Unreachable(f"{address.place} is not there yet: `run` makes it")
        return database_of(settings)

    return opened


def _content_found() -> Iterator[Finding]:
    """Yield what there is to say of the texts, and of the reader that stands on them."""
    today = system_time().date()
    try:
        folder = content_folder()
        report = check(folder, program(), on=today, release=True)
        bundle = load(folder)
    except WrongSetting as error:
        yield Finding("fail", "content", str(error))
        return
    except BrokenContent as broken:
        told = f"cannot be used: {broken.problems[0]} ({len(broken.problems)} in all, see `check`)"
        yield Finding("fail", "content", told)
        return
    if errors := report.errors - report.unreleased:
        yield Finding("fail", "content", f"{errors} errors: `check` names them")
    else:
        yield Finding("ok", "content", f"sound, {bundle.fingerprint}")
    if report.unreleased:
        told = f"{report.unreleased} things a release needs: `check --release` names them"
        yield Finding("warn", "review", told)
    else:
        yield Finding("ok", "review", "every text is reviewed")
    yield from doctor.contacts_found(bundle, today)
    yield _reader_found()


def _reader_found() -> Finding:
    """Say whether texts are read by the statistical reader too, or by the lexicon alone."""
    file = content_folder() / model.FILE
    alone = "free text is read by the lexicon alone"
    installed = encoder.encoder_version()
    if not installed:
        return Finding("warn", "reader", f"the encoder is not installed: {alone}")
    if not file.is_file():
        return Finding("warn", "reader", f"there is no {model.FILE}: {alone}")
    try:
        made_with = model.read_model(file.read_text(encoding="utf-8")).encoder
    except (OSError, model.BrokenModel) as error:
        return Finding("warn", "reader", f"{error}: {alone}")
    if made_with != installed:
        told = f"made with encoder {made_with}, {installed} is installed: {alone}"
        return Finding("warn", "reader", told)
    return Finding("ok", "reader", f"statistical, encoder {installed}")
