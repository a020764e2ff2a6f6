"""Signed `callback_data`: clients can forge what a button sends, so it carries its own proof.

Layout, at most 64 bytes: version (1), signature (11), then `move|revision|value`. The signature
is the first 8 bytes of an HMAC-SHA-256 over the account and everything after it, in URL-safe
base 64 without padding. Nothing readable about a person is in it.
"""

import base64
import hashlib
import hmac

from bot.services.heard import ShownButton

LONGEST = 64
LONGEST_MOVE = 24
LONGEST_VALUE = 16
_VERSION = "1"
_MAC_BYTES = 8
_MAC_SIGNS = 11
_PURPOSE = b"accanto button "


class UnfitButton(ValueError):
    """A button that does not fit into `callback_data`; nobody could ever press it."""


def sign(key: bytes, account: int, button: ShownButton) -> str:
    """Return the `callback_data` of a button as this account is shown it.

    Raises:
        UnfitButton: the move is empty, longer than 24 characters or holds a `|`; the value is
            longer than 16 characters; or all of it takes more than 64 bytes.
    """
    if not 0 < len(button.move) <= LONGEST_MOVE or "|" in button.move:
        raise UnfitButton(f"move {button.move!r}: 1 to {LONGEST_MOVE} characters without |")
    if len(button.value) > LONGEST_VALUE:
        raise UnfitButton(f"move {button.move!r}: its value has over {LONGEST_VALUE} characters")
    revision = "" if button.revision is None else str(button.revision)
    data = _sealed(key, account, f"{button.move}|{revision}|{button.value}")
    if len(data.encode()) > LONGEST:
        raise UnfitButton(f"move {button.move!r}: its data has over {LONGEST} bytes")
    return data


def verify(key: bytes, account: int, data: str) -> ShownButton | None:
    """Return the button (without label) that `data` stands for, None for anything we did not sign.

    Made for another account, cut short or changed in a single bit is all the same.
    """
    body = data[len(_VERSION) + _MAC_SIGNS :]
    # The whole text is compared, not the decoded signature: base 64 has several spellings.
    if not hmac.compare_digest(_bytes(_sealed(key, account, body)), _bytes(data)):
        return None
    move, revision, value = body.split("|", 2)
    return ShownButton("", move, value, int(revision) if revision else None)


def _sealed(key: bytes, account: int, body: str) -> str:
    message = _PURPOSE + _bytes(f"{_VERSION} {account} {body}")
    mac = hmac.digest(key, message, hashlib.sha256)[:_MAC_BYTES]
    return _VERSION + base64.urlsafe_b64encode(mac).decode().rstrip("=") + body


def _bytes(text: str) -> bytes:
    # A forged press may hold half a surrogate pair, which plain UTF-8 refuses.
    return text.encode(errors="surrogatepass")
