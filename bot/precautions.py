"""What is looked at before the bot meets anybody: settings, drafts, stored steps, the log."""

import logging
import sys
from collections.abc import Iterable

import structlog

from bot.messenger.redaction import Redaction, install
from bot.services.parts import Parts
from bot.settings import Settings, WrongSetting
from bot.texts.bundle import Bundle

_log = structlog.get_logger(__name__)


def refuse_what_cannot_run(settings: Settings) -> None:
    """Look at settings that do not go together.

    Raises:
        WrongSetting: the message names the variable and the mend.
    """
    if not settings.token.get_secret_value():
        raise WrongSetting("ACCANTO_TOKEN is empty: put the bot's token there, from BotFather")
    if settings.clock == "control" and settings.real_telegram:
        raise WrongSetting("ACCANTO_CLOCK=control is for tests against a fake server only")
    if settings.webhook_url.startswith("http://") and not settings.local_telegram:
        raise WrongSetting(
            "ACCANTO_WEBHOOK_URL must begin with https://: what people write travels there"
        )


def refuse_drafts(settings: Settings, bundle: Bundle) -> None:
    """Never meet real people with unreviewed crisis texts, unless the operator says so.

    Raises:
        WrongSetting: the operator did not.
    """
    if not settings.real_telegram:
        return
    drafts = sorted(
        f"{lang}/modules/{name}"
        for lang, documents in bundle.documents.items()
        for name, document in documents.items()
        if document.front.status == "draft"
    )
    unreviewed = ", ".join(["crisis cards", "help lines", *drafts])
    if not settings.allow_draft:
        raise WrongSetting(
            f"ACCANTO_ALLOW_DRAFT is not set, and nobody has reviewed yet: {unreviewed}; "
            "have them reviewed, or set ACCANTO_ALLOW_DRAFT=1 for a trial"
        )
    _log.warning("running with unreviewed texts", unreviewed=unreviewed)


def report_lost_steps(parts: Parts, stored: Iterable[tuple[str, str]]) -> None:
    """Say which stored steps no longer exist; whoever stands there is led on kindly."""
    flows = parts.dialogue.flows
    lost = [f"{f}.{s}" for f, s in stored if f not in flows or s not in flows[f].steps]
    if lost:
        _log.warning("stored steps are gone", steps=sorted(lost))


def log_without_secrets(settings: Settings) -> None:
    """Log one line of key and value an event to standard error; secrets are blackened last."""
    hidden = (settings.token, settings.keys, settings.database_url)
    redaction = Redaction([secret.get_secret_value() for secret in hidden])
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    logging.basicConfig(level=level, stream=sys.stderr)
    for chatty in ("alembic", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    install(redaction, logging.getLogger())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            redaction,
            structlog.processors.LogfmtRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
