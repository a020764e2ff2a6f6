import io
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
import structlog

from bot.messenger.buttons import sign
from bot.messenger.fake import FakeTelegram, Fault, Kind, Settings
from bot.messenger.identity import Profile, introduce
from bot.messenger.redaction import BLACK, Redaction, install
from bot.messenger.request import Timeouts, line
from bot.messenger.sender import Sender
from bot.services.heard import Outgoing, ShownButton
from tests.messenger.conftest import KEY

TOKEN = "7654321:CANARY-token_which_nobody_may_ever_see"
KEY_TEXT = "key-canary-é/+=="
SAID = "canary of what somebody said"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, at DEBUG, through a handler of the root."""
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "httpx", "httpcore", "telegram")}
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s %(extra_one)s"))
    handler.formatter._style._defaults = {"extra_one": ""}  # type: ignore[union-attr]  # noqa: SLF001
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    others = [one for one in root.handlers if one is not handler]
    for one in others:
        root.removeHandler(one)
    install(Redaction([TOKEN, KEY_TEXT]), root)
    yield written
    root.removeHandler(handler)
    for one in others:
        root.addHandler(one)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def clean(log: io.StringIO, printed: str = "") -> str:
    """Return what was written, after looking that nothing secret is among it."""
    text = log.getvalue() + printed
    for secret in (TOKEN, KEY_TEXT, quote(KEY_TEXT, safe=""), "CANARY", SAID):
        assert secret not in text
    return text


@pytest.mark.parametrize(
    "secret", [TOKEN, KEY_TEXT, quote(KEY_TEXT, safe=""), quote(TOKEN, safe="")]
)
def test_a_secret_is_blackened_wherever_it_stands_P10(log: io.StringIO, secret: str) -> None:
    """In the text, its arguments, a mapping of arguments, an extra, a traceback."""
    logger = logging.getLogger("anything")
    logger.warning("a %s b", secret)
    logger.warning(f"a {secret} b")  # noqa: G004 - somebody else's library may do so
    logger.warning("a %(x)s", {"x": secret})
    logger.warning("a", extra={"extra_one": secret})
    logger.warning("too few %s %s", secret)  # noqa: PLE1206 - somebody else's slip
    try:
        raise ValueError(secret)  # noqa: TRY301 - what is raised is the point
    except ValueError:
        logger.exception("it failed")
    logger.warning("stack", stack_info=True)
    written = clean(log)
    assert written.count(BLACK) >= 5
    assert "ValueError: [redacted]" in written


def test_any_bot_token_is_blackened_P10(log: io.StringIO) -> None:
    """Also one we were never told, alone or in an address."""
    other = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
    logging.getLogger("x").info("POST https://api.telegram.org/bot%s/getMe", other)
    logging.getLogger("x").info(other)
    written = log.getvalue()
    assert "AAHdq" not in written
    assert f"/bot{BLACK}/getMe" in written


def test_times_and_ordinary_numbers_stay(log: io.StringIO) -> None:
    """What is blackened must look like a token."""
    logging.getLogger("x").info("2027-03-01 08:15:00 update 900000000: 20:30, sha 12345:abc")
    assert BLACK not in log.getvalue()


def test_structlog_is_blackened_too_P10() -> None:
    """Values of any depth and kind; what holds no secret keeps its type."""
    redaction = Redaction([TOKEN])
    event = {
        "event": f"to {TOKEN}",
        "deep": {"list": ["x", TOKEN, 3], "error": ValueError(TOKEN)},
        "count": 3,
        "nothing": None,
    }
    assert redaction(None, "info", event) == {
        "event": f"to {BLACK}",
        "deep": {"list": ["x", BLACK, 3], "error": BLACK},
        "count": 3,
        "nothing": None,
    }


def test_structlog_through_logging_is_blackened_P10(log: io.StringIO) -> None:
    """The mapping it hands over as message is cleaned before it is formatted."""
    logger = structlog.wrap_logger(
        logging.getLogger("structured"),
        processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    )
    logger.warning("hello", secret=TOKEN)
    assert "hello" in clean(log)


def test_the_redaction_does_not_show_what_it_hides_P10() -> None:
    """It may itself be logged; and it works with no secrets at all."""
    assert TOKEN not in repr(Redaction([TOKEN]))
    assert Redaction([]).text("x") == "x"
    assert Redaction([""]).text("x") == "x"


FAULTS = [
    Fault(Kind.REFUSE, status=status, retry_after=1 if status == 429 else None)
    for status in (400, 401, 403, 404, 409, 429, 500, 502)
] + [
    Fault(Kind.REFUSE, status=502, page="<html>no</html>"),
    Fault(Kind.REFUSE, status=200, page=f"<html>{SAID}</html>"),
    Fault(Kind.CUT),
    Fault(Kind.CUT, after=True),
    Fault(Kind.HANG, seconds=0.5),
]


@pytest.mark.anyio
@pytest.mark.parametrize("fault", FAULTS)
async def test_no_error_path_shows_token_key_or_words_P10(
    log: io.StringIO, capsys: pytest.CaptureFixture[str], fault: Fault
) -> None:
    """At DEBUG, with the library's own logging, and in whatever is raised."""
    async with (
        FakeTelegram(Settings(token=TOKEN)) as server,
        line(TOKEN, server.url, Timeouts(read=0.05)) as bot,
    ):
        server.user(7, has_started=True)
        sender = Sender(bot, KEY)
        server.fault(replace(fault, count=None))
        button = ShownButton("x", "yes")
        await sender.send(7, Outgoing("send", SAID, rows=((button,),)))
        await sender.send(7, Outgoing("edit", SAID, message_id=1))
        await sender.toast("1", SAID)
        await sender.leave(-5, SAID)
        await introduce(bot, {"": Profile("name", SAID, SAID, ())})
        server.fault(replace(fault, method="getUpdates"))
        try:
            await bot.waiting_updates(None, ["message"], 0)
        except Exception:
            logging.getLogger("test").exception("poll failed")
            shown = repr(sys.exc_info())
            assert TOKEN not in shown
        logging.getLogger("test").error("%r %s %r", bot, bot, sender)
    printed = "".join(capsys.readouterr())
    assert "not sent" in printed
    assert "HTTP Request" not in log.getvalue()
    assert sign(KEY, 7, button) not in clean(log, printed)


@pytest.mark.anyio
async def test_a_wrong_address_shows_no_token_P10(
    log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor does an address that is none."""
    for address in ("http://127.0.0.1:9", "http://no such host", "ftp://127.0.0.1", "nonsense"):
        async with line(TOKEN, address) as bot:
            await Sender(bot, KEY).send(7, Outgoing("send", SAID))
            try:
                await bot.waiting_updates(None, ["message"], 0)
            except Exception:
                logging.getLogger("test").exception("poll failed")
    clean(log, "".join(capsys.readouterr()))
