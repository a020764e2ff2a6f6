"""How the flows hang together: which exist, what works anywhere, where each role is at home."""

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from bot.engine.chat import Chat, Place, Role
from bot.engine.dialogue import Dialogue
from bot.engine.effects import Words
from bot.engine.events import CheckDue, Event, FollowUpDue, NoticeDue, ReminderDue
from bot.engine.flow import Flow, Lead, Step, option
from bot.engine.ways import Shortcut, Ways
from bot.flows import (
    amber,
    approval,
    boundary,
    case_consent,
    checkin,
    coach,
    consent,
    contact_therapist,
    discretion,
    endings,
    goals,
    invitation,
    let_it_out,
    menu,
    micro_goal,
    my_data,
    never_topics,
    notices,
    office,
    onboarding,
    own_help,
    patient_calls,
    phrases,
    plan,
    preview,
    privacy,
    pushes,
    quiet_alarm,
    reading,
    red,
    reported,
    responsible_use,
    rhythm,
    settings,
    sign_check,
    signs,
    therapist,
    traces,
    understood,
    wished,
)
from bot.flows.offer import Offer

HELP = Step("help", (Words("help.text"),), (option("button.back_to_before", "again"),))

# Slash commands as people type them in either language, by their canonical name.
ALIASES = MappingProxyType(
    {
        "oggi": "today",
        "obiettivi": "goals",
        "segnali": "signs",
        "piano": "plan",
        "parole": "coach",
        "frasi": "phrases",
        "impostazioni": "settings",
        "guida": "help",
        "basta": "stop",
        "aiuto": "sos",
        "revoca": "revoke",
        "accordo": "agreement",
        "percorso": "path",
        "esci": "leave",
        "esco": "leave",
        "cancella": "delete",
        "pausa": "pause",
        "vacanze": "holiday",
        "holidays": "holiday",
        "discreto": "discreet",
        "tracce": "traces",
        "esporta": "export",
        "lingua": "language",
    }
)
COMMANDS = ("menu", "today", "goals", "settings", "help", "privacy", "stop", "sos")


def _as(role: Role, place: Place) -> Lead:
    """Return the rule that leads to a place of one role, and everybody else to their home.

    Somebody who has that role too, in another case, speaks in it from then on.
    """

    def lead(chat: Chat, event: Event) -> Place:
        return place if chat.role is role and chat.agreed else menu.home(chat, event)

    return lead


def _speak_as(role: Role) -> "_SpeakAs":
    return _SpeakAs(role)


class _SpeakAs:
    """Let a person with several roles speak in the one a button or command belongs to."""

    def __init__(self, role: Role) -> None:
        self._role = role

    def __call__(self, chat: Chat, _event: Event) -> tuple[Chat, tuple[()]]:
        if self._role is chat.role or self._role not in chat.roles:
            return chat, ()
        return replace(chat, role=self._role, paused=None), ()


def _partner(flow: str, step: str) -> Shortcut:
    return Shortcut(_as(Role.PARTNER, Place(flow, step)), does=_speak_as(Role.PARTNER))


def _therapist(step: str) -> Shortcut:
    """A worklist is never blocked, whatever the therapist typed."""
    place = _as(Role.THERAPIST, Place("therapist", step))
    return Shortcut(place, does=_speak_as(Role.THERAPIST), in_red=True)


def _signs(chat: Chat, event: Event) -> Place:
    """Where `/signs` leads: the partner to the list, the patient to what waits for their word."""
    places = {Role.PARTNER: Place("signs", "list"), Role.PATIENT: Place("approval", "question")}
    return places.get(chat.role, menu.home(chat, event)) if chat.agreed else menu.home(chat, event)


def _speak_as_either(chat: Chat, event: Event) -> tuple[Chat, tuple[()]]:
    """Speak as partner or patient, whoever speaks as something else just now."""
    if chat.role in {Role.PARTNER, Role.PATIENT}:
        return chat, ()
    for role in (Role.PARTNER, Role.PATIENT):
        if role in chat.roles:
            return _speak_as(role)(chat, event)
    return chat, ()


SHORTCUTS = MappingProxyType(
    {
        "start": Shortcut(invitation.arrival, does=invitation.invited),
        "menu": Shortcut(menu.home),
        "today": _partner("goals", "today"),
        "goals": _partner("goals", "list"),
        "signs": Shortcut(_signs, does=_speak_as_either),
        "my_signs": _partner("signs", "list"),
        "proposals": Shortcut(
            _as(Role.PATIENT, Place("approval", "question")), does=_speak_as(Role.PATIENT)
        ),
        "plan": _partner("plan", "card"),
        "look": _partner("sign_check", "start"),
        "coach": _partner("coach", "start"),
        "phrases": _partner("phrases", "start"),
        "reading": _partner("reading", "list"),
        "contact": _partner("contact_therapist", "status"),
        "path": _partner("ending", "path"),
        "leave": _partner("ending", "leave"),
        "requests": _therapist("requests"),
        "cases": _therapist("cases"),
        "settings": Shortcut(settings.listed),
        "language": Shortcut(settings.language, in_red=True),
        "stop": Shortcut(settings.stopped, does=settings.stop, in_red=True),
        "pause": Shortcut(pushes.pause),
        "holiday": Shortcut(pushes.holiday),
        "rhythm": Shortcut(rhythm.chosen, does=rhythm.choose),
        "discreet": Shortcut(discretion.discreet),
        "traces": Shortcut(traces.traces, in_red=True),
        "export": Shortcut(my_data.export, in_red=True),
        "privacy": Shortcut(privacy.privacy, in_red=True),
        "delete": Shortcut(privacy.delete, in_red=True),
        "revoke": Shortcut(consent.revoked, does=consent.revoke, in_red=True),
        "unsafe": Shortcut(quiet_alarm.raised, does=quiet_alarm.raise_alarm, in_red=True),
        "renew": Shortcut(consent.renewal, does=_speak_as(Role.PATIENT)),
        "agreement": Shortcut(responsible_use.agreement, does=_speak_as(Role.PARTNER)),
        "calls": Shortcut(
            _as(Role.THERAPIST, Place("patient_calls", "list")),
            does=_speak_as(Role.THERAPIST),
            in_red=True,
        ),
        "help": Shortcut(aside=HELP, in_red=True),
        "sos": Shortcut(aside=red.SOS, in_red=True),
        "more_numbers": Shortcut(aside=red.MORE_NUMBERS, in_red=True),
        "text_instead": Shortcut(aside=red.TEXT_INSTEAD, in_red=True),
        "danger_now": Shortcut(red.red_card, does=red.danger_now, in_red=True),
        "again": Shortcut(in_red=True),
        "mean": understood.MEAN,
        **{
            f"goal_{answer}": Shortcut(checkin.reply_to, does=checkin.record(answer))
            for answer in ("done", "partly", "not_today", "snooze")
        },
    }
)

WAYS = Ways(
    home=menu.home,
    shortcuts=SHORTCUTS,
    red=red.CARD,
    red_again=red.red_place,
    raised=red.raised,
    open_in_red=frozenset(
        {
            "red",
            "settings",
            "privacy",
            "traces",
            "my_data",
            "consent",
            "quiet_alarm",
            "therapist",
            "patient_calls",
        }
    ),
    check=Place("check", "question"),
    amber=amber.notice,
    arrivals=discretion.over(
        {
            ReminderDue: notices.reminder,
            NoticeDue: notices.notice,
            FollowUpDue: notices.follow_up,
            CheckDue: notices.sign_check,
        }
    ),
    invited=invitation.invited,
    arrive_at=invitation.arrival,
    first=endings.first,
    hushed=endings.hushed,
    understood=understood.understood,
    answered=red.answered,
    presume_safety=frozenset({"coach", "phrases"}),
    rests=coach.RESTS,
)


def flows(offer: Offer) -> tuple[Flow, ...]:
    """Return every conversation written in Python, over what content offers."""
    return (
        onboarding.FLOW,
        menu.make(offer),
        reading.make(offer),
        micro_goal.make(offer),
        goals.FLOW,
        checkin.FLOW,
        coach.make(offer),
        phrases.make(offer),
        signs.make(offer),
        sign_check.FLOW,
        plan.make(offer),
        approval.FLOW,
        contact_therapist.FLOW,
        amber.FLOW,
        red.RED,
        red.CHECK,
        settings.FLOW,
        pushes.FLOW,
        discretion.FLOW,
        privacy.FLOW,
        traces.FLOW,
        my_data.FLOW,
        therapist.make(offer),
        preview.make(offer),
        office.FLOW,
        endings.FLOW,
        case_consent.FLOW,
        patient_calls.FLOW,
        consent.FLOW,
        never_topics.FLOW,
        quiet_alarm.FLOW,
        responsible_use.FLOW,
        let_it_out.FLOW,
        boundary.FLOW,
        own_help.FLOW,
        reported.FLOW,
        wished.FLOW,
    )


def dialogue(offer: Offer, modules: Iterable[Flow]) -> Dialogue:
    """Return the whole dialogue: the Python flows, the modules, and the ways between them."""
    return Dialogue((*flows(offer), *modules), WAYS)
