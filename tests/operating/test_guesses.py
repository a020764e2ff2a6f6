"""Guessing links and codes, and writing more than anybody can read."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from bot.engine.chat import Role
from bot.engine.events import Invitation
from bot.services import converse, guessing
from bot.services.guessing import MINE, PRACTICE
from bot.services.heard import Heard
from bot.services.pace import MOST_A_MINUTE
from bot.store import cases, outbox, people
from bot.store.tables import GUESS, INVITATION, UPDATE_SEEN
from bot.terminal.stage import ACCOUNTS
from tests.services.evening import PARTNER, SEED, Evening
from tests.store.scene import DAY, NOON, Scene, counted

STRANGER = 77_001
CODE = "7ABCDEFGHJ"


def says(evening: Evening, account: int, text: str) -> list[str]:
    """Let an account write, and return what is answered: words and buttons."""
    answer = evening.hears(Heard(account, "text", text=text))
    return answered(evening, answer.person)


def opens(evening: Evening, account: int, secret: str) -> list[str]:
    """Let an account open a link."""
    answer = evening.hears(Heard(account, "command", name="start", value=secret))
    return answered(evening, answer.person)


def answered(evening: Evening, person: str) -> list[str]:
    """What waits to be sent to somebody; it is gone then."""
    with evening.parts.database.unit() as unit:
        said = [str(reply.payload["text"]) for reply in outbox.unsent(unit, person)]
        outbox.drop(unit, person)
    return said


def invite(evening: Evening, secret: str, days: int = 7) -> None:
    """Let the operator give a link or code out."""
    with evening.parts.database.unit() as unit:
        cases.add_invitation(unit, "practice", secret, expires_at=evening.now + days * DAY)


def guess_again_from_zero(evening: Evening) -> None:
    """Let an hour pass for the counters."""
    with evening.parts.database.unit() as unit:
        unit.connection.execute(delete(GUESS))


def test_a_thousand_guesses_of_what_is_and_what_never_was_look_alike(scene: Scene) -> None:
    """Used, expired and never given out: the same answer, after the same statements."""
    scene.does(cases.add_practice, "practice", NOON)
    expired = {"expires_at": NOON - DAY}
    scene.does(cases.add_invitation, "practice", "4EXPXREDXX", **expired)
    guessers = [scene.somebody() for _ in range(10)]

    def guess(secret: str, person: str) -> tuple[object, list[str]]:
        with scene.unit() as unit, counted(unit.connection.engine) as statements:
            found = guessing.presented(unit, person, secret, NOON)
        return found, statements

    known = [guess("4EXPXREDXX", guessers[n % 10]) for n in range(500)]
    unknown = [guess(f"4{n:03d}NEVERX", guessers[n % 10]) for n in range(500)]
    assert known == unknown
    assert {found for found, _ in known} == {Invitation(refused="unknown")}
    assert len({tuple(statements) for _, statements in known}) == 1


def test_a_guesser_reads_the_same_words_for_what_is_and_what_never_was(evening: Evening) -> None:
    """Whichever it was."""
    invite(evening, "4EXPXREDXX", days=-1)
    secrets = ("4EXPXREDXX", "4000NEVERX") * 3
    said = {tuple(opens(evening, 80_000 + n, secret)) for n, secret in enumerate(secrets)}
    assert len(said) == 1


def test_after_five_wrong_ones_an_hour_even_the_right_one_is_refused(evening: Evening) -> None:
    """In the same words; an hour later it opens, for this person and meanwhile for others."""
    for number in range(MINE - 1):
        wrong = says(evening, STRANGER, f"7ABCDEFG{number:02d}")
    invite(evening, CODE)
    invite(evening, "7SECQNDCDE")
    assert says(evening, STRANGER, CODE) != wrong
    guess_again_from_zero(evening)
    for number in range(MINE):
        wrong = says(evening, STRANGER + 1, f"7ABCDEFG{number:02d}")
    assert says(evening, STRANGER + 1, "7SECQNDCDE") == wrong
    guess_again_from_zero(evening)
    assert says(evening, STRANGER + 1, "7SECQNDCDE") != wrong


def test_after_twenty_wrong_ones_of_a_practice_its_right_ones_are_refused(evening: Evening) -> None:
    """Whoever presents them; those of another practice open."""
    invite(evening, "4EXPXREDXX", days=-1)
    invite(evening, CODE)
    for number in range(PRACTICE):
        wrong = opens(evening, 80_000 + number, "4EXPXREDXX")
    assert says(evening, STRANGER, CODE) == wrong
    with evening.parts.database.unit() as unit:
        cases.add_practice(unit, "another", evening.now)
        cases.add_invitation(unit, "another", "7AN9THERXX", expires_at=evening.now + DAY)
    assert says(evening, STRANGER + 1, "7AN9THERXX") != wrong


def test_strangers_who_guess_wildly_keep_nobody_out(
    evening: Evening, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was never given out belongs to no practice: it is told in the log, by number only."""
    for number in range(2 * PRACTICE):
        wrong = opens(evening, 80_000 + number, f"4{number:03d}NEVERX")
    invite(evening, CODE)
    assert says(evening, STRANGER, CODE) != wrong
    printed = capsys.readouterr().out
    assert printed.count("many wrong codes") == 1
    assert "NEVERX" not in printed


def test_who_guessed_is_not_in_the_table_P10(evening: Evening) -> None:
    """Keyed hashes, hours, counts."""
    opens(evening, STRANGER, "4000NEVERX")
    with evening.parts.database.reading() as unit:
        person = people.find(unit, STRANGER)
        held = str(unit.connection.execute(select(GUESS)).all())
        assert unit.connection.execute(select(INVITATION.c.id)).all()
    assert person
    assert person not in held
    assert "practice" not in held
    assert str(STRANGER) not in held


# --- flooding ---------------------------------------------------------------------------------


def test_after_twenty_messages_a_minute_there_is_one_kind_line(evening: Evening) -> None:
    """Then silence, until fewer came within a minute; other people are answered as ever."""
    account = STRANGER
    said = [says(evening, account, f"ciao {number}") for number in range(MOST_A_MINUTE + 5)]
    answered_, line, rest = said[:MOST_A_MINUTE], said[MOST_A_MINUTE], said[MOST_A_MINUTE + 1 :]
    assert all(answered_)
    assert len(line) == 1
    assert "112" in line[0]
    assert rest == [[]] * 4
    assert says(evening, account + 1, "ciao")
    evening.waits(evening.now + timedelta(minutes=1))
    assert says(evening, account, "ciao") == answered_[-1]


@pytest.mark.parametrize("cry", ["vuole morire", "sono un peso", "/sos", "/stop", "/revoke"])
def test_what_cannot_wait_is_answered_however_much_was_written_R3(
    evening: Evening, cry: str
) -> None:
    """Every message is still read; a cry at the end of a flood has its card."""
    person = evening.person()
    account = _account(evening)
    for number in range(3 * MOST_A_MINUTE):
        says(evening, account, f"ciao {number}")
    if cry.startswith("/"):
        evening.hears(Heard(account, "command", name=cry[1:]))
    else:
        evening.hears(Heard(account, "text", text=cry))
    assert answered(evening, person)


def _account(evening: Evening) -> int:
    assert evening.chat(PARTNER).role is Role.PARTNER
    return ACCOUNTS[PARTNER]


def test_in_an_alarm_every_message_is_answered(evening: Evening) -> None:
    """Whoever writes much in an emergency is not told to wait."""
    account, person = _account(evening), evening.person()
    says(evening, account, "vuole morire")
    for _ in range(2 * MOST_A_MINUTE):
        assert says(evening, account, "aiuto per favore")
    assert evening.chat().alarm.closed
    assert person


def test_buttons_are_no_messages(evening: Evening) -> None:
    """A quick reader presses more than twenty in a minute."""
    for _ in range(2 * MOST_A_MINUTE):
        evening.hears_press(_account(evening), "menu")
        assert answered(evening, evening.person())


def test_a_message_that_is_passed_over_counts_as_turned_P2(evening: Evening) -> None:
    """Its id is kept, and it does not come again."""
    account = _account(evening)
    for number in range(MOST_A_MINUTE + 3):
        heard = Heard(account, "text", update_id=number, text="ciao")
        reading = converse.read(evening.parts, heard, evening.now)
        assert converse.answer(evening.parts, heard, reading, evening.now, SEED).turned
    with evening.parts.database.reading() as unit:
        states = set(unit.connection.scalars(select(UPDATE_SEEN.c.state)))
    assert states == {"turned"}
