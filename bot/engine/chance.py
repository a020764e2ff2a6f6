"""Ids, secrets and varied replies, all derived from the seed an event carries."""

import base64
import hashlib

from bot.engine.events import Event

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _bytes(event: Event, purpose: str) -> bytes:
    return hashlib.blake2b(purpose.encode(), key=event.seed, digest_size=32).digest()


def new_id(event: Event, purpose: str) -> str:
    """Return a random public id of 8 characters (40 bits); unique within its owner."""
    return base64.b32encode(_bytes(event, purpose)[:5]).decode().lower()


def new_link(event: Event, purpose: str) -> str:
    """Return a bearer secret of 128 bits for a deep link: 22 characters of [A-Za-z0-9_-]."""
    return base64.urlsafe_b64encode(_bytes(event, purpose)[:16]).decode().rstrip("=")


def new_code(event: Event, purpose: str) -> str:
    """Return a short code of 10 characters (Crockford base 32, 47 bits) to read out or type.

    A digit, then a letter: neither a word of ten letters nor a telephone number looks like it.
    """
    number = int.from_bytes(_bytes(event, purpose)[:10])
    rest = "".join(_CROCKFORD[(number >> (5 * i)) & 31] for i in range(8))
    return f"{(number >> 40) % 10}{_CROCKFORD[10 + (number >> 48) % 22]}{rest}"


def new_number(event: Event, purpose: str) -> str:
    """Return a confirmation number of four digits, to be compared by two people."""
    return f"{int.from_bytes(_bytes(event, purpose)[:4]) % 10_000:04d}"


def pick(event: Event, purpose: str, among: int) -> int:
    """Return a number from 0 to `among` - 1."""
    return int.from_bytes(_bytes(event, purpose)[:4]) % among
