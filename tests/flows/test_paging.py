from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.engine.chat import Chat, Place
from bot.engine.effects import Button, Words
from bot.flows.paging import MOST, page


def _list(length: int) -> list[Button]:
    return [Button(Words("x"), "choose", str(n)) for n in range(length)]


def _at(number: str) -> Chat:
    memory = {"page": number} if number else {}
    return replace(Chat("personaa"), place=Place("any", "list", memory))


def test_four_fit_on_one_page() -> None:
    """And no button leads to another that does not exist."""
    assert page(_list(MOST), _at("")) == tuple(_list(MOST))
    assert page(_list(MOST - 1), _at(""), beside=1) == tuple(_list(MOST - 1))
    assert page([], _at("")) == ()


@given(st.integers(0, 40), st.integers(0, 2))
def test_turning_pages_shows_everything_once_and_comes_back(length: int, beside: int) -> None:
    """Never more than four buttons with those beside, and after the last page the first."""
    seen: list[Button] = []
    number = ""
    while True:
        shown = page(_list(length), _at(number), beside)
        assert len(shown) + beside <= MOST
        following = [button.value for button in shown if button.move == "more"]
        seen += [button for button in shown if button.move != "more"]
        if not following or len(seen) >= length:
            break
        number = following[0]
    assert seen == _list(length)
    if following:
        assert page(_list(length), _at(following[0]), beside) == page(
            _list(length), _at(""), beside
        )


def test_a_page_of_a_list_that_grew_shorter_is_still_one() -> None:
    """The list may have changed since the button was shown."""
    assert [b.value for b in page(_list(5), _at("7"))] == ["3", "4", "2"]
