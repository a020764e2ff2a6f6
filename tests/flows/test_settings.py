from dataclasses import replace

import pytest

from bot.engine.chat import Place
from bot.engine.events import ButtonPressed, Outage
from bot.flows.onboarding import COUNTRIES, LANGUAGES, ZONES, country_choices, set_country
from bot.flows.settings import FLOW, zone_named
from tests.starts import EVENING, STARTS

PARTNER = STARTS["partner"]
NOW = Outage(at=EVENING)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Rome", "Europe/Rome"),
        ("europe/rome", "Europe/Rome"),
        (" Rome ", "Europe/Rome"),
        ("Roma", "Europe/Rome"),
        ("milano", "Europe/Rome"),
        ("Londra", "Europe/London"),
        ("New  York", "America/New_York"),
        ("Lord Howe", "Australia/Lord_Howe"),
        ("Atlantis", None),
        ("", None),
        ("/", None),
        ("../etc/passwd", None),
    ],
)
def test_a_zone_is_found_by_the_name_of_a_city(typed: str, zone: str | None) -> None:
    """As the tz database names it, or as Italian does; nothing is guessed."""
    assert zone_named(typed) == zone


def test_every_zone_on_a_button_is_a_zone() -> None:
    """The button carries a city; its zone is one of those the countries have."""
    choices = FLOW.steps["zone"].choices
    assert choices
    found = set()
    for number in range(len(ZONES)):
        paged = replace(PARTNER, place=Place("settings", "zone", {"page": str(number)}))
        found |= {zone_named(b.value) for b in choices(paged, NOW) if b.move == "zone"}
    assert found == set(ZONES.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_country_is_on_some_page(lang: str) -> None:
    """Those where the language is spoken come first."""
    wishes = replace(PARTNER.preferences, lang=lang)
    shown: list[str] = []
    for number in range(4):
        place = Place("settings", "country", {"page": str(number)})
        chat = replace(PARTNER, preferences=wishes, place=place)
        shown += [b.value for b in country_choices(chat, NOW) if b.move == "country"]
    assert sorted(shown) == sorted(COUNTRIES)
    assert shown[0] == {"it": "IT", "en": "GB"}[lang]


def test_a_country_brings_its_usual_zone_if_it_has_one() -> None:
    """A country without one of its own leaves the zone as it was."""
    for country in COUNTRIES:
        chosen = ButtonPressed(at=EVENING, move="country", value=country)
        wishes = set_country(PARTNER, chosen)[0].preferences
        assert wishes.country == country
        assert wishes.zone == ZONES.get(country, PARTNER.preferences.zone)
