import re

from hypothesis import given
from hypothesis import strategies as st

from bot.engine.chance import new_code, new_id, new_link, new_number, pick
from bot.engine.events import Event
from tests.engine.toys import NOW

SEEDS = st.binary(min_size=16, max_size=16)


@given(SEEDS)
def test_ids_and_secrets_have_their_form(seed: bytes) -> None:
    """What travels in buttons, links and by voice: nothing that could be misread or cut."""
    event = Event(at=NOW, seed=seed)
    assert re.fullmatch(r"[a-z2-7]{8}", new_id(event, "goal"))
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", new_link(event, "link"))
    assert re.fullmatch(r"[0-9][A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{8}", new_code(event, "code"))
    assert re.fullmatch(r"[0-9]{4}", new_number(event, "number"))


@given(SEEDS, st.integers(1, 20))
def test_a_reply_is_picked_among_those_there_are(seed: bytes, among: int) -> None:
    """Never one too far."""
    assert pick(Event(at=NOW, seed=seed), "done", among) in range(among)


def test_the_same_event_gives_the_same_turn() -> None:
    """A turn tried again makes the same ids and says the same words (P2)."""
    one, same = Event(at=NOW, seed=b"1" * 16), Event(at=NOW, seed=b"1" * 16)
    for make in (new_id, new_link, new_code, new_number):
        assert make(one, "x") == make(same, "x")


def test_another_event_or_purpose_gives_another_secret() -> None:
    """Two invitations of one turn share nothing."""
    events = [Event(at=NOW, seed=bytes([n]) * 16) for n in range(50)]
    for make in (new_id, new_link, new_code):
        assert len({make(event, purpose) for event in events for purpose in ("a", "b")}) == 100


def test_every_reply_gets_its_turn() -> None:
    """The same words do not come every evening."""
    picked = {pick(Event(at=NOW, seed=bytes([n]) * 16), "done", 4) for n in range(50)}
    assert picked == set(range(4))


def test_every_sign_of_a_code_is_used() -> None:
    """Ten digits to begin with, twenty-two letters after them, all thirty-two signs from there."""
    codes = [new_code(Event(at=NOW, seed=n.to_bytes(16)), "code") for n in range(2000)]
    assert [len({code[at] for code in codes}) for at in range(10)] == [10, 22, *[32] * 8]
