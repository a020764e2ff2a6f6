"""The entries whose names the program puts together, by the pattern of the f-string that does it.

`f"card.{name}"` is `card.*` here. The check asks for every entry of a family, so that no country,
topic or card is without words; a test compares this list with the source.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.engine.chat import STYLES, Rhythm, Role, Scope
from bot.flows.amber import TRIGGERS
from bot.flows.boundary import WORRIES
from bot.flows.checkin import KIND_REPLIES
from bot.flows.coach import EFFORTS, GOOD
from bot.flows.contact_therapist import TOPICS
from bot.flows.endings import TEXTS, WITH_TEXT, WORDINGS
from bot.flows.house import COMMANDS
from bot.flows.let_it_out import REPLIES
from bot.flows.looking import PLACES
from bot.flows.never_topics import TOPICS as TOPICS_LEFT_ALONE
from bot.flows.notices import REMINDERS
from bot.flows.onboarding import COUNTRIES, LANGUAGES
from bot.flows.own_help import FAVOURS, WHEN
from bot.flows.own_words import KINDS
from bot.flows.phrasebook import GROUPS
from bot.flows.phrases import KIND_WORDS
from bot.flows.plan import PHRASES, WHOM
from bot.flows.sign_check import ANSWERS
from bot.flows.understood import KIND, LEADS, TALK_REPLIES
from bot.flows.worklist import ACTIONS, ITEMS
from bot.safety.alarm import Card
from bot.texts.data import AREAS, SIGN_AREAS

_AMBER = [trigger.lower() for trigger in TRIGGERS]
_WITHOUT_THERAPIST = ("a1", "a4", "a10")
_ANSWERS = ("done", "partly", "not_today")
_NOTICES = (
    "partner_module_assigned",
    "partner_case_confirmed",
    "partner_consent_narrowed",
    "partner_contact_answered",
    "patient_case_confirmed",
    "therapist_partner_joined",
    "therapist_patient_joined",
    "therapist_consent_given",
    "therapist_consent_revoked",
    "therapist_contact_requested",
    "therapist_paper_ends_soon",
    "therapist_paper_ended",
    "therapist_call_asked",
    "partner_agreement_asked",
    "patient_consent_ends_soon",
    "patient_consent_ended",
    "partner_sign_answered",
    "patient_sign_proposed",
    "partner_case_closed",
    "patient_case_closed",
    "therapist_partner_left",
)
_STATES = ("none", "stopped", "pause", "holiday", "pause_holiday")
_MEDIA = ("voice", "photo", "sticker", "video", "file", "place", "contact", "other")


def _family(begin: str, ends: Iterable[object]) -> tuple[str, ...]:
    return tuple(f"{begin}{end}" for end in ends)


FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "amber.*": (
            *_family("amber.", _AMBER),
            *_family("amber.", (f"{trigger}_whom" for trigger in _AMBER)),
            *_family("amber.", (f"{trigger}_whom_alone" for trigger in _WITHOUT_THERAPIST)),
        ),
        "area.*": _family("area.", AREAS),
        "button.rhythm_*": _family("button.rhythm_", Rhythm),
        "button.*": _family("button.", (*_ANSWERS, "save_unsaved", "drop_unsaved")),
        "card.*": _family("card.", Card),
        "checkin.*_*": tuple(
            f"checkin.{answer}_{number + 1}"
            for answer in _ANSWERS
            for number in range(KIND_REPLIES)
        ),
        "command.*": _family("command.", COMMANDS),
        "consent.scope_*": _family("consent.scope_", Scope),
        "coach.effort_*": _family("coach.effort_", range(1, EFFORTS + 1)),
        "coach.good_*": _family("coach.good_", range(1, GOOD + 1)),
        "contact.status_*": _family("contact.status_", ACTIONS),
        "contact.topic_*": _family("contact.topic_", TOPICS),
        "contact.words_*": _family("contact.words_", TOPICS),
        "button.wording_*": _family("button.wording_", WORDINGS),
        "ending.text_*": _family("ending.text_", TEXTS),
        "ending.text_*_*": tuple(f"ending.text_{why}_{n}" for why in WITH_TEXT for n in WORDINGS),
        "office.lines_*": _family("office.lines_", range(1, 4)),
        "country.*": _family("country.", (country.lower() for country in COUNTRIES)),
        "fade.to_*": _family("fade.to_", (Rhythm.WEEKLY, Rhythm.SILENT)),
        "look.*": _family("look.", (shown.what for shown in PLACES.values())),
        "language.*": _family("language.", LANGUAGES),
        "media.*": _family("media.", _MEDIA),
        "notice.*_*": _family("notice.", _NOTICES),
        "notice.answer_*": _family("notice.answer_", ACTIONS),
        "boundary.about_*": _family("boundary.about_", WORRIES),
        "boundary.worry_*": _family("boundary.worry_", WORRIES),
        "let_out.reply_*": _family("let_out.reply_", range(1, REPLIES + 1)),
        "own_help.favour_*": _family("own_help.favour_", FAVOURS),
        "own_help.say_*": _family("own_help.say_", FAVOURS),
        "own_help.say_when_*": _family("own_help.say_when_", WHEN),
        "own_help.when_*": _family("own_help.when_", WHEN),
        "understood.*": _family("understood.", (Role.THERAPIST, Role.PATIENT)),
        "understood.*_*": tuple(
            f"understood.{kind}_{number + 1}" for kind in KIND for number in range(TALK_REPLIES)
        ),
        "understood.mean_*": _family("understood.mean_", LEADS),
        "own_words.*": _family("own_words.", KINDS),
        "own_words.goal_*": _family("own_words.goal_", KINDS),
        "own_words.sign_*": _family("own_words.sign_", KINDS),
        "phrases.group_*": _family("phrases.group_", GROUPS),
        "phrases.own_*": _family("phrases.own_", range(1, KIND_WORDS + 1)),
        "plan.button_*": _family("plan.button_", WHOM),
        "plan.label_*": _family("plan.label_", PHRASES),
        "plan.say_*": _family("plan.say_", PHRASES),
        "plan.whom_*": _family("plan.whom_", WHOM),
        "button.sign_*": _family("button.sign_", (*ANSWERS, "yes", "no")),
        "sign_area.*": _family("sign_area.", SIGN_AREAS),
        "onboarding.who_reads_*": _family(
            "onboarding.who_reads_", (Role.THERAPIST, Role.PATIENT, Role.PARTNER)
        ),
        "pushes.rhythm_*": _family("pushes.rhythm_", Rhythm),
        "pushes.state_*": _family("pushes.state_", _STATES),
        "role.*": _family("role.", (Role.THERAPIST, Role.PATIENT, Role.PARTNER)),
        "reminder.goal_*": _family("reminder.goal_", range(1, REMINDERS + 1)),
        "scope.*": _family("scope.", Scope),
        "topic.*": _family("topic.", TOPICS_LEFT_ALONE),
        "style.*": _family("style.", (*STYLES, "none")),
        "therapist.action_*": _family("therapist.action_", ACTIONS),
        "weekday.*": _family("weekday.", range(1, 8)),
        "worklist.did_*": _family("worklist.did_", ACTIONS),
        "worklist.item_*": _family("worklist.item_", ITEMS),
        "way.*": _family("way.", ("whatsapp", "text", "chat", "web")),
    }
)
