import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messenger.buttons import LONGEST, UnfitButton, sign, verify
from bot.services.heard import ShownButton

KEY = b"k" * 32
ANNA, BRUNO = 7, 8
MOVES = st.from_regex(r"[a-z0-9_:]{1,24}", fullmatch=True)
VALUES = st.from_regex(r"[ -~]{0,16}", fullmatch=True)
REVISIONS = st.none() | st.integers(0, 9_999_999_999)


@given(MOVES, VALUES, REVISIONS, st.integers(1, 2**52))
def test_whatever_was_signed_is_read_back(
    move: str, value: str, revision: int | None, account: int
) -> None:
    """Move, value and revision come back, in at most 64 bytes, for any account."""
    button = ShownButton("a label", move, value, revision)
    data = sign(KEY, account, button)
    assert len(data.encode()) <= LONGEST
    assert verify(KEY, account, data) == ShownButton("", move, value, revision)


def test_a_button_with_any_bit_flipped_is_forged() -> None:
    """Every bit of every byte counts, those base 64 leaves over among them."""
    data = sign(KEY, ANNA, ShownButton("Yes", "yes", "20:30", 12)).encode()
    for place in range(len(data)):
        for bit in range(8):
            forged = bytearray(data)
            forged[place] ^= 1 << bit
            assert verify(KEY, ANNA, forged.decode("latin-1")) is None, (place, bit)


def test_a_button_cut_short_or_drawn_out_is_forged() -> None:
    """No part of it stands for anything, nor does more of it."""
    data = sign(KEY, ANNA, ShownButton("Yes", "yes", "", 3))
    assert all(verify(KEY, ANNA, data[:length]) is None for length in range(len(data)))
    assert verify(KEY, ANNA, data + "1") is None
    assert verify(KEY, ANNA, data + "|1") is None


def test_the_button_of_somebody_else_is_forged() -> None:
    """What Anna was shown opens nothing for Bruno."""
    data = sign(KEY, ANNA, ShownButton("Yes", "yes"))
    assert verify(KEY, BRUNO, data) is None


def test_a_button_signed_with_another_key_is_forged() -> None:
    """A new key makes every old button an old button."""
    assert verify(b"x" * 32, ANNA, sign(KEY, ANNA, ShownButton("Yes", "yes"))) is None


@given(st.text())
def test_no_text_at_all_is_taken_for_a_button(data: str) -> None:
    """Nor does any text raise."""
    assert verify(KEY, ANNA, data) is None


def test_half_a_character_is_forged_and_nothing_worse() -> None:
    """JSON can carry a lone surrogate; it is compared like anything else."""
    assert verify(KEY, ANNA, "1\ud800") is None


@pytest.mark.parametrize(
    "button",
    [
        ShownButton("?", ""),
        ShownButton("?", "m" * 25),
        ShownButton("?", "a|b"),
        ShownButton("?", "move", "v" * 17),
        ShownButton("?", "m" * 24, "è" * 16, 1),
    ],
    ids=["no move", "long move", "bar in the move", "long value", "too many bytes"],
)
def test_a_button_that_does_not_fit_is_refused_when_it_is_made(button: ShownButton) -> None:
    """Not when somebody presses it."""
    with pytest.raises(UnfitButton):
        sign(KEY, ANNA, button)


def test_move_and_value_cannot_be_shifted_into_each_other() -> None:
    """The same letters divided differently are another button."""
    one = sign(KEY, ANNA, ShownButton("", "ab", "c", 1))
    other = sign(KEY, ANNA, ShownButton("", "a", "bc", 1))
    assert one[1:12] != other[1:12]
