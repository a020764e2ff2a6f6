"""What grows with what it names stays short to read: the lists of help lines, and the plan."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.engine.chat import Case, Chat, Plan, Role, Scope, Sign
from bot.engine.events import CommandGiven
from bot.flows.caseload import LONGEST_DETAILS
from bot.flows.listed_signs import LONGEST as LONGEST_SIGN
from bot.flows.listed_signs import MOST
from bot.flows.onboarding import COUNTRIES
from bot.flows.plan import LONGEST as LONGEST_PHRASE
from bot.texts.render import LONGEST_MESSAGE, Entity, Rendered, in_pieces
from tests.safety.test_cards import LANGUAGES, OLD, SEEN, partner, read_out

WEEK = tuple(SEEN + timedelta(hours=hours) for hours in range(24, 8 * 24, 7))


def shown(chat: Chat, name: str, at: datetime) -> Iterator[str]:
    """Give each message that answers a command, as it is sent."""
    for text, _ in read_out(chat, CommandGiven(at=at, name=name)):
        yield from (piece.text for piece in in_pieces(Rendered(text), LONGEST_MESSAGE))


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_list_of_every_country_is_at_most_500_characters_A1(lang: str, country: str) -> None:
    """At any hour, and when its lines are old and carry their source."""
    for at in (*WEEK, OLD):
        for name in ("sos", "more_numbers", "text_instead"):
            sizes = [len(text) for text in shown(partner(lang, country), name, at)]
            assert max(sizes) <= LONGEST_MESSAGE, (name, at)


@pytest.mark.parametrize("details", ["", "studio 06 555 0100", "x" * LONGEST_DETAILS])
@pytest.mark.parametrize("signs", range(MOST + 1))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_plan_that_is_full_is_one_message_A1(lang: str, signs: int, details: str) -> None:
    """It may stand pinned, so it cannot be parted; what is shown of the details is whole."""
    chosen = tuple(Sign(f"s{n}", words="w" * LONGEST_SIGN, state="approved") for n in range(signs))
    case = Case(
        "casealfa",
        Role.PARTNER,
        confirmed=True,
        scopes=frozenset(Scope),
        contact_details=details,
        agreed_on=SEEN.date(),
        signs=chosen,
    )
    for country in COUNTRIES:
        for say, words in (("noticed", ""), ("", "p" * LONGEST_PHRASE)):
            plan = Plan(say=say, words=words, whom="therapist")
            chat = replace(
                partner(lang, country), role=Role.PARTNER, cases=(replace(case, plan=plan),)
            )
            for at in (*WEEK[::4], OLD):
                [(text, _)] = read_out(chat, CommandGiven(at=at, name="plan"))
                assert len(text) <= LONGEST_MESSAGE, (country, text)
                fits = len(details) < LONGEST_DETAILS and not (words and signs == MOST)
                assert not details or (details in text) == fits


def test_a_long_message_is_parted_between_lines_and_keeps_its_styles() -> None:
    """Styles are counted in UTF-16, and may run over the gap."""
    whole = Rendered("🟡 ab\ncd ef\n\ngh", (Entity("bold", 3, 5), Entity("italic", 13, 2)))
    assert in_pieces(whole, 99) == (whole,)
    assert in_pieces(whole, 5) == (
        Rendered("🟡 ab", (Entity("bold", 3, 2),)),
        Rendered("cd ef", (Entity("bold", 0, 2),)),
        Rendered("\ngh", (Entity("italic", 1, 2),)),
    )
    assert [piece.text for piece in in_pieces(Rendered("a long line\nb"), 3)] == [
        "a long line",
        "b",
    ]
