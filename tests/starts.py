"""Who a conversation can begin with, what content offers them, and what can be presented."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from bot.engine.chat import (
    LEFT,
    Call,
    Case,
    Chat,
    Favourite,
    Goal,
    Look,
    Office,
    Place,
    Plan,
    Preferences,
    Progress,
    Request,
    Role,
    Scope,
    Sign,
)
from bot.engine.effects import Passage, Words
from bot.engine.events import Invitation
from bot.engine.flow import HOME, Exit, Flow, Move, Option, Step
from bot.flows.offer import GoalOffer, Offer, SignOffer
from bot.flows.own_words import Gate
from bot.flows.phrasebook import PhraseBook, PhraseOffer, SituationOffer

EVENING = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)
"""A Monday, six in the evening in Rome: every conversation begins here."""

CASE = "casealfa"
EVERYTHING = frozenset(Scope)

OFFER = Offer(
    modules=("not_willpower", "low_friction", "small_steps", "warning_signs", "own_load"),
    goals=(
        GoalOffer("window_light", "walk", 1, own=False),
        GoalOffer("short_walk", "walk", 2, own=False),
        GoalOffer("green_place", "walk", 3, own=False),
        GoalOffer("front_door", "walk", 1, own=False),
        GoalOffer("glass_of_water", "meal", 1, own=False),
        GoalOffer("phone_outside", "sleep", 1, own=False),
        GoalOffer("wash_face", "self_care", 1, own=False),
        GoalOffer("three_breaths", "own_care", 1, own=True),
        GoalOffer("ten_minutes_mine", "own_care", 2, own=True),
        GoalOffer("call_friend", "own_care", 2, own=True),
        GoalOffer("precise_favour", "own_care", 3, own=True),
        GoalOffer("ask_what_helps", "practice", 1, own=True),
    ),
    signs=(
        SignOffer("sleep_shift", "body", "A1"),
        SignOffer("little_sleep", "body", "A3"),
        SignOffer("long_in_bed", "body", "A1"),
        SignOffer("skipped_meals", "body", "A1"),
        SignOffer("cancelled_plans", "people", "A1"),
        SignOffer("silent_phone", "people", "A1"),
        SignOffer("more_alcohol", "days", "A4"),
        SignOffer("missed_visits", "days", "A2"),
    ),
    gate=Gate(
        (
            ("phone", (re.compile(r"\d{6}"),)),
            ("medicine", (re.compile("pastigli"),)),
            ("food", (re.compile("dieta"),)),
            ("demand", (re.compile("farlo alzare"),)),
            ("verdict", (re.compile("pigr"),)),
        )
    ),
    phrases=PhraseBook(
        situations=(
            SituationOffer("bed", "day", words=(re.compile("letto"),)),
            SituationOffer("sleep", "day", words=(re.compile("dorm"),)),
            SituationOffer("meal", "day", words=(re.compile("cena"),)),
            SituationOffer("chores", "day"),
            SituationOffer("children", "day", "children", (re.compile("bambin"),)),
            SituationOffer("going_out", "outside"),
            SituationOffer("silence", "us"),
            SituationOffer("general", "us"),
        ),
        phrases=(
            PhraseOffer("bed_window", "bed", frozenset({"pressure", "takeover"})),
            PhraseOffer("bed_sit", "bed", frozenset({"pressure", "interrogation"})),
            PhraseOffer("bed_later", "bed", frozenset({"absolutes", "pressure"})),
            PhraseOffer("bed_believe", "bed", frozenset({"minimising"})),
            PhraseOffer("sleep_light", "sleep", frozenset({"takeover"})),
            PhraseOffer("kids_bath", "children", frozenset({"takeover"})),
            PhraseOffer("out_door", "going_out", frozenset({"pressure"})),
            PhraseOffer("any_help", "general", frozenset({"pressure", "sarcasm"})),
            PhraseOffer("any_today", "general", frozenset({"absolutes", "sarcasm"})),
        ),
    ),
)


def _module(
    name: str, links: Mapping[str, tuple[str | Exit, ...]], *, end: str, topics: str = ""
) -> Flow:
    """Return a module as content compiles it: the links of each step are its buttons."""
    steps: dict[str, Step] = {}
    moves: list[Move] = []
    for step, targets in links.items():
        says = (Passage(name, step),)
        opening = (Words("module.opening_draft"),) if not steps else ()
        options = []
        for number, target in enumerate(targets):
            move = target if isinstance(target, str) else _name(target)
            options.append(Option(Passage(name, step, button=number), move))
            moves.append(Move(move, step, target))
        steps[step] = Step(step, (*opening, *says), tuple(options))
    return Flow(
        name,
        next(iter(steps)),
        MappingProxyType(steps),
        tuple(moves),
        ends=frozenset({end}),
        resumable=True,
        module=True,
        topics=frozenset(topics.split()),
    )


def _name(target: Exit) -> str:
    if target.sets:
        return "goal_" + target.sets["goal"]
    return f"flow_{'menu' if target.flow == HOME else target.flow}"


def _goal(slug: str) -> Exit:
    return Exit("micro_goal", "chosen", sets=MappingProxyType({"goal": slug}))


MODULES = (
    _module(
        "not_willpower",
        {"start": ("alike", "lazy", "short"), "alike": ("close",), "lazy": ("alike",)}
        | {"short": ("alike", "close"), "close": (Exit(HOME),)},
        end="close",
    ),
    _module(
        "low_friction",
        {
            "start": ("friction", "minute"),
            "minute": (_goal("ask_what_helps"), "friction", Exit(HOME)),
            "friction": ("close", _goal("short_walk"), Exit("contact_therapist")),
            "close": (Exit(HOME),),
        },
        end="close",
    ),
    *(
        _module(name, {"start": ("close",), "close": (Exit(HOME),)}, end="close", topics=topics)
        for name, topics in (("small_steps", "children"), ("warning_signs", ""), ("own_load", ""))
    ),
)
"""Stand-ins for the modules: their first steps, and a short way to the end."""

OFFER = replace(OFFER, flows=MODULES)

OFFER = replace(OFFER, flows=MODULES)

INVITATIONS: Mapping[str, Invitation] = MappingProxyType(
    {
        "partner": Invitation("invpartn", Role.PARTNER, CASE, "practice", "4821"),
        "patient": Invitation("invpatie", Role.PATIENT, CASE, "practice", "4821"),
        "patient_elsewhere": Invitation("invelsew", Role.PATIENT, "casebeta", "practice", "5309"),
        "therapist": Invitation("invthera", Role.THERAPIST, practice="practice"),
        "used": Invitation(refused="used"),
        "unknown": Invitation(refused="unknown"),
    }
)

_VISITOR = Chat("personaa", preferences=Preferences(country=None))


def _settled(role: Role, place: Place, *cases: Case, contact: str = "") -> Chat:
    return replace(
        _VISITOR,
        role=role,
        roles=(role,),
        place=place,
        revision=10,
        adult=True,
        agreed=True,
        own_contact=contact,
        preferences=Preferences(country="IT"),
        cases=cases,
    )


_FULL = Case(
    CASE,
    Role.PARTNER,
    partner_joined=True,
    patient_joined=True,
    confirmed=True,
    scopes=EVERYTHING,
    modules=("low_friction",),
    contact_details="studio 06 555 0100",
    given_on=date(2027, 1, 15),
    until=date(2027, 7, 17),
    agreed_on=date(2027, 1, 16),
)
_WAITING = Case(CASE, Role.PARTNER, partner_joined=True)
_PARTNER = _settled(Role.PARTNER, Place("menu", "home"))
_PARTNER_FULL = replace(_PARTNER, cases=(_FULL,))

OWN = Goal("goalmine", slug="three_breaths", own=True)
SHARED = Goal("goalboth", slug="short_walk", own=False, effort=2)
WORDS = Goal("goalword", words="una telefonata a mia sorella dopo cena", own=True)
_YESTERDAY, _BEFORE = date(2027, 2, 28), date(2027, 2, 27)

_SLEEP = Sign("signslep", slug="sleep_shift", state="approved")
_VISITS = Sign("signvist", slug="missed_visits", amber="A2", state="approved")
_QUIET = Sign("signwrds", words="la sera resta in macchina", state="approved")
_ASKED = Sign("signaskd", slug="long_in_bed")
_REFUSED = Sign("signrefu", slug="skipped_meals", state="declined")
_SIGNS = (_SLEEP, _VISITS, _QUIET)
_PLAN = Plan(say="noticed", whom="therapist")
_WATCHING = replace(_FULL, signs=(*_SIGNS, _REFUSED), plan=_PLAN)
_WEEKLY = replace(_WATCHING, plan=replace(_PLAN, weekly=True, asked_on=date(2027, 2, 22)))

_PATIENT_CASE = replace(
    _FULL, mine=Role.PATIENT, number="4821", modules=(), contact_details="", agreed_on=None
)
_NO_CONSENT = replace(_PATIENT_CASE, scopes=frozenset(), given_on=None, until=None)
_PATIENT = _settled(Role.PATIENT, Place("consent", "home"))
_SHOWN = replace(_PATIENT_CASE, modules=("low_friction",), shared=(SHARED, WORDS))

_NOBODY_YET = Case("caseuno", Role.THERAPIST, number="1111", label="Uno")
_TO_CONFIRM = replace(
    _NOBODY_YET,
    id="casedue",
    partner_joined=True,
    patient_joined=True,
    number="2222",
    label="Due",
    scopes=EVERYTHING,
    given_on=date(2027, 2, 1),
    until=date(2027, 8, 3),
)
_RUNNING = replace(_TO_CONFIRM, id="casetre", number="3333", label="Tre", confirmed=True)
_CASES = (_NOBODY_YET, _TO_CONFIRM, _RUNNING)
_THERAPIST = _settled(Role.THERAPIST, Place("therapist", "home"), contact="studio 06 555 0100")
_REQUESTS = tuple(
    Request(f"request{n}", datetime(2027, 2, 20 + n, 9, tzinfo=UTC)) for n in range(1, 6)
)
_MANY = tuple(
    Case(f"casenum{n}", Role.THERAPIST, number=f"{n}{n}{n}{n}", label=f"Numero {n}")
    for n in range(1, 6)
)

_LOOKS = (
    *(Look(Role.THERAPIST, what, _YESTERDAY) for what in ("case", "request")),
    Look(Role.PATIENT, "mirror"),
    *(Look(Role.THERAPIST, "case", date(2027, 2, day)) for day in (12, 11, 10)),
)

_REQUESTED = datetime(2027, 2, 25, 9, tzinfo=UTC)
_OFFICE = Office(
    days=(1, 2, 3, 4, 5),
    away_from=date(2027, 2, 27),
    away_to=date(2027, 3, 7),
    cover="studio 06 555 0101",
)

STARTS: Mapping[str, Chat] = MappingProxyType(
    {
        "visitor": _VISITOR,
        "partner": _PARTNER,
        "partner_writes": replace(_PARTNER, preferences=Preferences(country="IT", follow_up=True)),
        "partner_begun": replace(
            _PARTNER,
            progress=MappingProxyType(
                {
                    "low_friction": Progress("minute"),
                    "not_willpower": Progress("close", finished=True),
                }
            ),
        ),
        "partner_goal": replace(_PARTNER, goals=(OWN,)),
        "partner_looked_at": replace(_PARTNER_FULL, looks=_LOOKS),
        "partner_words": replace(_PARTNER, goals=(WORDS,)),
        "partner_phrases": replace(
            _PARTNER,
            favourites=(
                Favourite("favolate", slug="bed_later"),
                Favourite("favomine", words="sto qui, e tu fai come vuoi"),
                Favourite("favodrug", words="niente pastiglie finché non vuoi"),
                Favourite("favogone", slug="no_longer_there"),
            ),
        ),
        "partner_thirty": replace(
            _PARTNER,
            favourites=tuple(Favourite(f"favoured{n}", words=f"frase {n}") for n in range(30)),
        ),
        "partner_control": replace(_PARTNER, control_at=EVENING - timedelta(days=6)),
        "partner_three": replace(
            _PARTNER_FULL,
            goals=(
                replace(OWN, asked_on=_YESTERDAY, answered_on=_YESTERDAY, done=3),
                replace(SHARED, asked_on=_BEFORE),
                WORDS,
            ),
        ),
        "partner_waiting": replace(_PARTNER, cases=(_WAITING,)),
        "partner_full": _PARTNER_FULL,
        "partner_full_goal": replace(_PARTNER_FULL, goals=(SHARED,)),
        "partner_signs": replace(_PARTNER, cases=(replace(_FULL, signs=(*_SIGNS, _ASKED)),)),
        "partner_five": replace(
            _PARTNER,
            cases=(
                replace(
                    _FULL,
                    signs=(*_SIGNS, _ASKED, replace(_ASKED, id="signlitl", slug="little_sleep")),
                ),
            ),
        ),
        "partner_plan": replace(_PARTNER, cases=(_WATCHING,)),
        "partner_one_sign": replace(_PARTNER, cases=(replace(_FULL, signs=(_VISITS,)),)),
        "partner_weekly": replace(_PARTNER, cases=(_WEEKLY,), goals=(OWN,)),
        "partner_discreet": replace(
            _PARTNER,
            cases=(_WATCHING,),
            preferences=Preferences(country="IT", discreet=True),
        ),
        "patient_asked": replace(
            _PATIENT,
            cases=(
                replace(
                    _SHOWN,
                    signs=(
                        _ASKED,
                        replace(_ASKED, id="signlitl", slug="little_sleep"),
                        *(replace(s, id=f"{s.id[:7]}{n}") for n, s in enumerate((*_SIGNS, _SLEEP))),
                    ),
                ),
            ),
        ),
        "partner_unreachable": replace(_PARTNER, cases=(replace(_FULL, contact_details=""),)),
        "patient": replace(_PATIENT, cases=(replace(_NO_CONSENT, confirmed=False),)),
        "patient_consented": replace(_PATIENT, cases=(_SHOWN,)),
        "patient_unconfirmed": replace(_PATIENT, cases=(replace(_SHOWN, confirmed=False),)),
        "patient_ends_soon": replace(
            _PATIENT,
            cases=(replace(_SHOWN, given_on=date(2026, 9, 12), until=date(2027, 3, 14)),),
        ),
        "patient_called": replace(
            _PATIENT, cases=(replace(_NO_CONSENT, call=Call(EVENING - timedelta(days=1))),)
        ),
        "partner_unagreed": replace(
            _PARTNER,
            cases=(
                replace(_FULL, scopes=frozenset(), modules=(), contact_details="", agreed_on=None),
            ),
        ),
        "partner_never": replace(
            _PARTNER,
            cases=(replace(_FULL, never=frozenset({"children"})),),
            progress=MappingProxyType({"small_steps": Progress("start")}),
        ),
        "therapist_paper": replace(
            _THERAPIST,
            cases=(
                replace(
                    _RUNNING,
                    id="casecart",
                    label="Carta",
                    patient_joined=False,
                    recorded_on=date(2027, 2, 2),
                ),
                replace(_NOBODY_YET, partner_joined=True),
            ),
        ),
        "therapist_called": replace(
            _THERAPIST,
            cases=tuple(
                replace(case, confirmed=True, call=Call(EVENING - timedelta(hours=n)))
                for n, case in enumerate((_TO_CONFIRM, _RUNNING), 1)
            ),
        ),
        "therapist": replace(_THERAPIST, cases=_CASES),
        "therapist_alone": _THERAPIST,
        "therapist_open": replace(_THERAPIST, office=_OFFICE, cases=_CASES),
        "therapist_worklist": replace(
            _THERAPIST,
            cases=(
                replace(_RUNNING, id="casequat", label="Quattro", call=Call(_REQUESTED)),
                replace(_RUNNING, requests=_REQUESTS[:2], news=frozenset({"consent"})),
                Case("casegone", Role.THERAPIST, open=False, label="Via", news=frozenset({LEFT})),
                _NOBODY_YET,
            ),
        ),
        "therapist_reads": replace(
            _THERAPIST,
            cases=(
                replace(
                    _RUNNING,
                    modules=("low_friction", "not_willpower", "own_load"),
                    style="comfort",
                ),
            ),
        ),
        "partner_office": replace(_PARTNER, cases=(replace(_FULL, office=_OFFICE),)),
        "partner_goals_shared": replace(_PARTNER_FULL, goals=(OWN, SHARED)),
        "partner_bereaved": replace(
            _PARTNER,
            goals=(OWN,),
            cases=(Case(CASE, Role.PARTNER, open=False, ending="death_patient"),),
        ),
        "patient_bereaved": replace(
            _PATIENT, cases=(Case(CASE, Role.PATIENT, open=False, ending="death_partner"),)
        ),
        "therapist_asked": replace(
            _THERAPIST, cases=(replace(_RUNNING, requests=_REQUESTS[:1]), _TO_CONFIRM)
        ),
        "therapist_busy": replace(
            _THERAPIST, cases=(*_MANY, replace(_RUNNING, requests=_REQUESTS))
        ),
        "two_roles": replace(
            _PARTNER_FULL,
            roles=(Role.PARTNER, Role.THERAPIST),
            own_contact="studio 06 555 0100",
            cases=(_FULL, *_CASES),
        ),
        "partner_and_patient": replace(
            _PARTNER_FULL,
            roles=(Role.PARTNER, Role.PATIENT),
            cases=(_FULL, replace(_SHOWN, id="casebeta", number="5309")),
        ),
    }
)
