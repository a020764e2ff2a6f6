"""What the store makes of a turn, and what other people do meanwhile, on plain chats."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.engine.chat import (
    CONSENT_LASTS,
    Call,
    Case,
    Chat,
    Plan,
    Preferences,
    Progress,
    Request,
    Role,
    Scope,
)
from bot.engine.effects import Effect, ErasePerson, MarkSeen, RequestContact, SaveProgress
from bot.safety.alarm import GREEN, Alarm
from tests.conversation import Meanwhile


def stored(chat: Chat, effects: Sequence[Effect], at: datetime) -> Chat:
    """Return the chat as the next turn will find it: what was asked for has been done."""
    for effect in effects:
        match effect:
            case SaveProgress():
                reached = Progress(effect.step, effect.finished)
                progress = MappingProxyType({**chat.progress, effect.module: reached})
                chat = replace(chat, progress=progress)
            case RequestContact():
                chat = _with_requests(chat, effect.case, Request(effect.request, at))
            case MarkSeen():
                for case in chat.cases:
                    seen = (replace(r, seen_at=at) for r in case.requests if r.id == effect.request)
                    chat = _with_requests(chat, case.id, *seen)
            case ErasePerson():
                chat = _erased(chat)
    return chat


def _with_requests(chat: Chat, id_: str, *requests: Request) -> Chat:
    """Put requests into a case, in the place of older ones of their id."""

    def renewed(case: Case) -> Case:
        known = {request.id: request for request in (*case.requests, *requests)}
        return replace(case, requests=tuple(known.values()))

    return replace(chat, cases=tuple(renewed(c) if c.id == id_ else c for c in chat.cases))


def _erased(chat: Chat) -> Chat:
    """A blank chat; only a closed alarm outlives the person, without its card."""
    alarm = chat.alarm
    kept = Alarm(alarm.level, alarm.trigger, heard_at=alarm.heard_at) if alarm.closed else GREEN
    return Chat(chat.person, alarm=kept, preferences=Preferences(lang=chat.preferences.lang))


def changed(chat: Chat, what: Meanwhile, at: datetime) -> Chat:
    """Return the chat after somebody else's act, in the case named or the speaker's first one.

    Raises:
        LookupError: there is no such act.
    """
    named = [case for case in chat.roster if case.id == what.about]
    old = next(case for case in (*named, *chat.roster) if case.open)
    if what.change == "gone":
        return replace(chat, cases=tuple(case for case in chat.cases if case is not old))
    new = _visible(_acts(old, what.about, at)[what.change])
    hidden = new.mine is Role.PARTNER and Scope.GOALS not in new.scopes
    goals = tuple(goal for goal in chat.goals if goal.own or not hidden)
    cases = tuple(new if case is old else case for case in chat.cases)
    return replace(chat, cases=cases, goals=goals)


def _acts(case: Case, about: str, at: datetime) -> dict[str, Case]:
    """Return what each act makes of a case."""
    seen = tuple(replace(r, seen_at=r.seen_at or at) for r in case.requests)
    closed = tuple(
        replace(r, action=about, closed_at=at) if r.closed_at is None else r for r in seen
    )
    asked = Request(f"{case.id}{len(case.requests)}", at)
    return {
        "confirmed": replace(
            case if case.scopes else _with_consent(case, at, frozenset(Scope)), confirmed=True
        ),
        "consented": _with_consent(case, at, frozenset(Scope)),
        "narrowed": replace(case, scopes=frozenset(s for s in case.scopes if s != about)),
        "revoked": _without_consent(case),
        "assigned": replace(case, modules=(*case.modules, about)),
        "left_alone": replace(case, never=frozenset({about})),
        "called": replace(case, call=Call(at)),
        "call_seen": replace(case, call=case.call and replace(case.call, seen_at=at)),
        "call_taken": replace(case, call=case.call and replace(case.call, closed_at=at)),
        "closed": Case(case.id, case.mine, open=False, label=case.label),
        "approved": replace(case, signs=tuple(replace(s, state="approved") for s in case.signs)),
        "declined": replace(case, signs=tuple(s for s in case.signs if s.id != about)),
        "partner_joined": replace(case, partner_joined=True),
        "patient_joined": replace(case, patient_joined=True),
        "requested": replace(case, requests=(*case.requests, asked)),
        "seen": replace(case, requests=seen),
        "answered": replace(case, requests=closed),
    }


def _with_consent(case: Case, at: datetime, scopes: frozenset[Scope]) -> Case:
    ends = at + CONSENT_LASTS
    return replace(case, scopes=scopes, given_on=at.date(), until=ends.date())


def _without_consent(case: Case) -> Case:
    return replace(case, scopes=frozenset(), given_on=None, until=None, recorded_on=None)


def _visible(case: Case) -> Case:
    """Return a case as its partner may see it: each part under its scope (P8)."""
    if case.mine is not Role.PARTNER:
        return case
    scopes = case.scopes if case.confirmed and case.agreed_on else frozenset()
    reached = Scope.CONTACT in scopes
    return replace(
        case,
        scopes=scopes,
        modules=case.modules if Scope.MODULES in scopes else (),
        contact_details=case.contact_details if reached else "",
        requests=case.requests if reached else (),
        signs=case.signs if Scope.SIGNS in scopes else (),
        plan=case.plan if Scope.SIGNS in scopes else Plan(),
    )
