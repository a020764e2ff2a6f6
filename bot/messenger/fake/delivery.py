"""Methods by which a bot gets its updates, and by which it leaves."""

from urllib.parse import urlsplit

from bot.messenger.fake import limits
from bot.messenger.fake.backend import Backend
from bot.messenger.fake.call import Call
from bot.messenger.fake.refusal import Json, Refusal, bad_request
from bot.messenger.fake.webhook import Target

CONFLICT_WITH_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
CONFLICT_WITH_POLL = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
CONFLICT_WITH_SET = "Conflict: terminated by setWebhook request"
_LONGEST_POLL = 50
_MOST_UPDATES = 100
_CONNECTIONS = 40
_MOST_CONNECTIONS = 100
_LOGGED_OUT_SECONDS = 600


async def get_updates(backend: Backend, call: Call) -> list[Json]:
    """Return what happened; the offset acknowledges everything before it."""
    if backend.webhook.target is not None:
        raise Refusal(409, CONFLICT_WITH_WEBHOOK)
    allow_updates(backend, call)
    offset = call.integer("offset")
    limit = min(max(call.integer("limit", _MOST_UPDATES), 1), _MOST_UPDATES)
    seconds = min(max(call.integer("timeout"), 0), _LONGEST_POLL)
    news = backend.updates.poll(offset, limit)
    if news or not seconds:
        return news
    # As in Telegram's own server: the newer long poll stays, the older one gets the conflict.
    backend.poller.end(CONFLICT_WITH_POLL)
    conflict = await backend.poller.wait(seconds)
    if conflict is not None:
        raise Refusal(409, conflict)
    return backend.updates.poll(offset, limit)


def set_webhook(backend: Backend, call: Call) -> tuple[bool, str]:
    """Have updates posted to an address from now on."""
    url = call.text("url")
    if not url:
        return delete_webhook(backend, call)
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise bad_request("invalid webhook URL specified")
    secret = limits.webhook_secret(call)
    connections = call.integer("max_connections", _CONNECTIONS)
    allow_updates(backend, call)
    _drop_if_asked(backend, call)
    backend.poller.end(CONFLICT_WITH_SET)
    target = Target(url, secret, min(max(connections, 1), _MOST_CONNECTIONS))
    if target == backend.webhook.target:
        return True, "Webhook is already set"
    backend.webhook.aim(target)
    return True, "Webhook was set"


def delete_webhook(backend: Backend, call: Call) -> tuple[bool, str]:
    """Stop posting updates; what waits is kept for the poller."""
    _drop_if_asked(backend, call)
    if backend.webhook.target is None:
        return True, "Webhook is already deleted"
    backend.webhook.aim(None)
    return True, "Webhook was deleted"


def get_webhook_info(backend: Backend, _call: Call) -> Json:
    """Return where updates are posted and what went wrong last."""
    webhook = backend.webhook
    target = webhook.target
    info: Json = {
        "url": "" if target is None else target.url,
        "has_custom_certificate": False,
        "pending_update_count": backend.updates.pending(),
    }
    if target is not None:
        info["max_connections"] = target.connections
        info["ip_address"] = "127.0.0.1"
    if webhook.last_error is not None:
        info["last_error_date"], info["last_error_message"] = webhook.last_error
    if backend.updates.allowed is not None:
        info["allowed_updates"] = sorted(backend.updates.allowed)
    return info


def log_out(backend: Backend, _call: Call) -> bool:
    """Leave this server; for ten minutes it takes no more calls."""
    backend.webhook.aim(None)
    backend.logged_out_until = backend.clock.seconds() + _LOGGED_OUT_SECONDS
    return True


def close(_backend: Backend, _call: Call) -> bool:
    """Say goodbye: this server keeps nothing open for a bot."""
    return True


def allow_updates(backend: Backend, call: Call) -> None:
    """Take over which kinds the bot wants; a call that says nothing changes nothing."""
    given = call.structure("allowed_updates", "Can't parse allowed_updates JSON object")
    if isinstance(given, list):
        backend.updates.allowed = frozenset(map(str, given)) or None


def _drop_if_asked(backend: Backend, call: Call) -> None:
    if call.flag("drop_pending_updates"):
        backend.updates.clear()
