"""The therapist's page on the consent of a case: how it stands, and consent given on paper.

Whether consent stands, for what and until when; never a reason. Paper is for a patient without
an account here: the therapist writes it down as paper, with its date, and takes it back at once
on the patient's word. Nothing on this page can be reached from a partner's account.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from bot.engine.chat import CONSENT_LASTS, Case, Chat, Role
from bot.engine.effects import Effect, Notify, RecordPaper, RevokePaper, Value, Words
from bot.engine.events import Event
from bot.engine.flow import Exit, Flow, Move, Step, flow, option
from bot.flows import scopes
from bot.flows.caseload import chosen, given, with_case
from bot.flows.dates import parse_date
from bot.flows.goals import local_day

Done = tuple[Chat, tuple[Effect, ...]]

_CASE = ("case",)


def _named(chat: Chat, event: Event) -> date | None:
    """The date on the paper: neither to come, nor so long ago that it has run out."""
    today = local_day(chat, event)
    oldest = today - CONSENT_LASTS + timedelta(days=1)
    found = parse_date(given(event), oldest)
    return found if found and oldest <= found <= today else None


def _date_fits(chat: Chat, event: Event) -> bool:
    return _named(chat, event) is not None


def _keep_date(chat: Chat, event: Event) -> Done:
    return _remember(chat, _named(chat, event) or local_day(chat, event))


def _today(chat: Chat, event: Event) -> Done:
    return _remember(chat, local_day(chat, event))


def _remember(chat: Chat, on: date) -> Done:
    memory = MappingProxyType({"case": chat.memory.get("case", ""), "on": on.isoformat()})
    return replace(chat, place=replace(chat.place, memory=memory)), ()


def _case_there(chat: Chat, _event: Event) -> bool:
    return chosen(chat) is not None


def _may_record(chat: Chat, _event: Event) -> bool:
    """A patient with an account here gives and takes consent there, and nowhere else."""
    case = chosen(chat)
    return case is not None and not case.patient_joined


def _on_paper(chat: Chat, _event: Event) -> bool:
    case = chosen(chat)
    return case is not None and case.recorded_on is not None


def _record(chat: Chat, event: Event) -> Done:
    """Let exactly what was signed stand; where less stands than before, the partner is told."""
    case = chosen(chat)
    if case is None:
        return chat, ()
    wanted, on = scopes.chosen(chat), date.fromisoformat(chat.memory["on"])
    until = (on + CONSENT_LASTS) if wanted else None
    changed = replace(
        case,
        scopes=wanted,
        given_on=on if wanted else None,
        until=until,
        recorded_on=event.at.date() if wanted else None,
    )
    told = _told(case) if case.scopes - wanted else ()
    chat, _ = _only_the_case(with_case(chat, changed), event)
    return chat, (RecordPaper(case.id, wanted, on), *told)


def _revoke(chat: Chat, _event: Event) -> Done:
    case = chosen(chat)
    if case is None or case.recorded_on is None:
        return chat, ()
    closed = replace(case, scopes=frozenset(), given_on=None, until=None, recorded_on=None)
    return with_case(chat, closed), (RevokePaper(case.id), *_told(case))


def _told(case: Case) -> tuple[Effect, ...]:
    return (Notify(case.id, Role.PARTNER, "consent_narrowed"),) if case.confirmed else ()


def _only_the_case(chat: Chat, _event: Event) -> Done:
    memory = MappingProxyType({"case": chat.memory.get("case", "")})
    return replace(chat, place=replace(chat.place, memory=memory)), ()


def _status(chat: Chat, _event: Event) -> tuple[Words, ...]:
    case = chosen(chat)
    return (Words("case_consent.status" if case else "case_consent.gone"),)


def _account(chat: Chat, _event: Event) -> tuple[Words, ...]:
    return (Words("case_consent.account" if chosen(chat) else "case_consent.gone"),)


def _review(chat: Chat, _event: Event) -> tuple[Words, ...]:
    some = scopes.chosen(chat)
    return (Words("case_consent.review" if some else "case_consent.review_nothing"),)


def _values(chat: Chat, _event: Event) -> Mapping[str, Value]:
    case = chosen(chat)
    on = chat.memory.get("on")
    return {
        "label": case.label if case else "",
        "standing": scopes.standing(case),
        "scopes": scopes.names(case.scopes if case else frozenset()),
        "chosen": scopes.names(scopes.chosen(chat)),
        "on": date.fromisoformat(on) if on else "",
    }


FLOW: Flow = flow(
    "case_consent",
    (
        Step(
            "status",
            _status,
            (
                option("button.paper_record", "record", _may_record),
                option("button.paper_revoke", "revoke", _on_paper),
                option("button.open_case", "case"),
            ),
            values=_values,
        ),
        Step(
            "date",
            (Words("case_consent.paper"), Words("case_consent.date")),
            (option("button.paper_today", "today"), option("button.back", "back")),
            reads="typed",
            retry=Words("case_consent.date_form"),
        ),
        *scopes.pages(
            lambda scope: Words("case_consent.scope", {"scope": Words(f"scope.{scope}")}),
            "button.paper_yes",
            "button.paper_no",
        ),
        Step(
            "review",
            _review,
            (option("button.paper_signed", "record"), option("button.back", "back")),
            values=_values,
        ),
        Step(
            "revoke",
            (Words("case_consent.revoke"),),
            (option("button.paper_revoke_yes", "yes"), option("button.back", "back")),
            values=_values,
        ),
        Step("account", _account, (option("button.back", "back"),)),
    ),
    (
        Move("record", "status", "date", when=_may_record),
        Move("revoke", "status", "revoke", when=_on_paper),
        Move("case", "status", Exit("therapist", "case", keeps=_CASE), when=_case_there),
        Move("case", "status", Exit("therapist", "cases")),
        Move("today", "date", scopes.FIRST, does=_today),
        Move("typed", "date", scopes.FIRST, when=_date_fits, does=_keep_date),
        Move("back", "date", "status"),
        *scopes.moves("review"),
        Move("record", "review", "status", when=_may_record, does=_record),
        Move("record", "review", "account", does=_only_the_case),
        Move("back", "review", "date", does=_only_the_case),
        Move("yes", "revoke", "status", does=_revoke),
        Move("back", "revoke", "status"),
        Move("back", "account", "status"),
    ),
)
