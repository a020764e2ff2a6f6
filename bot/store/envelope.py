"""Files that leave the machine, sealed: what a finder reads is when it was made, and nothing else.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015), as age and Tink use
it: AES-256-GCM over pieces of 64 KiB, the nonce being the piece's number and whether it is the
last, so that a file that is cut off, reordered or spliced does not open. The key comes by
HKDF-SHA256 from the first key of ACCANTO_KEYS and a random salt; the header, which is
authenticated with every piece, names that key and commits to it. No key is in the file.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hmac import compare_digest
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store.encryption import KEY_BYTES, Keyring
from bot.store.errors import UnusableFile, WrongKeys

PIECE = 64 * 1024
_TAG = 16
_SALT = 32
_COMMITMENT = 32
_MAGIC = b"accanto %s 1\n"

Write = Callable[[bytes], None]


@contextmanager
def sealing(path: Path, kind: str, keyring: Keyring) -> Iterator[Write]:
    """Give a function that writes into a new sealed file; at the end it stands there whole.

    Only the owner may read it. If anything is raised, nothing is left and nothing was replaced.

    Args:
        path: the file; one that is there is replaced at the end.
        kind: what is in it; a file of one kind does not open as another.
        keyring: its first key seals.

    Raises:
        UnusableFile: the file cannot be written.
    """
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            with os.fdopen(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                seal = _Seal(out, kind, keyring)
                yield seal.write
                seal.finish()
                out.flush()
                os.fsync(out.fileno())
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise UnusableFile(f"{path} cannot be written ({error.strerror}); name another") from None


def opened(path: Path, kind: str, keyring: Keyring) -> Iterator[bytes]:
    """Yield what is in a sealed file, line by line without the line ends.

    Raises:
        UnusableFile: no such file, not ours, cut off or changed; perhaps only after many lines.
        WrongKeys: no key of the list is the one it was sealed with.
    """
    rest = b""
    for piece in _pieces(path, kind, keyring):
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    if rest:
        raise UnusableFile(f"{path} ends in the middle of a line; use another copy")


class _Seal:
    """Cuts what is written into pieces and seals each; the last one says that it is."""

    def __init__(self, out: BinaryIO, kind: str, keyring: Keyring) -> None:
        name, salt = keyring.names[0], os.urandom(_SALT)
        key, commitment = _keys(keyring, name, salt, kind)
        self._out = out
        self._cipher = AESGCM(key)
        self._header = _MAGIC % kind.encode() + bytes([len(name)]) + name.encode()
        self._header += salt + commitment
        self._waiting = bytearray()
        self._number = 0
        out.write(self._header)

    def write(self, what: bytes) -> None:
        self._waiting += what
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]

    def finish(self) -> None:
        self._put(bytes(self._waiting), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._out.write(self._cipher.encrypt(nonce, piece, self._header))
        self._number += 1


def _pieces(path: Path, kind: str, keyring: Keyring) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            header, cipher = _begun(file, path, kind, keyring)
            number, sealed = 0, file.read(PIECE + _TAG)
            while sealed:
                following = file.read(PIECE + _TAG)
                nonce = _nonce(number, last=not following)
                yield _decrypted(cipher, nonce, sealed, header, path)
                number, sealed = number + 1, following
            if number == 0:
                raise _cut_off(path)
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read ({error.strerror}); name another") from None


def _begun(file: BinaryIO, path: Path, kind: str, keyring: Keyring) -> tuple[bytes, AESGCM]:
    """Read the header; return it, and what opens the pieces."""
    magic = _MAGIC % kind.encode()
    if file.read(len(magic)) != magic:
        raise UnusableFile(f"{path} is not a file of Accanto's of the kind {kind!r}")
    size = file.read(1)
    name = file.read(size[0]) if size else b""
    salt, commitment = file.read(_SALT), file.read(_COMMITMENT)
    if len(commitment) != _COMMITMENT:
        raise _cut_off(path)
    known = name.decode("ascii", errors="replace")
    if known not in keyring.names:
        raise WrongKeys(
            f"ACCANTO_KEYS has no key {known!r}, which {path} was sealed with; "
            "add it, after the newer ones"
        )
    key, expected = _keys(keyring, known, salt, kind)
    if not compare_digest(commitment, expected):
        raise WrongKeys(
            f"ACCANTO_KEYS: key {known!r} is not the one {path} was sealed with, or the file was "
            "changed; put the original back"
        )
    return magic + size + name + salt + commitment, AESGCM(key)


def _decrypted(cipher: AESGCM, nonce: bytes, sealed: bytes, header: bytes, path: Path) -> bytes:
    try:
        return cipher.decrypt(nonce, sealed, header)
    except InvalidTag:
        raise _cut_off(path) from None


def _cut_off(path: Path) -> UnusableFile:
    return UnusableFile(f"{path} is cut off or was changed; use another copy")


def _keys(keyring: Keyring, name: str, salt: bytes, kind: str) -> tuple[bytes, bytes]:
    both = keyring.derive(name, salt, f"accanto {kind} 1", KEY_BYTES + _COMMITMENT)
    return both[:KEY_BYTES], both[KEY_BYTES:]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])
