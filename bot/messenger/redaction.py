"""Nothing secret in the log: the last look at every record before it is written.

httpx logs the address of every call, which holds the token; the library logs whole calls, which
hold what people write. Their loggers are turned down, and whatever still gets through with a token
in it is blackened: texts, arguments, tracebacks.
"""

import logging
import re
import traceback
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from structlog.typing import EventDict, WrappedLogger

BLACK = "[redacted]"
_BOT_TOKEN = re.compile(r"(?<![0-9])[0-9]{5,}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
# The library's ERROR on broken JSON quotes the answer, in which there are messages.
_QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.CRITICAL + 1,
}


class Redaction(logging.Filter):
    """Blackens secrets; a filter for handlers of `logging` and a processor for structlog.

    Args:
        secrets: texts that must never show; whatever looks like a bot token is found anyway.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        known = {spelled for one in secrets if one for spelled in (one, quote(one, safe=""))}
        # The longest first: a secret may be part of another.
        longest = sorted(map(re.escape, known), key=len, reverse=True)
        self._secrets = re.compile("|".join([*longest, _BOT_TOKEN.pattern]))

    def __repr__(self) -> str:
        return "Redaction()"

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        return self._secrets.sub(BLACK, text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Blacken a record of `logging`; it is always kept."""
        if isinstance(record.msg, dict):
            # What structlog hands over: it is formatted later, so it stays a mapping.
            record.msg = self._clean(record.msg)
        else:
            record.msg, record.args = _message(record), ()
        if record.exc_info:
            text = "".join(traceback.format_exception(*record.exc_info)).rstrip()
            record.exc_info, record.exc_text = None, text
        # Everything else a formatter may print: traceback, stack, whatever came as `extra`.
        for name, value in list(vars(record).items()):
            if isinstance(value, str):
                setattr(record, name, self.text(value))
        return True

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Blacken an event of structlog; to stand after the processor that formats exceptions."""
        return {key: self._clean(value) for key, value in event.items()}

    def _clean(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self._clean(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._clean(one) for one in value]
        if value is None or isinstance(value, int | float):
            return value
        shown = str(value)
        clean = self.text(shown)
        return value if clean == shown else clean


def install(redaction: Redaction, root: logging.Logger) -> None:
    """Put the redaction on every handler of the root logger, and turn down who talks too much."""
    for handler in root.handlers:
        if redaction not in handler.filters:
            handler.addFilter(redaction)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (KeyError, TypeError, ValueError):
        return str(record.msg)  # arguments that do not fit: the text alone
