"""Long texts are read in stretches; nothing of them is left out."""

from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.windows import WIDTH, windows

texts = st.text(alphabet=st.sampled_from("ab .!?\n…🙂"), max_size=1_500)


def test_a_message_of_usual_length_is_one_stretch() -> None:
    """Nothing is cut that was written in one breath."""
    assert windows("  Ha detto di no. Poi è uscito. ") == ["Ha detto di no. Poi è uscito."]
    assert windows(" \n ") == []


def test_neighbours_share_a_short_sentence() -> None:
    """What is said in two sentences stands together in one of the stretches."""
    message = "x" * 200 + ". Ha preso qualcosa. " + "y" * 200 + "."
    first, second = windows(message)
    assert first.endswith("Ha preso qualcosa.")
    assert second.startswith("Ha preso qualcosa. yyy")


def test_a_long_breath_without_a_stop_is_cut_between_words() -> None:
    """And the cut pieces overlap, so that no phrase falls between them."""
    found = windows("poi abbiamo parlato " * 200)
    assert all(stretch.split()[0] in {"poi", "abbiamo", "parlato"} for stretch in found)
    assert all(len(stretch) <= WIDTH for stretch in found)


@given(texts)
def test_every_sign_is_in_a_stretch_and_the_cost_is_bounded(text: str) -> None:
    """However it is punctuated: in order, none too long, at most twice the text."""
    found = windows(text)
    at = 0
    whole = text.strip()
    for stretch in found:
        assert 0 < len(stretch) <= WIDTH
        # It begins where, or before, the last one ended, but for blanks.
        start = whole.find(stretch, max(0, at - WIDTH))
        assert start >= 0
        assert not whole[at:start].strip()
        at = max(at, start + len(stretch))
    assert not whole[at:].strip()
    assert sum(map(len, found)) <= 2 * len(text) + WIDTH
