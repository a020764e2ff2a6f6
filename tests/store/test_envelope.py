"""Sealed files: what is whole opens, and nothing else does."""

import os
from pathlib import Path

import pytest

from bot.store.encryption import Keyring
from bot.store.envelope import PIECE, opened, sealing
from bot.store.errors import StoreError, UnusableFile, WrongKeys

RING = Keyring.parse(Keyring.new_key())


def sealed(path: Path, *lines: bytes, ring: Keyring = RING) -> Path:
    """Write a file of lines."""
    with sealing(path, "backup", ring) as write:
        for line in lines:
            write(line + b"\n")
    return path


@pytest.mark.parametrize("size", [0, 1, PIECE - 2, PIECE - 1, PIECE, 3 * PIECE + 7])
def test_what_was_sealed_opens_whatever_its_length(tmp_path: Path, size: int) -> None:
    """Also when it ends where a piece does."""
    line = os.urandom(size).replace(b"\n", b"x")
    file = sealed(tmp_path / "f", line, b"", b"end")
    assert list(opened(file, "backup", RING)) == [line, b"", b"end"]


def test_a_sealed_file_is_the_owners_alone_and_shows_neither_words_nor_key_P10(
    tmp_path: Path,
) -> None:
    """What a finder reads: which kind of file, and the id of the key."""
    entry = Keyring.new_key()
    file = sealed(tmp_path / "f", b"canary", ring=Keyring.parse(entry))
    assert file.stat().st_mode & 0o777 == 0o600
    held = file.read_bytes()
    name, key = entry.split(":")
    assert b"canary" not in held
    assert key.encode() not in held
    assert name.encode() in held


def test_every_byte_counts(tmp_path: Path) -> None:
    """Changed anywhere, from the first byte to the last, it does not open."""
    file = sealed(tmp_path / "f", b"one", b"two")
    whole = file.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        file.write_bytes(changed)
        with pytest.raises(StoreError) as raised:
            list(opened(file, "backup", RING))
        assert "\n" not in str(raised.value)


def test_a_file_that_was_cut_off_anywhere_does_not_open(tmp_path: Path) -> None:
    """Not even between two pieces, nor with pieces swapped or something behind the last."""
    file = sealed(tmp_path / "f", *(os.urandom(1000).hex().encode() for _ in range(100)))
    whole = file.read_bytes()
    sealed_piece = PIECE + 16
    head = whole.index(b"\n") + 1
    start = head + 1 + whole[head] + 64
    first, rest = whole[start : start + sealed_piece], whole[start + sealed_piece :]
    torn = [whole[:end] for end in (0, 5, head, start, start + sealed_piece, len(whole) - 1)]
    for made in (*torn, whole[:start] + rest + first, whole + b"x", whole[:start] + rest):
        file.write_bytes(made)
        with pytest.raises(UnusableFile):
            list(opened(file, "backup", RING))


def test_another_key_is_told_in_one_line_that_names_the_file(tmp_path: Path) -> None:
    """One of another id, and one that took over the id."""
    file = sealed(tmp_path / "f", b"x")
    same_id = Keyring.parse(f"{RING.names[0]}:{Keyring.new_key().split(':')[1]}")
    for ring in (Keyring.parse(Keyring.new_key()), same_id):
        with pytest.raises(WrongKeys, match=str(file)):
            list(opened(file, "backup", ring))


def test_an_older_key_of_the_list_still_opens(tmp_path: Path) -> None:
    """After a rotation yesterday's backup is still one."""
    old, new = Keyring.new_key(), Keyring.new_key()
    file = sealed(tmp_path / "f", b"x", ring=Keyring.parse(old))
    assert list(opened(file, "backup", Keyring.parse(f"{new},{old}"))) == [b"x"]


def test_a_file_of_one_kind_is_not_taken_for_another(tmp_path: Path) -> None:
    """A list of withdrawals is no backup; a letter is neither."""
    file = sealed(tmp_path / "f", b"x")
    with pytest.raises(UnusableFile, match="withdrawals"):
        list(opened(file, "withdrawals", RING))
    file.write_bytes(b"Caro diario")
    with pytest.raises(UnusableFile, match=str(file)):
        list(opened(file, "backup", RING))


def test_what_goes_wrong_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    """Half a backup never replaces a whole one, and nothing is left lying about."""
    file = sealed(tmp_path / "f", b"whole")

    def interrupted() -> None:
        with sealing(file, "backup", RING) as write:
            write(b"half\n")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(opened(file, "backup", RING)) == [b"whole"]
    assert list(tmp_path.iterdir()) == [file]
    with (
        pytest.raises(UnusableFile, match="cannot be written"),
        sealing(tmp_path / "none" / "f", "backup", RING),
    ):
        pass
    with pytest.raises(UnusableFile, match="cannot be read"):
        list(opened(tmp_path / "none", "backup", RING))
