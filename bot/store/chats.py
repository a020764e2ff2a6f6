"""A chat as the columns of its person's row, and back. What a person typed is sealed on the way."""

import json
from collections.abc import Mapping
from datetime import date, time
from types import MappingProxyType
from typing import Any

from bot.engine.chat import Chat, Office, OwnDates, Place, Preferences, Rhythm
from bot.safety.alarm import Alarm, Card, Level, card_for
from bot.safety.reading import About
from bot.store.database import AnyRow
from bot.store.encryption import Vault

_SEALED = ("memory", "paused", "own_contact", "office", "own_dates")


def columns(chat: Chat) -> dict[str, Any]:
    """Return what of a chat stands in its person's row, not sealed yet, so it can be compared."""
    alarm, wishes = chat.alarm, chat.preferences
    return {
        "role": chat.role,
        "roles": " ".join(chat.roles),
        "flow": chat.place.flow,
        "step": chat.place.step,
        "memory": _json(dict(chat.memory)) if chat.memory else None,
        "paused": _json(_kept(chat.paused)) if chat.paused else None,
        "revision": chat.revision,
        "pressed": chat.pressed,
        "alarm_level": alarm.level,
        "alarm_trigger": alarm.trigger,
        "alarm_card": alarm.card,
        "alarm_since": alarm.since,
        "alarm_heard_at": alarm.heard_at,
        "control_at": chat.control_at,
        "goals_off": chat.goals_off,
        "adult": chat.adult,
        "agreed": chat.agreed,
        "own_contact": chat.own_contact or None,
        "office": _json(_kept_office(chat.office)) if chat.office != Office() else None,
        "lang": wishes.lang,
        "country": wishes.country,
        "zone": wishes.zone,
        "reminder_at": wishes.reminder_at,
        "quiet_from": wishes.quiet_from,
        "quiet_to": wishes.quiet_to,
        "pushes": wishes.pushes,
        "follow_up": wishes.follow_up,
        "pinned": chat.pinned,
        "rhythm": wishes.rhythm,
        "pause_until": wishes.pause_until,
        "holiday_from": wishes.holiday_from,
        "holiday_to": wishes.holiday_to,
        "discreet": wishes.discreet,
        "unheard": chat.unheard,
        "reminded_on": chat.reminded_on,
        "own_dates": _kept_dates(chat.own_dates),
    }


def seal(values: Mapping[str, Any], vault: Vault) -> dict[str, Any]:
    """Return columns as they are written: the texts among them sealed."""
    return {
        name: vault.seal("person", name, value) if name in _SEALED and value else value
        for name, value in values.items()
    }


def place(row: AnyRow, vault: Vault) -> Place:
    """Return where the dialogue stands."""
    return Place(
        row.flow, row.step, MappingProxyType(json.loads(_text(row, "memory", vault, "{}")))
    )


def paused(row: AnyRow, vault: Vault) -> Place | None:
    """Return the place an interruption left behind."""
    kept = json.loads(_text(row, "paused", vault, "null"))
    return kept and Place(kept["flow"], kept["step"], MappingProxyType(kept["memory"]))


def own_contact(row: AnyRow, vault: Vault) -> str:
    """Return how a therapist can be reached, in their own words."""
    return _text(row, "own_contact", vault, "")


def office(row: AnyRow, vault: Vault) -> Office:
    """Return when a therapist usually answers, from a row with that therapist's `office`."""
    kept = json.loads(_text(row, "office", vault, "{}"))
    if not kept:
        return Office()
    return Office(
        days=tuple(kept["days"]),
        start=time.fromisoformat(kept["start"]),
        end=time.fromisoformat(kept["end"]),
        away_from=kept["away_from"] and date.fromisoformat(kept["away_from"]),
        away_to=kept["away_to"] and date.fromisoformat(kept["away_to"]),
        cover=kept["cover"],
    )


def _kept_office(kept: Office) -> Mapping[str, Any]:
    return {
        "days": list(kept.days),
        "start": kept.start.isoformat("minutes"),
        "end": kept.end.isoformat("minutes"),
        "away_from": kept.away_from and kept.away_from.isoformat(),
        "away_to": kept.away_to and kept.away_to.isoformat(),
        "cover": kept.cover,
    }


def own_dates(row: AnyRow, vault: Vault) -> OwnDates:
    """Return the dates of a partner's own that a rule needs."""
    kept = json.loads(_text(row, "own_dates", vault, "{}"))
    return OwnDates(**{name: date.fromisoformat(day) for name, day in kept.items()})


def _kept_dates(dates: OwnDates) -> str | None:
    kept = {name: getattr(dates, name) for name in OwnDates.__slots__}
    told = {name: day.isoformat() for name, day in kept.items() if day}
    return _json(told) if told else None


def alarm(row: AnyRow) -> Alarm:
    """Return the alarm; after an erasure its card is chosen anew, one that fits anybody."""
    level = Level(row.alarm_level)
    card = Card(row.alarm_card) if row.alarm_card else None
    if card is None and level in {Level.RED, Level.FOLLOWUP}:
        card = card_for(row.alarm_trigger, About.UNCLEAR)
    return Alarm(level, row.alarm_trigger, card, row.alarm_since, row.alarm_heard_at)


def preferences(row: AnyRow) -> Preferences:
    """Return what the person has set."""
    return Preferences(
        row.lang,
        row.country,
        row.zone,
        row.reminder_at,
        row.quiet_from,
        row.quiet_to,
        row.pushes,
        row.follow_up,
        Rhythm(row.rhythm),
        row.pause_until,
        row.holiday_from,
        row.holiday_to,
        row.discreet,
    )


def _kept(where: Place) -> Mapping[str, Any]:
    return {"flow": where.flow, "step": where.step, "memory": dict(where.memory)}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _text(row: AnyRow, column: str, vault: Vault, missing: str) -> str:
    sealed = getattr(row, column)
    return missing if sealed is None else vault.open("person", column, sealed)
