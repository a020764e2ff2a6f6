"""The first minutes: what this is and is not, 18+, country, what is kept, the three keys.

Everybody passes here once; an invitation decides where it leads: a partner to the three keys,
a patient to consent, a therapist to the contact details. Without one: the information-only track.
"""

from dataclasses import replace

from bot.engine.chat import Case, Chat, Role
from bot.engine.effects import Button, Effect, Entry, JoinCase, Notify, Words
from bot.engine.events import ButtonPressed, Event
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option
from bot.flows.paging import page

COUNTRIES = ("IT", "SM", "CH", "GB", "IE", "US", "CA", "AU", "NZ", "EU", "XX")
_FIRST = {"it": ("IT", "SM", "CH"), "en": ("GB", "IE", "US")}
ZONES = {
    "IT": "Europe/Rome",
    "SM": "Europe/Rome",
    "CH": "Europe/Zurich",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "US": "America/New_York",
    "CA": "America/Toronto",
    "AU": "Australia/Sydney",
    "NZ": "Pacific/Auckland",
}
LANGUAGES = ("it", "en")


def country_choices(chat: Chat, _event: Event) -> tuple[Button, ...]:
    """The countries with help lines of their own, those of the language first."""
    first = _FIRST[chat.preferences.lang]
    ordered = (*first, *(c for c in COUNTRIES if c not in first))
    return page([Button(Words(f"country.{c.lower()}"), "country", c) for c in ordered], chat)


def set_country(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Take the country for help lines; its usual zone comes with it and can be changed."""
    country = event.value if isinstance(event, ButtonPressed) else "XX"
    zone = ZONES.get(country, chat.preferences.zone)
    return replace(chat, preferences=replace(chat.preferences, country=country, zone=zone)), ()


def switch_language(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Change to the other language."""
    other = "en" if chat.preferences.lang == "it" else "it"
    return replace(chat, preferences=replace(chat.preferences, lang=other)), ()


def _known_country(_chat: Chat, event: Event) -> bool:
    return isinstance(event, ButtonPressed) and event.value in COUNTRIES


def _adult(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return replace(chat, adult=True), ()


def _follow_up(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return replace(chat, preferences=replace(chat.preferences, follow_up=True)), ()


def _agree(chat: Chat, _event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    role = Role.PARTNER if chat.role is Role.VISITOR else chat.role
    roles = chat.roles if role in chat.roles else (*chat.roles, role)
    return replace(chat, agreed=True, role=role, roles=roles), ()


def _follow_up_and_agree(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    return _agree(_follow_up(chat, event)[0], event)


def _is_patient(chat: Chat, _event: Event) -> bool:
    return chat.role is Role.PATIENT


def _is_therapist(chat: Chat, _event: Event) -> bool:
    return chat.role is Role.THERAPIST


def _is_invited(chat: Chat, _event: Event) -> bool:
    return "invitation" in chat.memory


def _is_alone(chat: Chat, _event: Event) -> bool:
    return "invitation" not in chat.memory


def _join(chat: Chat, event: Event) -> tuple[Chat, tuple[Effect, ...]]:
    """Turn the third key: the link is used, and whoever sent it is told."""
    case = Case(chat.memory["case"], Role.PARTNER, partner_joined=True)
    chat = _agree(replace(chat, role=Role.VISITOR, cases=(*chat.cases, case)), event)[0]
    told = Notify(case.id, Role.THERAPIST, "partner_joined")
    return chat, (JoinCase(chat.memory["invitation"]), told)


def _kept(chat: Chat, _event: Event) -> tuple[Words, ...]:
    """What is kept, and who reads it: each role is told what the others see of it."""
    own = chat.role if chat.role in {Role.THERAPIST, Role.PATIENT} else Role.PARTNER
    return (Words("onboarding.kept"), Words(f"onboarding.who_reads_{own}"))


def _keys(chat: Chat, _event: Event) -> tuple[Words, ...]:
    return (
        Words("onboarding.keys_invited" if _is_invited(chat, _event) else "onboarding.keys_alone"),
    )


FLOW: Flow = flow(
    "onboarding",
    (
        Step(
            "hello",
            (Words("onboarding.hello"), Words("onboarding.not_for_emergencies")),
            (option("button.begin", "next"), option("button.other_language", "switch")),
        ),
        Step(
            "adult",
            (Words("onboarding.adult"),),
            (option("button.adult_yes", "yes"), option("button.adult_no", "no")),
        ),
        Step(
            "minor",
            (Words("onboarding.minor", {"child": Entry("contacts", "", "child")}),),
            (option("button.wrong_button", "back"),),
        ),
        Step("country", (Words("onboarding.country"),), choices=country_choices),
        Step(
            "kept",
            _kept,
            (option("button.clear", "next"), option("button.tell_me_more", "more")),
        ),
        Step("kept_more", (Words("onboarding.kept_more"),), (option("button.clear", "next"),)),
        Step("net", (Words("onboarding.net"),), (option("button.clear", "next"),)),
        Step(
            "follow_up",
            (Words("onboarding.follow_up"),),
            (option("button.yes_write", "yes"), option("button.no_thanks", "no")),
        ),
        Step(
            "keys",
            _keys,
            (
                option("button.agree", "agree", _is_invited),
                option("button.go_without", "without"),
                option("button.have_code", "code", _is_alone),
            ),
        ),
        Step(
            "code",
            (Words("onboarding.code"),),
            (option("button.back", "back"),),
            retry=Words("onboarding.code_form"),
        ),
    ),
    (
        Move("next", "hello", "adult"),
        Move("switch", "hello", "hello", does=switch_language),
        Move("yes", "adult", "country", does=_adult),
        Move("no", "adult", "minor"),
        Move("back", "minor", "adult"),
        Move("country", "country", "kept", when=_known_country, does=set_country),
        Move("more", "country", "country", keeps="page"),
        Move("more", "kept", "kept_more"),
        Move("next", "kept", "net"),
        Move("next", "kept_more", "net"),
        Move("next", "net", Exit("therapist", "details"), when=_is_therapist, does=_agree),
        Move("next", "net", "follow_up"),
        Move(
            "yes",
            "follow_up",
            Exit("consent", "start"),
            when=_is_patient,
            does=_follow_up_and_agree,
        ),
        Move("yes", "follow_up", "keys", does=_follow_up),
        Move("no", "follow_up", Exit("consent", "start"), when=_is_patient, does=_agree),
        Move("no", "follow_up", "keys"),
        Move(
            "agree",
            "keys",
            Exit("agreement", "terms"),
            when=_is_invited,
            does=_join,
        ),
        Move("without", "keys", Exit(HOME), does=_agree, says=(Words("onboarding.done"),)),
        Move("code", "keys", "code"),
        Move("back", "code", "keys"),
    ),
    resumable=True,
)
