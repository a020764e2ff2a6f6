"""Keys and sealing, without a database."""

import base64

import pytest

from bot.store.encryption import Keyring, Secrets, Vault
from bot.store.errors import Unreadable, WrongKeys

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
OTHER = base64.urlsafe_b64encode(bytes(range(1, 33))).decode()


def test_a_key_list_is_read_newest_first_split_by_commas_or_spaces() -> None:
    """The first wraps; padding and line ends do no harm."""
    ring = Keyring.parse(f" new:{KEY},\n old:{OTHER} ")
    assert repr(ring) == "Keyring(new, old)"
    assert b"new" in ring.wrap(bytes(32), "somebody")


def test_after_a_rotation_what_the_old_key_wrapped_still_opens() -> None:
    """Every key of the list unwraps."""
    wrapped = Keyring.parse(f"old:{OTHER}").wrap(bytes(range(32)), "somebody")
    assert Keyring.parse(f"new:{KEY} old:{OTHER}").unwrap(wrapped, "somebody") == bytes(range(32))


def test_a_new_key_is_an_entry_of_the_list() -> None:
    """What `new_key` writes is what `parse` reads, and no two are alike."""
    one, two = Keyring.new_key(), Keyring.new_key()
    assert one != two
    Keyring.parse(f"{one},{two}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (" , ", "is empty"),
        (KEY, "entry 1"),
        (f"good:{KEY} bad:c2hvcnQ", "entry 2"),
        (f"good:{KEY} bad:{KEY[:-1]}!", "entry 2"),
        (f"a:{KEY},a:{OTHER}", "repeats an id"),
    ],
)
def test_a_malformed_list_is_one_line_that_names_the_setting_and_no_key_P10(
    text: str, said: str
) -> None:
    """Which entry, and how to mend it; never what it holds."""
    with pytest.raises(WrongKeys, match=said) as raised:
        Keyring.parse(text)
    message = str(raised.value)
    assert message.startswith("ACCANTO_KEYS")
    assert "\n" not in message
    assert KEY not in message
    assert "c2hvcnQ" not in message


def test_a_wrapped_key_opens_for_nobody_else() -> None:
    """A data key moved to another person's row does not unwrap."""
    ring = Keyring.parse(f"a:{KEY}")
    wrapped = ring.wrap(bytes(32), "anna")
    with pytest.raises(WrongKeys, match="ACCANTO_KEYS"):
        ring.unwrap(wrapped, "bruno")


def test_a_missing_key_is_named_and_a_wrong_one_too() -> None:
    """The operator learns which key to put back."""
    wrapped = Keyring.parse(f"a:{KEY}").wrap(bytes(32), "anna")
    with pytest.raises(WrongKeys, match="has no key 'a'"):
        Keyring.parse(f"b:{KEY}").unwrap(wrapped, "anna")
    with pytest.raises(WrongKeys, match="'a' is not the one"):
        Keyring.parse(f"a:{OTHER}").unwrap(wrapped, "anna")


def test_a_sealed_text_opens_only_in_its_own_place() -> None:
    """Ciphertext swapped between tables, columns or owners is refused."""
    vault, namesake = Vault(bytes(32), "anna"), Vault(bytes(32), "bruno")
    sealed = vault.seal("goal", "words", "un giro dell'isolato è già tanto")
    assert vault.open("goal", "words", sealed) == "un giro dell'isolato è già tanto"
    for elsewhere, table, column in (
        (vault, "person", "words"),
        (vault, "goal", "label"),
        (namesake, "goal", "words"),
        (Vault(bytes(31) + b"1", "anna"), "goal", "words"),
    ):
        with pytest.raises(Unreadable, match=f"{table}.{column}"):
            elsewhere.open(table, column, sealed)


def test_a_changed_or_truncated_text_does_not_open() -> None:
    """One flipped bit is enough, and the error holds nothing of the text."""
    vault = Vault(bytes(32), "anna")
    sealed = vault.seal("goal", "words", "segreto")
    for broken in (sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:5], b""):
        with pytest.raises(Unreadable) as raised:
            vault.open("goal", "words", broken)
        assert "segreto" not in str(raised.value)


def test_the_same_text_is_never_sealed_alike() -> None:
    """Nobody can tell that two people wrote the same."""
    vault = Vault(bytes(32), "anna")
    assert vault.seal("goal", "words", "ok") != vault.seal("goal", "words", "ok")


def test_no_repr_shows_a_key_P10() -> None:
    """Rings, vaults and secrets end up in tracebacks."""
    shown = repr((Keyring.parse(f"a:{KEY}"), Vault(bytes(32), "anna"), _secrets()))
    assert shown == "(Keyring(a), Vault(anna), Secrets())"


def test_an_account_and_an_invitation_with_the_same_characters_are_found_apart() -> None:
    """The two kinds of hashes never meet."""
    assert _secrets().account(12345) != _secrets().invitation("12345")


def _secrets() -> Secrets:
    return Secrets(dict.fromkeys(Secrets.NAMES, bytes(32)))
