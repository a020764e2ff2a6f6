"""The patient's side: consent by scope, what the other sees, and revoking at once."""

from collections.abc import Mapping
from dataclasses import replace

from bot.engine.chat import Case, Chat, Place, Role, Scope
from bot.engine.effects import (
    Button,
    Effect,
    GiveConsent,
    Notify,
    RevokeConsent,
    Say,
    Value,
    Words,
)
from bot.engine.events import Event
from bot.engine.flow import HOME, Exit, Flow, Move, Step, flow, option
from bot.flows import scopes
from bot.flows.approval import has_signs
from bot.flows.menu import has_two_roles, home, switch_role
from bot.flows.mirror import mirror, mirror_values

Done = tuple[Chat, tuple[Effect, ...]]


def _give(chat: Chat, event: Event) -> Done:
    return _given_to(chat, event, scopes.chosen(chat))


def _renew(chat: Chat, event: Event) -> Done:
    """Let what stands stand for another half year."""
    return _given_to(chat, event, chat.case.scopes if chat.case else frozenset())


def _given_to(chat: Chat, event: Event, wanted: frozenset[Scope]) -> Done:
    case = chat.case
    if case is None:
        return chat, ()
    withdrawn = case.scopes - wanted
    told: tuple[Effect, ...] = ()
    if wanted or withdrawn:
        kind = "consent_given" if wanted else "consent_revoked"
        told = (Notify(case.id, Role.THERAPIST, kind),)
    if withdrawn:
        told = (*told, *_tell_partner(case))
    chat = scopes.with_scopes(chat, case, wanted, event.at)
    return chat, (GiveConsent(case.id, wanted), *told)


def revoke(chat: Chat, event: Event) -> Done:
    """Revoke everything at once; somebody who is not a patient is told so, kindly."""
    if Role.PATIENT not in chat.roles:
        return chat, (Say(Words("consent.not_yours")),)
    return revoke_everything(chat, event)


def revoke_everything(chat: Chat, event: Event) -> Done:
    """Revoke every scope of a patient's case, in whatever role they speak just now."""
    if chat.role is not Role.PATIENT:
        chat = replace(chat, role=Role.PATIENT, paused=None)
    case = chat.case
    if case is None:
        return chat, ()
    told: tuple[Effect, ...] = ()
    if case.scopes:
        told = (*_tell_partner(case), Notify(case.id, Role.THERAPIST, "consent_revoked"))
    revoked_all = RevokeConsent(case.id, frozenset(Scope))
    return scopes.with_scopes(chat, case, frozenset(), event.at), (revoked_all, *told)


def _tell_partner(case: Case) -> tuple[Effect, ...]:
    """Before the therapist has confirmed, a partner does not know that anybody consented (P9)."""
    return (Notify(case.id, Role.PARTNER, "consent_narrowed"),) if case.confirmed else ()


def revoked(chat: Chat, _event: Event) -> Place:
    """Where `/revoke` leads."""
    return Place("consent", "revoked") if chat.role is Role.PATIENT else chat.place


def renewal(chat: Chat, event: Event) -> Place:
    """Where the notice leads that asks again; everybody else is led home."""
    return Place("consent", "renew") if chat.role is Role.PATIENT else home(chat, event)


def _home(chat: Chat, _event: Event) -> tuple[Words, ...]:
    case = chat.case
    if case is None:
        return (Words("consent.home_closed"),)
    if not case.scopes:
        return (Words("consent.home_nothing"),)
    return (Words("consent.home" if case.confirmed else "consent.home_unconfirmed"),)


def _review(chat: Chat, _event: Event) -> tuple[Words, ...]:
    return (Words("consent.review" if scopes.chosen(chat) else "consent.review_nothing"),)


def _given(chat: Chat, _event: Event) -> tuple[Words, ...]:
    confirmed = chat.case is not None and chat.case.confirmed
    return (Words("consent.changed" if confirmed else "consent.given"),)


def _renewal(chat: Chat, event: Event) -> tuple[Words, ...]:
    return (Words("consent.renew" if _has_given(chat, event) else "consent.renew_ended"),)


def _values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    case = chat.case or Case("", Role.PATIENT)
    return {
        **mirror_values(case),
        "chosen": scopes.names(scopes.chosen(chat)),
        "number": case.number,
    }


def _has_case(chat: Chat, _event: Event) -> bool:
    return chat.case is not None


def _has_given(chat: Chat, _event: Event) -> bool:
    return chat.case is not None and bool(chat.case.scopes)


def _unsafe(chat: Chat, _event: Event) -> tuple[Button, ...]:
    """The quiet alarm: one tap, and it works however old its message is."""
    return (Button(Words("button.unsafe"), "unsafe", lasting=True),) if chat.case else ()


FLOW: Flow = flow(
    "consent",
    (
        Step(
            "start",
            (Words("consent.start"), Words("consent.always_revocable")),
            (option("button.one_by_one", "next"),),
        ),
        *scopes.pages(
            lambda scope: Words(f"consent.scope_{scope}"), "button.scope_yes", "button.scope_no"
        ),
        Step(
            "review",
            _review,
            (option("button.consent_confirm", "confirm"), option("button.change", "again")),
            values=_values,
        ),
        Step("given", _given, (option("button.to_menu", "home"),), values=_values),
        Step(
            "home",
            _home,
            (
                option("button.what_is_seen", "mirror", _has_case),
                option("button.change_consent", "change", _has_case),
                option("button.revoke_all", "revoke", _has_given),
                option("button.more_things", "more"),
            ),
            values=_values,
            edits=True,
        ),
        Step(
            "renew",
            _renewal,
            (
                option("button.renew_as_is", "renew", _has_given),
                option("button.change_consent", "change", _has_case),
                option("button.not_now", "home"),
            ),
            values=_values,
        ),
        Step(
            "mirror",
            mirror,
            (
                option("button.never_topics", "topics"),
                option("button.proposals", "signs", has_signs),
                option("button.back", "back"),
            ),
            values=_values,
        ),
        Step(
            "more",
            (Words("consent.more"),),
            (
                option("button.settings", "settings"),
                option("button.privacy", "privacy"),
                option("button.switch_role", "role", has_two_roles),
            ),
            choices=_unsafe,
            edits=True,
        ),
        Step(
            "revoked",
            (Words("consent.revoked"),),
            (
                option("button.change_consent", "change", _has_case),
                option("button.to_menu", "home"),
            ),
        ),
    ),
    (
        Move("next", "start", scopes.FIRST),
        *scopes.moves("review"),
        Move("confirm", "review", "given", when=_has_case, does=_give),
        Move("confirm", "review", "home"),
        Move("again", "review", scopes.FIRST),
        Move("home", "given", Exit(HOME)),
        Move("renew", "renew", "given", when=_has_given, does=_renew),
        Move("change", "renew", scopes.FIRST, when=_has_case),
        Move("home", "renew", Exit(HOME)),
        Move("mirror", "home", "mirror", when=_has_case),
        Move("topics", "mirror", Exit("never_topics")),
        Move("signs", "mirror", Exit("approval")),
        Move("change", "home", scopes.FIRST, when=_has_case),
        Move("revoke", "home", "revoked", when=_has_given, does=revoke),
        Move("more", "home", "more"),
        Move("back", "mirror", "home"),
        Move("settings", "more", Exit("settings")),
        Move("privacy", "more", Exit("privacy")),
        Move("role", "more", Exit(HOME), when=has_two_roles, does=switch_role),
        Move("change", "revoked", scopes.FIRST, when=_has_case),
        Move("home", "revoked", Exit(HOME)),
    ),
    ends=frozenset({"given", "renew", "home", "mirror", "more", "revoked"}),
    resumable=True,
)
