"""Keys: a key list wraps one data key per person; a data key seals what that person typed.

Everything is AES-256-GCM with a random nonce. What a sealed value was sealed *for* (its table,
column and owner) is its associated data: moved elsewhere, it does not open.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.store.errors import Unreadable, WrongKeys

KEY_BYTES = 32
_NONCE_BYTES = 12
_ENTRY = re.compile(r"([A-Za-z0-9_-]{1,32}):([A-Za-z0-9_-]+)={0,2}")
_MAKE_ONE = "python -c 'from bot.store.encryption import Keyring; print(Keyring.new_key())'"


class Keyring:
    """The key list of ACCANTO_KEYS: the first key wraps, every key unwraps."""

    __slots__ = ("_first", "_keys", "_raw")

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = {name: AESGCM(key) for name, key in keys.items()}
        self._raw = dict(keys)
        self._first = next(iter(keys))

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._keys)})"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `id:base64url(32 bytes)` entries, newest first, split by commas or spaces.

        Raises WrongKeys, naming the entry by its place in the list and never by its content.
        """
        entries = re.split(r"[,\s]+", text.strip(", \t\r\n"))
        if entries == [""]:
            raise WrongKeys(f"ACCANTO_KEYS is empty: put a key there, made with {_MAKE_ONE}")
        keys: dict[str, bytes] = {}
        for place, entry in enumerate(entries, start=1):
            match = _ENTRY.fullmatch(entry)
            key = _decoded(match[2]) if match else b""
            if match is None or len(key) != KEY_BYTES:
                raise WrongKeys(
                    f"ACCANTO_KEYS: entry {place} is not id:base64url(32 bytes); "
                    f"correct it, or make a new one with {_MAKE_ONE}"
                )
            if match[1] in keys:
                raise WrongKeys(f"ACCANTO_KEYS: entry {place} repeats an id; give each its own")
            keys[match[1]] = key
        return cls(keys)

    @staticmethod
    def new_key() -> str:
        """Return a new entry for ACCANTO_KEYS."""
        key = base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode().rstrip("=")
        return f"k{secrets.token_hex(4)}:{key}"

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of the keys, the one that wraps first."""
        return tuple(self._raw)

    @property
    def mark(self) -> bytes:
        """What begins every value wrapped by the first key, and no other."""
        return _mark(self._first)

    def derive(self, name: str, salt: bytes, purpose: str, length: int) -> bytes:
        """Return key material for one purpose (HKDF-SHA256); raise LookupError for no such key."""
        return HKDF(SHA256(), length, salt, purpose.encode()).derive(self._raw[name])

    def wrap(self, key: bytes, about: str) -> bytes:
        """Return a data key wrapped by the first key of the list, for `about` alone."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._keys[self._first].encrypt(nonce, key, _bound("key", about, self._first))
        return _mark(self._first) + nonce + sealed

    def unwrap(self, wrapped: bytes, about: str) -> bytes:
        """Return the data key again; raise WrongKeys when no key of the list opens it."""
        name = wrapped_by(wrapped)
        end = len(_mark(name))
        if name not in self._keys:
            raise WrongKeys(
                f"ACCANTO_KEYS has no key {name!r}, which this database was written with; "
                "add it again, after the newer ones"
            )
        nonce, sealed = wrapped[end : end + _NONCE_BYTES], wrapped[end + _NONCE_BYTES :]
        try:
            return self._keys[name].decrypt(nonce, sealed, _bound("key", about, name))
        except InvalidTag:
            raise WrongKeys(
                f"ACCANTO_KEYS: key {name!r} is not the one this database was written with; "
                "put the original back"
            ) from None


def wrapped_by(wrapped: bytes) -> str:
    """Return the id of the key that wrapped a value."""
    return wrapped[1 : 1 + wrapped[0]].decode()


class Vault:
    """Seals and opens the texts of one owner with the owner's data key."""

    __slots__ = ("_cipher", "_owner")

    def __init__(self, data_key: bytes, owner: str) -> None:
        self._cipher = AESGCM(data_key)
        self._owner = owner

    def __repr__(self) -> str:
        return f"Vault({self._owner})"

    def seal(self, table: str, column: str, text: str) -> bytes:
        """Return `text` sealed for one column of this owner."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(
            nonce, text.encode(), _bound(table, column, self._owner)
        )

    def open(self, table: str, column: str, sealed: bytes) -> str:
        """Return the text again; raise Unreadable if it was changed or sealed for elsewhere."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, rest, _bound(table, column, self._owner)).decode()
        except (InvalidTag, ValueError):
            raise Unreadable(
                f"A value of {table}.{column} does not open: changed, or moved from elsewhere; "
                "restore the row from a backup"
            ) from None


class Secrets:
    """The service's own secrets: random, made at the first start, stored wrapped.

    `lookup` finds accounts and invitations without storing them, `buttons` signs buttons,
    `aside` seals updates that were set aside.
    """

    NAMES = ("lookup", "buttons", "aside")
    __slots__ = ("_lookup", "buttons", "service")

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._lookup = keys["lookup"]
        self.buttons = keys["buttons"]
        self.service = Vault(keys["aside"], "service")

    def __repr__(self) -> str:
        return "Secrets()"

    def account(self, number: int) -> str:
        """Return the keyed hash under which a Telegram account is found."""
        return self._found_by("account", str(number))

    def invitation(self, secret: str) -> str:
        """Return the keyed hash under which a link or a code is found."""
        return self._found_by("invitation", secret)

    def erased(self, person: str) -> str:
        """Return the keyed hash that says somebody was erased."""
        return self._found_by("erased", person)

    def guesser(self, person: str) -> str:
        """Return the keyed hash under which somebody's wrong links and codes are counted."""
        return self._found_by("guesser", person)

    def _found_by(self, kind: str, value: str) -> str:
        return hmac.new(self._lookup, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()


def _mark(name: str) -> bytes:
    return bytes([len(name)]) + name.encode()


def _bound(*parts: str) -> bytes:
    """Associated data: the parts can neither run into each other nor be left out."""
    return "\0".join(parts).encode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return b""
