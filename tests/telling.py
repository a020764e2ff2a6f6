"""What came of a turn, told shortly enough to be recorded and read in a file."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from bot.engine.chat import Chat, Goal, Office, OwnDates, Plan
from bot.engine.effects import (
    Acknowledge,
    AnswerSign,
    AssignModule,
    Attach,
    Button,
    CloseCase,
    DropPhrase,
    Effect,
    Entry,
    GiveConsent,
    KeepPhrase,
    MoveModule,
    NoteTier,
    Notify,
    Passage,
    PlanCheck,
    ProposeSign,
    RaiseSign,
    RecordAnswer,
    RemoveSign,
    RenewInvitation,
    RevokeConsent,
    SaveGoal,
    SavePlan,
    SaveProgress,
    Say,
    SetStyle,
    TakeBackAnswer,
    Text,
    Told,
    WithdrawInvitation,
    WithdrawModule,
)
from bot.engine.flow import SCALE
from bot.engine.saying import SOS_ROW
from bot.engine.ways import Turn
from bot.safety.alarm import GREEN, Alarm
from tests.conversation import Outcome

_PERSONAL = ("role", "adult", "agreed", "goals_off", "own_contact", "office", "own_dates")


def told(before: Chat, turn: Turn) -> Outcome:
    """Return the outcome of a turn as conversations record it."""
    after, says = turn.chat, said(turn)
    outcome = {
        "says": [text_id(say.text) for say in says],
        "asks": [asked(effect) for effect in turn.effects if not isinstance(effect, Say)],
        "buttons": buttons(says[-1]) if says else [],
        "toast": text_id(turn.toast) if turn.toast else "",
        "alarm": alarm(after.alarm),
        "becomes": _becomes(before, after),
    }
    told = {key: value for key, value in outcome.items() if value}
    kept = {} if set(before.memory) == set(after.memory) else {"keeps": sorted(after.memory)}
    return {"at": f"{after.place.flow}.{after.place.step}", **told, **kept}


def said(turn: Turn) -> tuple[Say, ...]:
    """Return what a turn says."""
    return tuple(effect for effect in turn.effects if isinstance(effect, Say))


def text_id(text: Text) -> str:
    """Return what a text is called: a catalogue id, `module/step.part` or `file:key.field`."""
    if isinstance(text, Told):
        return f"{text_id(text.text)} in {text.lang}"
    if isinstance(text, Passage):
        return f"{text.module}/{text.step}.{text.part}"
    return f"{text.file}:{text.key}.{text.name}" if isinstance(text, Entry) else text.id


def named(button: Button) -> str:
    """Return how conversations name a button."""
    return f"{button.move} {button.value}".strip()


def buttons(say: Say) -> list[str]:
    """Return the buttons of a message but SOS and Menu; a scale is one."""
    shown = [button for row in say.rows if row != SOS_ROW for button in row]
    names = [SCALE if button.move == SCALE else named(button) for button in shown]
    return list(dict.fromkeys(names)) if SCALE in names else names


def alarm(now: Alarm) -> str:
    """Return level, trigger and card of an alarm, nothing for green."""
    parts = (now.level, now.trigger, now.card)
    return "" if now == GREEN else " ".join(str(part) for part in parts if part)


def asked(effect: Effect) -> str:
    """Return an effect by its name, with what tells it from others of its kind."""
    tell = _DETAILS.get(type(effect), lambda _effect: "")
    return f"{type(effect).__name__} {tell(effect)}".strip()


def _in_order(effect: GiveConsent | RevokeConsent) -> str:
    return " ".join(sorted(effect.scopes)) or "nothing"


_DETAILS: Mapping[type[Effect], Callable[[Any], str]] = {
    NoteTier: lambda e: f"{e.tier} {e.trigger}",
    SaveProgress: lambda e: f"{e.module} {e.step}" + (" finished" if e.finished else ""),
    SaveGoal: lambda e: _goal(e.goal),
    RecordAnswer: lambda e: f"{e.answer} {e.day}",
    TakeBackAnswer: lambda e: f"{e.day}",
    KeepPhrase: lambda e: e.favourite.slug or f"«{e.favourite.words}»",
    DropPhrase: lambda e: e.favourite,
    Notify: lambda e: f"{e.role} {e.kind}",
    GiveConsent: _in_order,
    RevokeConsent: _in_order,
    RenewInvitation: lambda e: e.role,
    WithdrawInvitation: lambda e: e.role,
    AssignModule: lambda e: e.module,
    WithdrawModule: lambda e: e.module,
    MoveModule: lambda e: f"{e.module} {'earlier' if e.earlier else 'later'}",
    Acknowledge: lambda e: e.action,
    CloseCase: lambda e: e.ending,
    SetStyle: lambda e: e.style or "none",
    Attach: lambda e: f"{e.kind} {text_id(e.caption)}",
    ProposeSign: lambda e: e.sign.slug or f"«{e.sign.words}»",
    AnswerSign: lambda e: f"{e.sign} {'yes' if e.approved else 'no'}",
    RemoveSign: lambda e: e.sign,
    RaiseSign: lambda e: e.sign,
    SavePlan: lambda e: _plan(e.plan),
    PlanCheck: lambda e: f"{e.day}" + (" goes on" if e.goes_on else ""),
}


def _plan(plan: Plan) -> str:
    said = f"«{plan.words}»" if plan.words else plan.say
    weekly = "weekly" if plan.weekly else ""
    asked_on = f"asked {plan.asked_on}" if plan.asked_on else ""
    return " ".join(word for word in (said, plan.whom, weekly, asked_on) if word)


def _goal(goal: Goal) -> str:
    marks = {
        "for both": not goal.own,
        "smaller": goal.smaller,
        "ended": not goal.active,
        f"missed {goal.misses}": bool(goal.misses),
        f"done {goal.done}": bool(goal.done),
    }
    what = goal.slug or f"«{goal.words}»"
    return " ".join((what, *(mark for mark, there in marks.items() if there)))


def _becomes(before: Chat, after: Chat) -> dict[str, Any]:
    """Return what the turn changed of the person and their wishes, and what it set aside."""
    changed = {
        name: _plain(getattr(after, name))
        for name in _PERSONAL
        if getattr(before, name) != getattr(after, name)
    }
    wishes = [field.name for field in fields(after.preferences)]
    changed |= {
        name: _plain(getattr(after.preferences, name))
        for name in wishes
        if getattr(before.preferences, name) != getattr(after.preferences, name)
    }
    if before.paused != after.paused:
        paused = after.paused
        changed["paused"] = f"{paused.flow}.{paused.step}" if paused else None
    return changed


def _plain(value: object) -> object:
    if isinstance(value, Office):
        days = "".join(map(str, value.days))
        told = (days, value.start, value.end, value.away_from, value.away_to, value.cover)
        return " ".join(str(part) for part in told if part)
    if isinstance(value, OwnDates):
        days = {field.name: getattr(value, field.name) for field in fields(value)}
        return " ".join(f"{name} {day}" for name, day in days.items() if day)
    return value if isinstance(value, bool | None) else str(value)
