"""What a person can set: language and place. And stop, which needs no way round."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from zoneinfo import available_timezones

from bot.engine.chat import Chat, Place, Role
from bot.engine.effects import Button, DropReminders, Effect, Entry, PlanReminder, Value, Words
from bot.engine.events import ButtonPressed, CommandGiven, Event, TextReceived
from bot.engine.flow import HOME, RESUME, Exit, Flow, Move, Step, flow, option
from bot.flows import away, rhythm
from bot.flows.menu import home
from bot.flows.onboarding import LANGUAGES, ZONES, country_choices, set_country
from bot.flows.paging import page
from bot.flows.reminder_hour import hour_values

_ZONES = tuple(dict.fromkeys(ZONES.values()))
# Cities as Italian names them; the tz database has the local or English name only.
_CITIES = {
    "roma": "Europe/Rome",
    "milano": "Europe/Rome",
    "londra": "Europe/London",
    "dublino": "Europe/Dublin",
    "zurigo": "Europe/Zurich",
    "parigi": "Europe/Paris",
    "berlino": "Europe/Berlin",
}
_ALL_ZONES = {zone.lower(): zone for zone in available_timezones() if "/" in zone}


def zone_named(text: str) -> str | None:
    """Return the tz database zone a text names: `Europe/Rome`, «Roma», `New York`; or None."""
    wanted = "_".join(text.strip().lower().split())
    if wanted in _ALL_ZONES:
        return _ALL_ZONES[wanted]
    if wanted in _CITIES:
        return _CITIES[wanted]
    cities = [z for key, z in _ALL_ZONES.items() if key.rsplit("/", 1)[-1] == wanted]
    return cities[0] if len(cities) == 1 else None


def set_language(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Take the chosen language; nothing else of the chat changes."""
    lang = _given(event)
    if lang not in LANGUAGES:
        return chat, ()
    return replace(chat, preferences=replace(chat.preferences, lang=lang)), ()


def stop(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Stop every push at once."""
    preferences = replace(chat.preferences, pushes=False)
    return replace(chat, preferences=preferences), (DropReminders(),)


def stopped(_chat: Chat, _event: Event) -> Place:
    """Where `/stop` leads."""
    return Place("settings", "stopped")


def _stopped_words(chat: Chat, _event: Event) -> tuple[Words, ...]:
    """What `/stop` stops; one thing is not stopped for whoever leads a therapy."""
    leads = Role.THERAPIST in {chat.role, *chat.roles}
    return (Words("settings.stopped_therapist" if leads else "settings.stopped"),)


def listed(chat: Chat, event: Event) -> Place:
    """Where `/settings` leads: nothing to set before the first questions are answered."""
    return Place("settings", "list") if chat.agreed else home(chat, event)


def language(_chat: Chat, _event: Event) -> Place:
    """Where `/language` leads."""
    return Place("settings", "language")


def _given(event: Event) -> str:
    if isinstance(event, ButtonPressed | CommandGiven):
        return event.value
    return event.text if isinstance(event, TextReceived) else ""


def _set_zone(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    zone = zone_named(_given(event)) or chat.preferences.zone
    chat = replace(chat, preferences=replace(chat.preferences, zone=zone))
    return _replanned(chat, event)


def _set_country(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Take the country with its usual zone, and the reminder's hour there."""
    return _replanned(set_country(chat, event)[0], event)


def _undo_stop(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Let pushes come again; goals that an emergency turned off stay off."""
    preferences = replace(chat.preferences, pushes=True)
    return replace(chat, preferences=preferences), (PlanReminder(event.at),)


def _replanned(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return (chat, (PlanReminder(event.at),)) if chat.preferences.pushes else (chat, ())


def _zone_known(_chat: Chat, event: Event) -> bool:
    return zone_named(_given(event)) is not None


def _language_known(_chat: Chat, event: Event) -> bool:
    return _given(event) in LANGUAGES


def _languages(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    return tuple(Button(Words(f"language.{lang}"), "language", lang) for lang in LANGUAGES)


def _zones(chat: Chat, _event: Event) -> tuple[Button, ...]:
    shown = [
        (zone, Words("settings.zone_label", {"zone": Entry("zones", zone, "city")}))
        for zone in _ZONES
    ]
    return page([Button(label, "zone", _city(zone)) for zone, label in shown], chat)


def _city(zone: str) -> str:
    """Return the value of a button for a zone; what people read is rendered in their language."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def _values(chat: Chat, event: Event) -> Mapping[str, Value]:
    country = (chat.preferences.country or "XX").lower()
    return {
        "zone": Entry("zones", chat.preferences.zone, "city"),
        "country": Words(f"country.{country}"),
        **hour_values(chat, event),
        **rhythm.values(chat, event),
        **away.values(chat, event),
    }


def _interrupted(chat: Chat, _event: Event) -> bool:
    return chat.paused is not None


FLOW: Flow = flow(
    "settings",
    (
        Step(
            "list",
            (Words("settings.list"),),
            (
                option("button.language", "language"),
                option("button.pushes", "pushes"),
                option("button.discretion", "discreet"),
                option("button.place", "place"),
            ),
            values=_values,
            edits=True,
        ),
        Step(
            "place",
            (Words("settings.place"),),
            (option("button.country", "country"), option("button.zone", "zone")),
            values=_values,
            edits=True,
        ),
        Step("language", (Words("settings.language"),), choices=_languages, edits=True),
        Step(
            "zone",
            (Words("settings.zone"),),
            choices=_zones,
            values=_values,
            reads="zone",
            retry=Words("settings.zone_form"),
        ),
        Step("country", (Words("onboarding.country"),), choices=country_choices, edits=True),
        Step(
            "changed",
            (Words("settings.changed"),),
            (
                option("button.resume", "resume", _interrupted),
                option("button.settings", "list"),
                option("button.to_menu", "home"),
            ),
            values=_values,
        ),
        Step(
            "stopped",
            _stopped_words,
            (option("button.undo", "undo"), option("button.to_menu", "home")),
        ),
    ),
    (
        Move("language", "list", "language"),
        Move("pushes", "list", Exit("pushes")),
        Move("discreet", "list", Exit("discreet")),
        Move("place", "list", "place"),
        Move("zone", "place", "zone"),
        Move("country", "place", "country"),
        Move("language", "language", "changed", when=_language_known, does=set_language),
        Move("zone", "zone", "changed", when=_zone_known, does=_set_zone),
        Move("more", "zone", "zone", keeps="page"),
        Move("country", "country", "changed", does=_set_country),
        Move("more", "country", "country", keeps="page"),
        Move("resume", "changed", Exit(RESUME), when=_interrupted),
        Move("list", "changed", "list"),
        Move("home", "changed", Exit(HOME)),
        Move("undo", "stopped", "changed", does=_undo_stop),
        Move("home", "stopped", Exit(HOME)),
    ),
    moved=MappingProxyType({"hour": "list", "quiet": "list"}),
)
