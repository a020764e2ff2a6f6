"""What the doctor asks Telegram: whose token it is, what the bot shows, who gets the updates."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from telegram import WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot.messenger.request import Line
from bot.services.doctor import Finding

_RECENT = timedelta(hours=1)
_MANY = 100


async def inspect(line: Line, url: str, at: datetime) -> AsyncIterator[Finding]:
    """Yield what there is to say of the line to Telegram.

    Args:
        line: to Telegram.
        url: the webhook this bot is set to use; empty for polling.
        at: now.
    """
    try:
        me = await line.get_me()
    except InvalidToken:
        yield Finding("fail", "telegram", "the token is refused: get the right one from BotFather")
        return
    except TelegramError as error:
        yield Finding("fail", "telegram", f"does not answer ({type(error).__name__})")
        return
    yield Finding("ok", "telegram", f"answers, this is @{me.username}")
    try:
        described = (await line.get_my_description()).description
        hook = await line.get_webhook_info()
    except TelegramError as error:
        yield Finding("warn", "telegram", f"only half of it was told ({type(error).__name__})")
        return
    if described:
        yield Finding("ok", "identity", "the bot has a description")
    else:
        yield Finding("warn", "identity", "no description yet: `run` sets it")
    for finding in webhook_found(hook, url, at):
        yield finding


def webhook_found(hook: WebhookInfo, url: str, at: datetime) -> list[Finding]:
    """Return what there is to say of the webhook; of an address only the host is shown."""
    findings: list[Finding] = []
    there = urlsplit(hook.url).hostname or "nowhere"
    if hook.url == url:
        told = f"set, to {there}" if url else "none, as polling wants it"
        findings.append(Finding("ok", "webhook", told))
    elif not hook.url:
        findings.append(Finding("warn", "webhook", "not set yet: `run` sets it"))
    elif url:
        told = f"a foreign one is set, to {there}: somebody else has the token, or `run` is due"
        findings.append(Finding("fail", "webhook", told))
    else:
        told = f"one is set, to {there}, and this bot polls: `run` removes it; whose was it?"
        findings.append(Finding("fail", "webhook", told))
    if hook.pending_update_count > _MANY:
        told = f"{hook.pending_update_count} updates wait at Telegram: is the bot running?"
        findings.append(Finding("warn", "webhook", told))
    if hook.last_error_date and at - hook.last_error_date < _RECENT:
        told = f"failed at {hook.last_error_date:%H:%M} UTC: {hook.last_error_message}"
        findings.append(Finding("warn", "webhook", told))
    return findings
