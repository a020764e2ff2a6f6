from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.engine.chat import Role
from bot.safety.reading import Reading, Tier
from bot.services import converse, deliver
from bot.services.heard import Heard
from bot.services.parts import MOST_JOINED
from bot.store.tables import PERSON, REPLY
from bot.terminal.stage import ACCOUNTS
from bot.texts.render import NoWords
from tests.services.evening import PARTNER, THERAPIST, Evening, without

MINUTE = timedelta(minutes=1)
STRANGER = 77


def reading_of(evening: Evening, text: str, after: timedelta = timedelta()) -> Reading:
    """Read a text of the partner."""
    heard = Heard(ACCOUNTS[PARTNER], "text", text=text)
    return converse.read(evening.parts, heard, evening.now + after)


def test_a_cry_split_over_messages_is_read_whole_for_three_minutes(evening: Evening) -> None:
    """Each part alone says nothing; together they do, and a little later they no longer count."""
    assert reading_of(evening, "ha preso tutte").tier is Tier.NONE
    assert reading_of(evening, "le pastiglie", 2 * MINUTE).tier is Tier.RED
    assert reading_of(evening, "ha preso tutte", 10 * MINUTE).tier is Tier.NONE
    assert reading_of(evening, "le pastiglie", 13 * MINUTE + MINUTE / 60).tier is Tier.NONE


def test_a_cry_that_was_answered_is_not_read_again_in_the_next_message(evening: Evening) -> None:
    """What was complete before is over: the next text is read for what it adds."""
    assert reading_of(evening, "dice che vuole morire").tier is Tier.RED
    assert reading_of(evening, "adesso dorme", MINUTE).tier is Tier.NONE


def test_two_people_are_never_joined(evening: Evening) -> None:
    """What one begins, another does not end."""
    reading_of(evening, "ha preso tutte")
    other = Heard(ACCOUNTS[THERAPIST], "text", text="le pastiglie")
    assert converse.read(evening.parts, other, evening.now).tier is Tier.NONE


def test_only_the_last_few_messages_are_joined(evening: Evening) -> None:
    """The memory of three minutes has an end, however fast somebody types."""
    reading_of(evening, "ha preso tutte")
    for _ in range(MOST_JOINED):
        reading_of(evening, "aspetta")
    assert reading_of(evening, "le pastiglie").tier is Tier.NONE


def test_the_words_of_a_command_are_read_too(evening: Evening) -> None:
    """Somebody in need may write behind a slash."""
    heard = Heard(ACCOUNTS[PARTNER], "command", name="menu", value="vuole morire")
    assert converse.read(evening.parts, heard, evening.now).tier is Tier.RED


def invited(evening: Evening) -> tuple[str, str]:
    """Let the therapist open a case; return the partner's link and the patient's code."""
    seen = evening.does(THERAPIST, "/menu", "press new", "Nuvola")
    link = next(one for one in seen if "t.me/" in one.text).text.split()[-1]
    code = next(one for one in seen if "Codice: " in one.text).text.split("Codice: ")[1][:10]
    return link, code


@pytest.mark.parametrize(
    "written",
    [
        lambda code: code,
        lambda code: f"  {code.lower()} ",
        lambda code: f"{code[:5]}-{code[5:]}",
        lambda code: code.replace("0", "O").replace("1", "l"),
    ],
    ids=["as it is", "in small letters", "in two halves", "with letters for figures"],
)
def test_a_code_is_taken_however_it_is_copied_from_paper(
    evening: Evening, written: Callable[[str], str]
) -> None:
    """Nobody on the phone knows an O from a zero."""
    _, code = invited(evening)
    evening.hears(Heard(STRANGER, "text", text=written(code)))
    assert role_of(evening, STRANGER) is Role.PATIENT


@pytest.mark.parametrize("how", ["pasted", "in a sentence", "opened"])
def test_a_link_is_taken_pasted_or_opened(evening: Evening, how: str) -> None:
    """Chats that exist already may lose what a link carries, so its text counts too."""
    link, _ = invited(evening)
    heard = {
        "pasted": Heard(STRANGER, "text", text=link),
        "in a sentence": Heard(STRANGER, "text", text=f"Mi hanno mandato {link} , va bene?"),
        "opened": Heard(STRANGER, "command", name="start", value=link.partition("=")[2]),
    }[how]
    evening.hears(heard)
    assert "invitation" in evening.chat_of(STRANGER).memory


@pytest.mark.parametrize("text", ["pomeriggio", "3331234567", "0123456789", "ABCDEFGHJK"])
def test_a_word_or_a_number_is_no_code(evening: Evening, text: str) -> None:
    """Neither ten letters nor a telephone number is taken for an invitation."""
    evening.hears(Heard(STRANGER, "text", text=text))
    assert role_of(evening, STRANGER) is Role.VISITOR


def role_of(evening: Evening, account: int) -> Role:
    """In which role an account speaks."""
    return evening.chat_of(account).role


def test_P2_the_same_update_is_turned_once(evening: Evening) -> None:
    """The second time there is nothing to do but to send what is unsent."""
    heard = Heard(STRANGER, "command", update_id=5, name="start")
    first, second = evening.hears(heard), evening.hears(heard)
    assert (first.turned, second.turned) == (True, False)
    assert first.person == second.person
    assert len(deliver.unsent(evening.parts, first.person)) == 2


def test_P2_one_tap_that_arrives_twice_has_one_effect(evening: Evening) -> None:
    """Two updates with ids of their own, one meaning: the second gets a short word."""
    evening.does(PARTNER, "/menu")
    revision = evening.chat().revision
    tap = Heard(ACCOUNTS[PARTNER], "button", 7, name="read", revision=revision)
    first, second = evening.hears(tap), evening.hears(replace(tap, update_id=8))
    assert (first.toast, second.toast) == ("", "Già fatto: basta un tocco.")
    assert evening.chat().revision == revision + 1


def test_P7_what_cannot_be_said_does_not_happen(evening: Evening) -> None:
    """The words are rendered before anything is written, so the chat stays where it was."""
    evening.does(PARTNER, "/goals", "press new", "press own", "due passi", "press mine")
    before = evening.chat()
    heard = Heard(ACCOUNTS[PARTNER], "button", 9, name="scale", value="9", revision=before.revision)
    with without(evening.parts, "goal.hour"), pytest.raises(NoWords, match=r"goal\.hour"):
        evening.hears(heard)
    assert evening.chat() == before
    assert evening.hears(heard).turned, "the update may come again"


def test_whoever_comes_back_finds_what_was_unsent_while_they_had_blocked_the_bot(
    evening: Evening,
) -> None:
    """Nothing is sent to somebody who blocked the bot, and nothing is asked of the sweep."""
    person = evening.hears(Heard(STRANGER, "command", name="start")).person
    evening.hears(Heard(STRANGER, "blocked"))
    later = evening.now + timedelta(hours=1)
    assert deliver.unsent(evening.parts, person) == ()
    assert person not in deliver.waiting(evening.parts, later, 30)
    evening.hears(Heard(STRANGER, "unblocked"))
    assert len(deliver.unsent(evening.parts, person)) == 2
    assert person in deliver.waiting(evening.parts, later, 30)


def test_an_erased_person_leaves_nothing_and_may_come_back_as_a_stranger(evening: Evening) -> None:
    """The last words still go out; then the account is as good as new."""
    evening.takes_goal("18:30")
    gone = evening.person()
    seen = evening.does(PARTNER, "/delete", "press yes")
    assert seen[-1].rows[0] == ("Si ricomincia",)
    with evening.parts.database.reading() as unit:
        kept = REPLY.c.payload.is_not(None)
        replies = select(func.count()).where(REPLY.c.person_id == gone, kept)
        assert unit.connection.scalar(replies) == 0
        row = unit.connection.execute(select(PERSON).where(PERSON.c.id == gone)).one()
        assert (row.role, row.memory, row.paused, row.own_contact) == ("visitor", None, None, None)
    (hello, _) = evening.does(PARTNER, "press start")
    assert hello.text.startswith("Ciao, sono Accanto")
    assert evening.chat().roles == ()
    assert evening.chat().goals == ()


def test_a_late_press_of_an_erased_person_does_no_harm(evening: Evening) -> None:
    """A card of before may still hang there; its button leads to the beginning."""
    evening.does(PARTNER, "/menu")
    evening.does(PARTNER, "/delete", "press yes")
    evening.hears(Heard(ACCOUNTS[PARTNER], "button", name="read", revision=3))
    assert evening.chat().role is Role.VISITOR
