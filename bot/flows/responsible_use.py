"""The partner's agreement on responsible use: it opens the case, and can be read and taken back.

Without it there is the information-only track, and nobody is asked why.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.chat import Case, Chat, Place, Role
from bot.engine.effects import AgreeOnUse, DisagreeOnUse, Effect, Value, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option
from bot.flows.menu import home
from bot.flows.scopes import standing

Done = tuple[Chat, tuple[Effect, ...]]


def agreement(chat: Chat, event: Event) -> Place:
    """Where `/agreement` and the notice lead."""
    is_partner = chat.role is Role.PARTNER and chat.agreed
    return Place("agreement", "terms") if is_partner else home(chat, event)


def _case(chat: Chat) -> Case:
    return chat.case or Case("", Role.PARTNER)


def _terms(chat: Chat, _event: Event) -> tuple[Words, ...]:
    if chat.case is None:
        first = "agreement.alone"
    else:
        first = "agreement.agreed" if chat.case.agreed_on else "agreement.asked"
    return (Words(first), Words("agreement.rules"))


def _values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    case = _case(chat)
    return {"agreed": case.agreed_on or "", "standing": standing(case)}


def _may_agree(chat: Chat, _event: Event) -> bool:
    return chat.case is not None and chat.case.agreed_on is None


def _has_agreed(chat: Chat, _event: Event) -> bool:
    return chat.case is not None and chat.case.agreed_on is not None


def _with(chat: Chat, case: Case) -> Chat:
    return replace(chat, cases=tuple(case if c.id == case.id else c for c in chat.cases))


def _agree(chat: Chat, event: Event) -> Done:
    case = replace(_case(chat), agreed_on=event.at.date())
    return _with(chat, case), (AgreeOnUse(case.id),)


def _disagree(chat: Chat, _event: Event) -> Done:
    """Close to the partner what the agreement had opened, at once."""
    case = _case(chat)
    closed = Case(
        case.id,
        case.mine,
        partner_joined=case.partner_joined,
        patient_joined=case.patient_joined,
        confirmed=case.confirmed,
        given_on=case.given_on,
        until=case.until,
        recorded_on=case.recorded_on,
        never=case.never,
    )
    goals = tuple(goal for goal in chat.goals if goal.own)
    return replace(_with(chat, closed), goals=goals), (DisagreeOnUse(case.id),)


FLOW: Flow = flow(
    "agreement",
    (
        Step(
            "terms",
            _terms,
            (
                option("button.agreement_yes", "agree", _may_agree),
                option("button.agreement_no", "refuse", _may_agree),
                option("button.agreement_back", "withdraw", _has_agreed),
                option("button.to_menu", "home"),
            ),
            values=_values,
            retry=Words("agreement.no_messages"),
        ),
    ),
    (
        Move(
            "agree",
            "terms",
            Exit(HOME),
            when=_may_agree,
            does=_agree,
            says=(Words("agreement.thanks"),),
        ),
        Move(
            "withdraw",
            "terms",
            Exit(HOME),
            when=_has_agreed,
            does=_disagree,
            says=(Words("agreement.taken_back"),),
        ),
        Move(
            "refuse",
            "terms",
            Exit(HOME),
            when=_may_agree,
            says=(Words("agreement.refused"),),
        ),
        Move("home", "terms", Exit(HOME)),
    ),
)
