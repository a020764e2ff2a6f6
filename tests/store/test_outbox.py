"""Replies: in order, once each, emptied when sent."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.store import outbox, people
from bot.store.outbox import Reply
from bot.store.tables import REPLY
from tests.store.scene import NOON, Scene

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HELD = timedelta(seconds=10)
THE_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def _texts(scene: Scene, person: str) -> list[object]:
    return [reply.payload["text"] for reply in scene.does(outbox.unsent, person)]


def test_replies_are_unsent_in_the_order_of_the_conversation_P5(scene: Scene) -> None:
    """Over several turns, and nobody else's among them."""
    anna, bruno = scene.somebody(), scene.somebody()
    scene.does(outbox.put, anna, [{"text": "1"}, {"text": "2"}], NOON, update_id=7)
    scene.does(outbox.put, bruno, [{"text": "b"}], NOON)
    scene.does(outbox.put, anna, [], NOON)
    scene.does(outbox.put, anna, [{"text": "3"}, {"text": "4"}], NOON)
    assert _texts(scene, anna) == ["1", "2", "3", "4"]
    assert _texts(scene, bruno) == ["b"]


def test_a_reply_comes_back_as_it_was_put(scene: Scene) -> None:
    """Rows of buttons, accents, emoji, nothing at all."""
    person = scene.somebody()
    payload = {"text": "È 😀", "rows": [[{"label": "Sì", "revision": None}]], "once": False}
    scene.does(outbox.put, person, [payload], NOON, update_id=2**40)
    (reply,) = scene.does(outbox.unsent, person)
    assert reply == Reply(reply.id, person, payload, NOON, 2**40)


def test_a_sent_reply_is_marked_once_and_its_words_are_gone_P3(scene: Scene) -> None:
    """Only the number of the message stays, for as long as it can be deleted."""
    person = scene.somebody()
    scene.does(outbox.put, person, [{"text": "1"}, {"text": "2"}], NOON)
    first, _ = scene.does(outbox.unsent, person)
    assert scene.does(outbox.mark_sent, first.id, 501, NOON)
    assert not scene.does(outbox.mark_sent, first.id, 999, NOON)
    assert _texts(scene, person) == ["2"]
    with scene.database.reading() as unit:
        row = unit.connection.execute(REPLY.select().where(REPLY.c.seq == first.id)).one()
    assert (row.state, row.payload, row.message_id) == ("sent", None, 501)


def test_a_number_is_never_used_again_P4(scene: Scene) -> None:
    """A late mark must not hit a newer reply, even after everything was erased."""
    person = scene.somebody()
    scene.does(outbox.put, person, [{"text": "old"}], NOON)
    (old,) = scene.does(outbox.unsent, person)
    scene.does(people.erase, person, NOON)
    scene.does(outbox.put, person, [{"text": "new"}], NOON)
    assert not scene.does(outbox.mark_sent, old.id, 501, NOON)
    assert _texts(scene, person) == ["new"]


def test_what_cannot_be_sent_can_be_dropped(scene: Scene) -> None:
    """One reply, or all of a chat that is gone."""
    person = scene.somebody()
    scene.does(outbox.put, person, [{"text": n} for n in "123"], NOON)
    replies = scene.does(outbox.unsent, person)
    scene.does(outbox.drop, person, replies[1].id)
    assert _texts(scene, person) == ["1", "3"]
    scene.does(outbox.drop, person)
    assert _texts(scene, person) == []
    with scene.database.reading() as unit:
        assert {row.payload for row in unit.connection.execute(REPLY.select())} == {None}


def test_the_sweep_finds_whose_replies_have_waited_the_longest_first(scene: Scene) -> None:
    """Not those of this second, and not of people who block the bot."""
    anna, bruno, carla, dario = (scene.somebody() for _ in range(4))
    for person, at in ((carla, NOON), (anna, NOON), (bruno, NOON), (dario, NOON + MINUTE)):
        scene.does(outbox.put, person, [{"text": "x"}, {"text": "y"}], at)
    scene.does(people.set_blocked, anna, NOON)
    assert scene.does(outbox.waiting_people, NOON + MINUTE, 10) == (carla, bruno)
    assert scene.does(outbox.waiting_people, NOON + MINUTE, 1) == (carla,)
    scene.does(people.set_blocked, anna, None)
    assert scene.does(outbox.waiting_people, NOON + 2 * MINUTE, 10) == (
        carla,
        anna,
        bruno,
        dario,
    )


def test_the_messages_of_the_last_hours_can_be_found_to_delete_them(scene: Scene) -> None:
    """Each once, though an edit sends the same message again; older ones not."""
    person = scene.somebody()
    scene.does(outbox.put, person, [{"text": str(n)} for n in range(5)], NOON)
    replies = scene.does(outbox.unsent, person)
    times = (NOON - timedelta(hours=49), NOON, NOON, NOON)
    for reply, message, at in zip(replies, (10, 11, 12, 11), times, strict=False):
        scene.does(outbox.mark_sent, reply.id, message, at)
    scene.does(outbox.mark_sent, replies[4].id, None, NOON)
    since = NOON - timedelta(hours=48)
    assert scene.does(outbox.recent_messages, person, since) == (11, 12)
    assert scene.does(outbox.recent_messages, scene.somebody(), since) == ()


def test_one_worker_at_a_time_speaks_to_a_chat_P5(scene: Scene) -> None:
    """Until it lets go or its time is over; holding on is allowed."""
    person = scene.somebody()
    assert scene.does(outbox.hold, person, "one", NOON, HELD)
    assert scene.does(outbox.hold, person, "one", NOON, HELD)
    assert not scene.does(outbox.hold, person, "two", NOON, HELD)
    scene.does(outbox.release, person, "two")
    assert not scene.does(outbox.hold, person, "two", NOON, HELD)
    scene.does(outbox.release, person, "one")
    assert scene.does(outbox.hold, person, "two", NOON, HELD)
    assert scene.does(outbox.hold, person, "three", NOON + HELD, HELD)


def test_who_holds_a_chat_may_hold_it_for_longer_until_it_is_taken_over_P5(scene: Scene) -> None:
    """Whoever was away for too long must not go on as if nothing had happened."""
    person = scene.somebody()
    scene.does(outbox.hold, person, "one", NOON, HELD)
    assert scene.does(outbox.holds, person, "one", NOON + HELD - SECOND)
    assert not scene.does(outbox.holds, person, "one", NOON + HELD)
    assert not scene.does(outbox.holds, person, "two", NOON)
    assert scene.does(outbox.keep, person, "one", NOON + 2 * HELD)
    assert not scene.does(outbox.hold, person, "two", NOON + HELD, HELD)
    assert scene.does(outbox.hold, person, "two", NOON + 2 * HELD, HELD)
    assert not scene.does(outbox.keep, person, "one", NOON + 9 * HELD)
    assert scene.does(outbox.holds, person, "two", NOON + 2 * HELD)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=2), NOON - THE_BEGINNING])
def test_a_chat_held_by_a_clock_that_was_set_back_is_free_P5(scene: Scene, back: timedelta) -> None:
    """Nobody waits an hour for an answer because a dead worker's clock was an hour ahead."""
    person = scene.somebody()
    scene.does(outbox.hold, person, "one", NOON, HELD)
    assert not scene.does(outbox.hold, person, "two", NOON - SECOND, HELD)
    assert scene.does(outbox.hold, person, "two", NOON - back, HELD)


def test_the_sweep_finds_what_was_stored_before_the_clock_was_set_back(scene: Scene) -> None:
    """It is not left until the time comes again."""
    person = scene.somebody()
    scene.does(outbox.put, person, [{"text": "x"}], NOON)
    earlier = NOON - timedelta(hours=1)
    assert scene.does(outbox.waiting_people, earlier - MINUTE, 10) == ()
    assert scene.does(outbox.waiting_people, earlier - MINUTE, 10, after=earlier + MINUTE) == (
        person,
    )
