"""Every card as somebody reads it: in both languages, in every country, by day and by night."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product

import pytest

from bot.engine.chat import Chat, Place, Preferences, Role
from bot.engine.dialogue import Dialogue
from bot.engine.effects import Say
from bot.engine.events import ButtonPressed, CommandGiven, Event, TextReceived
from bot.engine.saying import SOS_ROW
from bot.flows.house import dialogue
from bot.flows.onboarding import COUNTRIES, ZONES, country_choices
from bot.safety.alarm import Alarm, Card, Level
from bot.safety.reading import About, Reading, Tier
from bot.services.parts import offer_of
from bot.texts.contacts import GOES_STALE_AFTER
from bot.texts.render import LONGEST_MESSAGE, Context, label, render
from bot.texts.rules.limits import LONGEST_IN_CRISIS, LONGEST_LABEL
from bot.texts.rules.sentences import count_words, sentences
from tests.parts import shelf

LANGUAGES = ("it", "en")
SEEN = datetime(2026, 11, 22, tzinfo=UTC)
"""The day the help lines were read."""
HOURS = tuple(SEEN + timedelta(days=day, hours=hour) for day in (1, 6) for hour in (2, 11, 18, 21))
OLD = SEEN + GOES_STALE_AFTER + timedelta(days=2)
EMERGENCY = {"GB": "999", "US": "911", "CA": "911", "AU": "000", "NZ": "111"}
WAYS_IN = {
    Card.DANGER: ("R3", About.UNCLEAR),
    Card.NOW: ("R1", About.OTHER),
    Card.OTHER: ("R3", About.OTHER),
    Card.SELF: ("R3", About.SELF),
    Card.MISSING: ("R4", About.OTHER),
    Card.PSYCHOSIS: ("R5", About.OTHER),
    Card.BIRTH: ("R6", About.OTHER),
    Card.VIOLENCE: ("R7", About.OTHER),
    Card.VIOLENCE_UNCLEAR: ("R7", About.UNCLEAR),
    Card.CHILD: ("R8", About.OTHER),
    Card.MEDICAL: ("R9", About.OTHER),
}
FIRST_NUMBER_WITHIN = 80
MOST_AUTHORED = 4


@cache
def whole() -> Dialogue:
    """The dialogue over the content there is."""
    bundle = shelf().bundle
    return dialogue(offer_of(bundle), bundle.flows)


def partner(lang: str, country: str) -> Chat:
    """Somebody on the information-only track."""
    wishes = Preferences(lang=lang, country=country, zone=ZONES.get(country, "Europe/Rome"))
    there = Place("menu", "home")
    return replace(
        Chat("personaa", place=there, revision=3, preferences=wishes), adult=True, agreed=True
    )


def read_out(chat: Chat, event: Event) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give each message of a turn as it is read, with the labels of its own buttons."""
    turn = whole().turn(chat, event)
    bundle, wishes = shelf().bundle, turn.chat.preferences
    context = Context(wishes.lang, wishes.zone, event.at, wishes.country)
    for say in (effect for effect in turn.effects if isinstance(effect, Say)):
        buttons = [button for row in say.rows if row != SOS_ROW for button in row]
        labels = tuple(label(bundle, button.label, context) for button in buttons)
        yield render(bundle, say.text, context).text, labels


def card_of(card: Card, lang: str, country: str, at: datetime) -> tuple[str, tuple[str, ...]]:
    """Return a card as it answers its trigger, or the button under SOS."""
    if card is Card.DANGER:
        press = ButtonPressed(at=at, move="danger_now")
        [shown] = read_out(partner(lang, country), press)
        return shown
    trigger, about = WAYS_IN[card]
    reading = Reading(Tier.RED, trigger, about=about)
    [shown] = read_out(partner(lang, country), TextReceived(at=at, text="", reading=reading))
    return shown


def faults(text: str, country: str) -> list[str]:
    """Return what is wrong with a text that is read in fear."""
    number = EMERGENCY.get(country, "112")
    found = [
        f"{count_words(sentence)} words: {sentence}"
        for sentence in sentences(text)
        # What a country's line is called is not ours to shorten.
        if count_words(sentence) > LONGEST_IN_CRISIS and not any(c.isdigit() for c in sentence)
    ]
    if len(text) > LONGEST_MESSAGE:
        found.append(f"{len(text)} characters")
    if number not in text[:FIRST_NUMBER_WITHIN]:
        found.append(f"no {number} in {text[:FIRST_NUMBER_WITHIN]!r}")
    return found


@pytest.mark.parametrize("card", Card)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_card_in_every_country_at_every_hour_R1_R9(card: Card, lang: str) -> None:
    """At most 500 characters, the country's number within 80, short sentences, its buttons."""
    for country, at in product(COUNTRIES, (*HOURS, OLD)):
        text, labels = card_of(card, lang, country, at)
        assert faults(text, country) == [], (country, at)
        own = labels[:MOST_AUTHORED]
        traces = labels[MOST_AUTHORED:]
        assert len(own) == MOST_AUTHORED
        assert all(len(one) <= LONGEST_LABEL for one in labels)
        assert len(traces) == (WAYS_IN[card][0] == "R7")
        said = "I am a program: I cannot call for you." if lang == "en" else "Sono un programma"
        assert said in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_else_stands_on_the_way_R1_R9(lang: str) -> None:
    """SOS, its two lists, both questions, the second card, the way out: the number comes first."""
    for country, at in product(COUNTRIES, (HOURS[0], HOURS[2], OLD)):
        chat = partner(lang, country)
        for name in ("sos", "more_numbers", "text_instead"):
            [(text, _)] = read_out(chat, CommandGiven(at=at, name=name))
            number = EMERGENCY.get(country, "112")
            assert number in text[:FIRST_NUMBER_WITHIN]
        for trigger in ("R3", "R7"):
            reading = Reading(Tier.CHECK, trigger)
            doubt = TextReceived(at=at, text="", reading=reading)
            [(text, labels)] = read_out(chat, doubt)
            assert number in text
            assert text.count("?") == 1
            assert max(map(len, labels)) <= LONGEST_LABEL
        in_red = (
            whole().turn(chat, TextReceived(at=at, text="", reading=Reading(Tier.RED, "R3"))).chat
        )
        [(text, _)] = read_out(in_red, TextReceived(at=at, text="e adesso?"))
        assert faults(text, country) == []
        press = ButtonPressed(at=at, move="safe_now", revision=in_red.revision)
        [(text, _)] = read_out(in_red, press)
        assert number in text[:FIRST_NUMBER_WITHIN]
        assert whole().turn(in_red, press).chat.alarm.level is Level.FOLLOWUP


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("roles", [(role,) for role in Role] + [(Role.PATIENT, Role.PARTNER)])
def test_after_red_goals_are_named_to_whoever_can_have_them_R3(
    roles: tuple[Role, ...], lang: str
) -> None:
    """A patient, a therapist and a newcomer have neither goals nor reminders."""
    alarm = Alarm(Level.FOLLOWUP, "R3", Card.SELF, SEEN, SEEN)
    asked = replace(partner(lang, "IT"), role=roles[0], roles=roles, alarm=alarm)
    asked = replace(asked, place=Place("red", "followup"))
    press = ButtonPressed(at=HOURS[0], move="safe", revision=asked.revision)
    (text, _), *_ = read_out(asked, press)
    named = {"it": "obiettivi", "en": "goals"}[lang]
    assert (named in text) == (Role.PARTNER in roles)
    assert "112" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_line_that_is_closed_or_uncertain_says_so(lang: str) -> None:
    """Italy: WhatsApp is open in the evening alone, the hours of the telephone are not known."""
    morning, evening = SEEN + timedelta(days=1, hours=9), SEEN + timedelta(days=1, hours=18)
    closed = {"it": "(ora chiusa, apre alle 18:00)", "en": "(closed now, opens at 18:00)"}[lang]
    until = {"it": "(fino alle 21:00)", "en": "(until 21:00)"}[lang]
    [(text, _)] = read_out(partner(lang, "IT"), CommandGiven(at=morning, name="text_instead"))
    assert closed in text
    [(text, _)] = read_out(partner(lang, "IT"), CommandGiven(at=evening, name="text_instead"))
    assert until in text
    [(text, _)] = read_out(partner(lang, "IT"), CommandGiven(at=evening, name="sos"))
    assert {"it": "(orari incerti)", "en": "(hours unknown)"}[lang] in text


@pytest.mark.parametrize(
    ("country", "stays"),
    [
        ("IT", ("112", "1522", "114", "118")),
        ("GB", ("999", "116 123")),
        ("IE", ("112", "116 123")),
        ("US", ("911", "988")),
        ("CA", ("911", "988")),
        ("AU", ("000",)),
        ("NZ", ("111",)),
    ],
)
def test_statutory_numbers_outlive_the_90_days(country: str, stays: tuple[str, ...]) -> None:
    """The others leave the card and stand with source and date behind «Altri numeri»."""
    chat = partner("en", country)
    [(card, _)] = read_out(chat, CommandGiven(at=OLD, name="sos"))
    [(others, _)] = read_out(chat, CommandGiven(at=OLD, name="more_numbers"))
    assert [number for number in stays if number not in card + others] == []
    old = [line for line in others.splitlines() if "Source:" in line]
    assert all("seen on 22 November 2026" in line for line in old)
    contacts = shelf().bundle.data["en"].contacts[country]
    hidden = [
        one.number for one in contacts if one.number and not _lasting(one.kind, one.statutory)
    ]
    assert [number for number in hidden if number in card] == []
    assert [number for number in hidden if not any(number in line for line in old)] == []


def _lasting(kind: str, statutory: bool) -> bool:  # noqa: FBT001 - a column of the file
    return kind == "emergency" or statutory


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_country_of_the_help_lines_can_be_chosen(lang: str) -> None:
    """At onboarding and in the settings, over as many pages as that takes."""
    assert set(shelf().bundle.data[lang].contacts) == set(COUNTRIES)
    chat, offered = partner(lang, "IT"), set()
    for page in range(len(COUNTRIES)):
        memory = {"page": str(page)}
        there = replace(chat, place=Place("settings", "country", memory))
        offered |= {b.value for b in country_choices(there, CommandGiven(at=SEEN, name="x"))}
    assert offered >= set(COUNTRIES)
