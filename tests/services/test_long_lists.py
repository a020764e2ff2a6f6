"""A list that one short message cannot hold comes as several."""

from bot.texts.render import LONGEST_MESSAGE
from tests.services.evening import PARTNER, Evening


def test_only_the_last_of_several_messages_has_the_buttons_A1(evening: Evening) -> None:
    """The number to call stands in the first, and the list is read to its end."""
    seen = evening.does(PARTNER, "/sos", "press more_numbers")
    first, *_, last = [one for one in seen[1:] if one.text]
    assert "112" in first.text[:80]
    assert first.rows == ()
    assert last.rows
    assert "findahelpline.com" in last.text
    assert all(len(one.text) <= LONGEST_MESSAGE for one in seen)
