import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.safety.alarm import Level
from bot.safety.fallback import FALLBACK
from bot.safety.reading import Reading
from bot.services import converse, deliver, outage
from bot.services.heard import Answer, Heard, Outgoing
from bot.services.parts import Parts
from bot.store import updates
from bot.store.database import Database
from bot.store.encryption import Keyring
from bot.store.errors import Unreachable, Unreadable
from bot.store.tables import PERSON
from bot.terminal.stage import ACCOUNTS
from bot.texts.render import NoWords
from tests.parts import KEYS, shelf
from tests.services.evening import PARTNER, PATIENT, SEED, Evening, without

ME = ACCOUNTS[PARTNER]
STRANGER = 77
NOW = datetime(2027, 3, 1, 18, 0, tzinfo=UTC)


def catch_up(
    evening: Evening, *waiting: Heard, told: bool = False
) -> tuple[Answer, list[Outgoing]]:
    """Answer a backlog; return what is to be sent then."""
    answer = outage.catch_up(evening.parts, waiting, evening.now, SEED, told=told)
    unsent = deliver.unsent(evening.parts, answer.person)
    for parcel in unsent:
        deliver.sent(evening.parts, parcel.id, 1, evening.now)
    return answer, [parcel.message for parcel in unsent]


def said(*texts: str) -> list[Heard]:
    """Texts of the partner, in updates one after the other."""
    return [Heard(ME, "text", 100 + n, "it", text) for n, text in enumerate(texts)]


# --- a backlog --------------------------------------------------------------------------------


def test_a_backlog_is_answered_once(evening: Evening) -> None:
    """One apology and the step where the person stands; the chat has not moved."""
    evening.does(PARTNER, "/menu")
    before = evening.chat()
    _, (sorry, home) = catch_up(evening, *said("ci sei?", "ciao?", "ok, niente"))
    assert sorry.text.startswith("Per un po' non ho potuto rispondere")
    assert home.text.startswith("Letture finite: 0")
    assert evening.chat() == before


def test_P2_a_backlog_that_comes_again_is_known(evening: Evening) -> None:
    """Telegram redelivers; nobody is told twice that the bot was away."""
    waiting = said("ci sei?", "ciao?")
    catch_up(evening, *waiting)
    answer, messages = catch_up(evening, *waiting)
    assert (answer.turned, messages) == (False, [])


def test_a_backlog_of_which_a_part_was_turned_is_answered_for_the_rest(evening: Evening) -> None:
    """A kill in between: what is left still gets its one answer."""
    first, *rest = said("ci sei?", "ciao?", "ok")
    converse.answer(
        evening.parts, first, converse.read(evening.parts, first, evening.now), evening.now, SEED
    )
    drained = deliver.unsent(evening.parts, evening.person())
    for parcel in drained:
        deliver.sent(evening.parts, parcel.id, 1, evening.now)
    _, messages = catch_up(evening, first, *rest)
    assert [message.text[:12] for message in messages] == ["Per un po' n", "Letture fini"]


@pytest.mark.parametrize(
    "texts",
    [
        ("ciao?", "dice che vuole morire", "ci sei?"),
        ("è un peso", "dice che vuole morire"),
        ("ha preso tutte", "le pastiglie", "rispondi"),
    ],
    ids=["among others", "after a doubt", "in two parts"],
)
def test_a_cry_in_a_backlog_comes_first(evening: Evening, texts: tuple[str, ...]) -> None:
    """Every text is read, together with those before it, and the most urgent one is answered."""
    _, (card,) = catch_up(evening, *said(*texts))
    assert card.text.startswith("Pericolo ora: chiama 112.")
    assert (card.tier, evening.chat().alarm.level) == ("red", Level.RED)


def test_a_doubt_in_a_backlog_is_asked_about(evening: Evening) -> None:
    """CHECK is answered where nothing is red."""
    catch_up(evening, *said("ciao?", "dice che è un peso", "ok"))
    assert evening.chat().alarm.level is Level.CHECK


def test_sos_in_a_backlog_shows_the_numbers(evening: Evening) -> None:
    """Whoever called for help while the bot was away gets the card, and no talk about outages."""
    sos = Heard(ME, "command", 200, "it", name="sos")
    _, (card,) = catch_up(evening, *said("ciao?"), sos, *said("ci sei?")[1:])
    assert "112" in card.text
    assert (card.flow, evening.chat().alarm.level) == ("menu", Level.GREEN)
    assert next(button.move for row in card.rows for button in row) == "danger_now"


def test_a_stranger_with_a_backlog_is_greeted(evening: Evening) -> None:
    """Somebody whose first words waited begins at the beginning."""
    waiting = [Heard(STRANGER, "command", 1, "en", name="start"), Heard(STRANGER, "text", 2, "en")]
    _, messages = catch_up(evening, *waiting)
    assert evening.chat_of(STRANGER).preferences.lang == "en"
    assert len(messages) == 2


def test_blocked_and_unblocked_in_a_backlog_both_count(evening: Evening) -> None:
    """Only the last of them says how things are."""
    blocked, unblocked = Heard(ME, "blocked", 300), Heard(ME, "unblocked", 301)
    _, messages = catch_up(evening, *said("ciao?"), blocked)
    assert messages == []
    _, messages = catch_up(evening, unblocked, *said("", "ci sei?")[1:])
    assert messages


def test_P8_a_decision_in_a_backlog_is_carried_out(evening: Evening) -> None:
    """Whoever revoked while the bot was away has revoked, whatever else they wrote."""
    me = ACCOUNTS[PATIENT]
    revoked = Heard(me, "command", 201, "it", name="revoke")
    texts = [Heard(me, "text", 200, "it", "ci sei?"), Heard(me, "text", 202, "it", "ciao?")]
    assert evening.chat(PATIENT).cases[0].scopes
    _, messages = catch_up(evening, texts[0], revoked, texts[1])
    assert not evening.chat(PATIENT).cases[0].scopes
    assert any(message.text.startswith("Per un po'") for message in messages)


def test_a_chat_that_was_told_is_not_told_again(evening: Evening) -> None:
    """What comes one by one, as by webhook: the texts are turned, and get no reply."""
    catch_up(evening, *said("ci sei?"))
    answer, messages = catch_up(evening, *said("", "ciao?")[1:], told=True)
    assert (answer.person, answer.turned, messages) == (evening.person(), True, [])
    answer, _ = catch_up(evening, *said("", "ciao?")[1:], told=True)
    assert not answer.turned


def test_a_cry_is_answered_in_a_chat_that_was_told(evening: Evening) -> None:
    """Read together with what came before it."""
    catch_up(evening, *said("ha preso tutte"))
    _, (card,) = catch_up(evening, *said("", "le pastiglie")[1:], told=True)
    assert card.tier == "red"


# --- what cannot be turned --------------------------------------------------------------------


def aside(evening: Evening, heard: Heard | None, number: int = 400) -> Answer | None:
    """Set an update aside."""
    update = json.dumps({"update_id": number, "message": {"text": "qualcosa"}})
    return outage.set_aside(evening.parts, update, number, heard, evening.now)


def kept(evening: Evening) -> list[int]:
    """The numbers of the updates that were set aside."""
    with evening.parts.database.unit() as unit:
        return [one.update_id for one in updates.aside(unit)]


def test_an_update_that_cannot_be_turned_is_kept_and_said_kindly(evening: Evening) -> None:
    """One line with 112 and SOS; it is sealed, and told once however often it comes."""
    heard = Heard(ME, "text", 400, "it", "qualcosa")
    answer = aside(evening, heard)
    aside(evening, heard)
    assert answer
    ((line),) = [parcel.message for parcel in deliver.unsent(evening.parts, answer.person)]
    assert line.text.startswith("Qui qualcosa si è rotto")
    assert [button.move for button in line.rows[0]] == ["sos", "menu"]
    assert kept(evening) == [400]
    assert evening.does(PARTNER, "/menu"), "the chat goes on"


def test_an_update_nobody_could_read_is_kept_and_told_to_nobody(evening: Evening) -> None:
    """There is no chat to say it in."""
    assert aside(evening, None) is None
    assert kept(evening) == [400]


def test_a_chat_that_cannot_be_read_loses_the_kind_line_and_holds_up_nobody(
    evening: Evening,
) -> None:
    """Otherwise its update would come back for ever, with everybody else's behind it."""
    broken = PERSON.update().where(PERSON.c.id == evening.person())
    with evening.parts.database.unit() as unit:
        unit.connection.execute(broken.values(memory=b"not what was sealed"))
    with pytest.raises(Unreadable):
        evening.chat()
    assert aside(evening, Heard(ME, "text", 400, "it", "qualcosa")) is None
    assert kept(evening) == [400]


def test_a_bundle_without_the_kind_line_keeps_the_update_all_the_same(evening: Evening) -> None:
    """Broken content must not bring an update back for ever either."""
    with without(evening.parts, "lost.set_aside"):
        assert aside(evening, Heard(ME, "text", 400, "it", "qualcosa")) is None
    assert kept(evening) == [400]


# --- the help card ----------------------------------------------------------------------------


@contextmanager
def broken(folder: Path) -> Iterator[Parts]:
    """Give parts over a file that is no database, with a reader that fails at every text."""

    def read(text: str, earlier: tuple[str, ...]) -> Reading:
        raise RuntimeError(f"cannot read {len(text) + len(earlier)} texts")

    file = folder / "broken.db"
    file.write_bytes(b"this is no database" * 100)
    database = Database(f"sqlite:///{file}", Keyring.parse(KEYS))
    yield Parts(database, shelf(), read)
    database.close()


def test_P7_the_help_card_needs_neither_database_nor_reader(tmp_path: Path) -> None:
    """A text that cannot be read may be a cry, so it gets the card; so does SOS."""
    with broken(tmp_path) as parts:
        heard = Heard(STRANGER, "text", 1, "it", "qualunque cosa")
        with pytest.raises(Unreachable) as raised:
            converse.answer(parts, heard, Reading(), NOW, SEED)
        assert outage.is_outage(raised.value)
        for cry in (heard, Heard(STRANGER, "button", 2, "it", name="sos")):
            card = outage.fallback(parts, cry, NOW)
            assert card
            assert (card.text, card.tier, card.rows) == (FALLBACK["it"], "red", ())


def test_P7_the_help_card_needs_no_content(evening: Evening) -> None:
    """The words of the card are missing, the turn fails, the card from memory does not."""
    heard = Heard(ME, "text", 1, "it", "dice che vuole morire")
    with without(evening.parts, "card.other"):
        reading = converse.read(evening.parts, heard, evening.now)
        with pytest.raises(NoWords) as raised:
            converse.answer(evening.parts, heard, reading, evening.now, SEED)
        assert not outage.is_outage(raised.value)
        card = outage.fallback(evening.parts, heard, evening.now)
    assert card
    assert card.text.startswith("112")


@pytest.mark.parametrize(
    ("heard", "is_helped"),
    [
        (Heard(ME, "text", 1, "it", "dice che vuole morire"), True),
        (Heard(ME, "text", 1, "it", "dice che è un peso"), True),
        (Heard(ME, "command", 1, "it", name="sos"), True),
        (Heard(ME, "button", 1, "it", name="danger_now"), True),
        (Heard(ME, "text", 1, "it", "buonasera"), False),
        (Heard(ME, "button", 1, "it", name="menu"), False),
        (Heard(ME, "media", 1, "it", name="voice"), False),
    ],
    ids=lambda value: getattr(value, "text", "") or getattr(value, "name", ""),
)
def test_P7_whoever_cries_gets_the_card_and_nobody_else(
    evening: Evening, heard: Heard, *, is_helped: bool
) -> None:
    """When a turn fails, a card for everybody would be one for nobody."""
    assert bool(outage.fallback(evening.parts, heard, evening.now)) is is_helped


@pytest.mark.parametrize(
    ("lang", "first"), [("it", "112: chiama"), ("en", "112: call"), ("fr", "112: call")]
)
def test_P7_the_card_speaks_the_language_of_the_client(
    evening: Evening, lang: str, first: str
) -> None:
    """What the person chose cannot be looked up; English for all the others."""
    card = outage.fallback(evening.parts, Heard(ME, "command", 1, lang, name="sos"), NOW)
    assert card
    assert card.text.startswith(first)
