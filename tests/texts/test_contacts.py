"""Which help line a card names: by country and purpose, open or closed at this hour."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.engine.effects import Entry, Words
from bot.texts.contacts import UNION
from tests.texts.small import CONTACTS, DIRECTORY, NOON, Small, contact, reading

EVENINGS = '\n      - {days: mon-fri, from: "18:00", to: "21:00"}'
NIGHTS = '\n      - {days: "fri, sat", from: "22:00", to: "02:00"}'
OFFICE = '\n      - {days: mon-sun, from: "09:00", to: "17:00"}'


def shown(
    content: Small,
    kind: str,
    country: str | None = "IT",
    lang: str = "it",
    at: datetime = NOON,
    key: str = "",
) -> str:
    """Return what a card shows for a purpose."""
    text = Entry("contacts", key, kind)
    return reading(content.load(), text, lang, at=at, country=country).text


def write(content: Small, *italian: str) -> None:
    """Give Italy these lines after its emergency number."""
    lines = "".join(italian)
    text = "IT:\n" + contact() + lines + "XX:\n" + contact("xx_112", zone="Etc/UTC") + DIRECTORY
    for lang in ("it", "en"):
        content.write(f"{lang}/contacts.yaml", text)


def samaritans(hours: str = "always", zone: str = "Europe/Rome", **more: bool) -> str:
    """Return a listening line."""
    reach = 'number: "116 123"'
    name = "Samaritans"
    return contact("it_line", reach, "call", "line", name=name, hours=hours, zone=zone, **more)


def test_r1_an_emergency_is_a_bare_number_that_can_be_called(content: Small) -> None:
    """Nothing stands between a person and the number; without a medical number it is 112."""
    assert shown(content, "emergency") == "112"
    assert shown(content, "medical") == "112"


def test_r1_the_silent_app_is_never_shown_as_the_number_to_call(content: Small) -> None:
    """Even when it is the first emergency entry of its country."""
    app = contact("it_app", 'app: "112 Where ARE U"', "app")
    for lang in ("it", "en"):
        content.write(f"{lang}/contacts.yaml", CONTACTS.replace("IT:\n", "IT:\n" + app))
    assert shown(content, "emergency") == "112"
    assert shown(content, "ways").startswith("• Emergenza con l'app: 112 Where ARE U")


@pytest.mark.parametrize("country", [None, "", "XX", "BR", "xx"])
def test_r1_an_unknown_country_gets_112_and_is_told_it_differs(
    content: Small, country: str | None
) -> None:
    """We do not guess where somebody is."""
    assert shown(content, "emergency", country) == "112 (altrove, il numero del posto)"
    assert shown(content, "emergency", country, "en") == "112 (elsewhere, your local number)"
    assert shown(content, "line", country) == "findahelpline.com"


def test_the_country_of_the_entry_goes_before_the_one_of_the_person(content: Small) -> None:
    """A card may name a country; without one it is the person's own, in capitals or not."""
    assert shown(content, "emergency", "BR", key="IT") == "112"
    assert shown(content, "emergency", "it") == "112"


def test_a_member_of_the_union_without_lines_uses_the_unions(content: Small) -> None:
    """112 answers in the whole Union, so no "elsewhere" there; Switzerland is not in it."""
    more = "EU:\n" + contact("eu_112", zone="Europe/Brussels")
    for lang in ("it", "en"):
        content.write(f"{lang}/contacts.yaml", CONTACTS + more)
    assert shown(content, "emergency", "FR") == "112"
    assert shown(content, "emergency", "CH").endswith("(altrove, il numero del posto)")
    assert len(UNION) == 27


def test_a_purpose_without_a_line_is_the_directory(content: Small) -> None:
    """findahelpline.com knows what we do not; for a child in danger there is always a number."""
    assert shown(content, "line") == shown(content, "violence") == "findahelpline.com"
    assert shown(content, "child") == "112"


@pytest.mark.parametrize(
    ("hours", "italian", "english"),
    [
        ("always", "(giorno e notte)", "(24 hours)"),
        ("unknown", "(orari da verificare)", "(hours unknown)"),
        (OFFICE, "(fino alle 17:00)", "(until 17:00)"),
        (EVENINGS, "(apre alle 18:00)", "(opens at 18:00)"),
        (NIGHTS, "(apre alle 22:00, venerdì)", "(opens at 22:00, Friday)"),
    ],
)
def test_a_line_tells_its_hours_and_says_so_when_they_are_unknown(
    content: Small, hours: str, italian: str, english: str
) -> None:
    """It is Monday noon: open until, opens at, with the day when that is not today."""
    write(content, samaritans(hours))
    assert shown(content, "line") == f"Samaritans 116 123 {italian}"
    assert shown(content, "line", lang="en") == f"Samaritans 116 123 {english}"


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        ("2026-11-28T00:59", "(fino alle 02:00)"),  # Saturday 01:59 in Rome, open since Friday
        ("2026-11-28T01:00", "(apre alle 22:00)"),  # 02:00: closed, open again tonight
        ("2026-11-27T20:59", "(apre alle 22:00)"),
        ("2026-11-27T21:00", "(fino alle 02:00)"),
        ("2026-11-29T01:00", "(apre alle 22:00, venerdì)"),  # Sunday 02:00, closed for the week
    ],
)
def test_hours_past_midnight_belong_to_the_evening_they_began(
    content: Small, moment: str, hours: str
) -> None:
    """Friday 22-02 is open on Saturday at one, whatever Saturday's own hours say."""
    write(content, samaritans(NIGHTS))
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert shown(content, "line", at=at) == f"Samaritans 116 123 {hours}"


@pytest.mark.parametrize(
    ("zone", "moment", "hours"),
    [
        ("Europe/London", "2026-03-28T08:59", "(apre alle 09:00)"),
        ("Europe/London", "2026-03-28T09:00", "(fino alle 17:00)"),
        ("Europe/London", "2026-03-29T08:00", "(fino alle 17:00)"),  # clocks went forward
        ("Europe/London", "2026-03-29T16:00", "(apre alle 09:00, lunedì)"),
        ("Europe/London", "2026-10-25T08:00", "(apre alle 09:00)"),  # and back
        ("Europe/London", "2026-10-25T16:59", "(fino alle 17:00)"),
        ("Australia/Sydney", "2026-11-23T11:00", "(apre alle 09:00, martedì)"),
        ("Australia/Sydney", "2026-11-22T22:30", "(fino alle 17:00)"),
    ],
)
def test_hours_are_wall_clock_time_where_the_line_is(
    content: Small, zone: str, moment: str, hours: str
) -> None:
    """A person in Rome reads London's hours, before and after London changes its clocks."""
    write(content, samaritans(OFFICE, zone))
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert shown(content, "line", at=at) == f"Samaritans 116 123 {hours}"


def test_a_line_open_to_midnight_may_say_24(content: Small) -> None:
    """24:00 is how people write it."""
    write(content, samaritans('\n      - {days: mon-sun, from: "09:00", to: "24:00"}'))
    assert shown(content, "line") == "Samaritans 116 123 (fino alle 00:00)"


def test_after_90_days_a_line_leaves_the_card_and_keeps_its_date(content: Small) -> None:
    """On day 90 it is still there; a day later it stands only among the others, with its date."""
    write(content, samaritans(statutory=False))
    last = datetime(2027, 2, 20, 12, tzinfo=UTC)
    assert shown(content, "line", at=last) == "Samaritans 116 123 (giorno e notte)"
    late = last + timedelta(days=1)
    assert shown(content, "line", at=late) == "findahelpline.com"
    assert "findahelpline.com" in shown(content, "ways", at=late)
    assert shown(content, "others", at=late).splitlines()[0] == (
        "• Samaritans 116 123 (giorno e notte) · Fonte: a page, 2026, vista il 22 novembre 2026."
    )


def test_emergency_and_statutory_numbers_never_disappear(content: Small) -> None:
    """Their age is no reason to hide them."""
    write(content, samaritans(statutory=True))
    for lang in ("it", "en"):
        content.replace(f"{lang}/contacts.yaml", "2026-11-22", "2020-01-01")
    assert shown(content, "line") == "Samaritans 116 123 (giorno e notte)"
    assert shown(content, "emergency") == "112"
    content.replace("it/contacts.yaml", "statutory: true", "statutory: false")
    content.replace("en/contacts.yaml", "statutory: true", "statutory: false")
    assert shown(content, "emergency") == "112"
    assert shown(content, "emergency", None).startswith("112")


def test_the_other_numbers_are_those_to_call_each_on_its_line(content: Small) -> None:
    """The emergency number stands above them, the directory closes, notes are left out."""
    write(
        content,
        samaritans() + '    note: "Gratis."\n',
        contact("it_chat", 'url: "114.it"', "chat", "child", name="Infanzia"),
    )
    assert shown(content, "others").splitlines() == [
        "• Samaritans 116 123 (giorno e notte)",
        "• Find A Helpline sul sito: findahelpline.com",
    ]


def test_r7_whoever_cannot_speak_sees_every_written_way(content: Small) -> None:
    """Text with its first word, chat, app and site; a line that also writes is there as well."""
    reach = 'number: "988"\n    text_to: "988"\n    text_word: "HELLO"'
    write(
        content,
        contact("it_text", reach, "call, text", "line", name="988"),
        contact("it_wa", 'text_to: "324"', "whatsapp", "line", name="Amico"),
        contact("it_chat", 'url: "114.it"', "chat", "child", name="Infanzia", hours="unknown"),
        samaritans(),
    )
    assert shown(content, "ways", lang="en").splitlines() == [
        "• 988 by text: HELLO to 988 (24 hours)",
        "• Amico on WhatsApp: 324 (24 hours)",
        "• Infanzia by chat: 114.it (hours unknown)",
        "• Find A Helpline on the site: findahelpline.com",
    ]


def test_a_card_puts_the_numbers_into_its_own_words(content: Small) -> None:
    """The way flows ask for them: contacts as values of a catalogue entry."""
    content.both({"card": "**Chiama {emergency}.** Poi: {line}.\n{others}"})
    values = {kind: Entry("contacts", "", kind) for kind in ("emergency", "line", "others")}
    rendered = reading(content.load(), Words("card", values))
    assert rendered.text.splitlines() == [
        "Chiama 112. Poi: findahelpline.com.",
        "• Find A Helpline sul sito: findahelpline.com",
    ]
    assert (rendered.entities[0].offset, rendered.entities[0].length) == (0, 11)
