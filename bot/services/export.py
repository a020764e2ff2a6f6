"""A copy of everything that is held about one person, for that person (docs/export.md).

Read as the person may see it: what is sealed, and what belongs to others, is not in it (P8, P9).
Made in memory in the transaction of the turn; it leaves as a reply like any other.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

from bot.engine.chat import Case, Chat, Role
from bot.services.heard import Attachment
from bot.store import held, people
from bot.store.database import Unit

FORMAT, VERSION = "accanto-copy", 1
NAME, MEDIA = "data.json", "application/json"

# What of a case is this person's own, or shown to them, by their role in it.
_FIELDS: Mapping[Role, frozenset[str]] = MappingProxyType(
    {
        Role.PARTNER: frozenset(
            {"confirmed", "scopes", "modules", "requests", "signs", "plan", "agreed_on"}
        ),
        Role.PATIENT: frozenset(
            {
                "number",
                "confirmed",
                "scopes",
                "modules",
                "signs",
                "given_on",
                "until",
                "recorded_on",
                "never",
                "call",
            }
        ),
        Role.THERAPIST: frozenset({"number", "confirmed", "label", "style"}),
    }
)
_ALWAYS = ("id", "mine", "open")


def copy_of(unit: Unit, chat: Chat, at: datetime) -> Attachment:
    """Return the copy as a file with a neutral name."""
    told = json.dumps(tree(unit, chat, at), ensure_ascii=False, indent=2)
    return Attachment(NAME, MEDIA, b64encode(told.encode()).decode("ascii"))


def tree(unit: Unit, chat: Chat, at: datetime) -> dict[str, Any]:
    """Return the copy as plain values: texts, numbers, lists and mappings of them."""
    person = chat.person
    paused = chat.paused
    alarm = chat.alarm
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": _plain(at),
        "person": {
            "telegram_account": people.address(unit, person),
            "roles": _plain(chat.roles),
            "speaks_as": _plain(chat.role),
            "adult": chat.adult,
            "agreed": chat.agreed,
            "contact_details": chat.own_contact,
            **_rows(held.person(unit, person))[0],
        },
        "settings": _plain(chat.preferences),
        "own_dates": _plain(chat.own_dates),
        "conversation": {
            "stands_at": f"{chat.place.flow}.{chat.place.step}",
            "answers": dict(chat.memory),
            "interrupted_at": f"{paused.flow}.{paused.step}" if paused else None,
            "interrupted_answers": dict(paused.memory) if paused else {},
        },
        "safety": {
            "level": _plain(alarm.level),
            "code": alarm.trigger,
            "since": _plain(alarm.since),
            "heard_at": _plain(alarm.heard_at),
            "notes": _rows(held.tier_notes(unit, person)),
        },
        "readings": _rows(held.readings(unit, person)),
        "goals": _plain(chat.goals),
        "goals_off": chat.goals_off,
        "goal_answers": _rows(held.goal_answers(unit, person, [goal.id for goal in chat.goals])),
        "cases": [_case(unit, person, case) for case in chat.cases],
        "planned": _rows(held.planned(unit, person)),
        "messages": _rows(held.messages(unit, person)),
        "set_aside": _rows(held.set_aside(unit, person)),
        "who_looked": _plain(held.looks(unit, person, chat.preferences.zone)),
        **{name: _rows(rows) for name, rows in held.others(unit, person)},
    }


def _case(unit: Unit, person: str, case: Case) -> dict[str, Any]:
    """What a person sees of a case in their role; the consents a patient gave, with their dates."""
    shown = _FIELDS[case.mine] if case.open else frozenset({"number", "label"} & _FIELDS[case.mine])
    told = {name: _plain(getattr(case, name)) for name in (*_ALWAYS, *sorted(shown))}
    if case.mine is Role.PATIENT:
        told["consents"] = _rows(held.consents(unit, person, case.id))
    return told


def _rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column or a value of the dialogue holds
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(_plain(one) for one in value)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, str) else value
