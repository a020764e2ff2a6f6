"""What arrives without being asked for: the day's reminder, somebody else's act, one follow-up.

Everything is looked at again at the moment of sending: consent, pause, quiet hours, RED. The
first line of every push is neutral, for a locked screen.
"""

from dataclasses import replace
from datetime import date
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.engine.chance import pick
from bot.engine.chat import Chat, Goal, Rhythm, Role, Scope
from bot.engine.effects import (
    Button,
    Effect,
    Entry,
    PlanCheck,
    PlanReminder,
    SaveGoal,
    SavePlan,
    Say,
    Value,
    Words,
)
from bot.engine.events import CheckDue, Event, FollowUpDue, NoticeDue, ReminderDue
from bot.flows import away, rhythm
from bot.flows.approval import proposed
from bot.flows.endings import TEXTS
from bot.flows.goals import active, answer_buttons, answer_value
from bot.flows.hours import in_quiet_hours
from bot.flows.listed_signs import is_open, with_case
from bot.flows.micro_goal import goal_text
from bot.flows.plan import plan_of
from bot.flows.reading import suggested
from bot.flows.renewals import KINDS, renewal
from bot.flows.sign_check import looks_today
from bot.safety.alarm import Level, may_write_first, silences_reminders

Done = tuple[Chat, tuple[Effect, ...]]

REMINDERS = 4
_PARTNER = {
    "module_assigned": ("button.read_now", "reading"),
    "case_confirmed": ("button.to_menu", "menu"),
    "consent_narrowed": ("button.to_menu", "menu"),
    "contact_answered": ("button.request_status", "contact"),
    "sign_answered": ("button.my_signs", "my_signs"),
    "agreement_asked": ("button.agreement", "agreement"),
    "case_closed": ("button.to_menu", "menu"),
}
_PATIENT = {
    "case_confirmed": ("button.to_menu", "menu"),
    "case_closed": ("button.to_menu", "menu"),
    "sign_proposed": ("button.see_proposal", "proposals"),
    "consent_ends_soon": ("button.renew", "renew"),
    "consent_ended": ("button.renew", "renew"),
}
_THERAPIST = {
    "partner_joined": ("button.cases", "cases"),
    "patient_joined": ("button.cases", "cases"),
    "consent_given": ("button.cases", "cases"),
    "consent_revoked": ("button.cases", "cases"),
    "contact_requested": ("button.requests", "requests"),
    "partner_left": ("button.requests", "requests"),
    "paper_ends_soon": ("button.cases", "cases"),
    "paper_ended": ("button.cases", "cases"),
    "call_asked": ("button.calls", "calls"),
}
_NOTICES = {Role.PARTNER: _PARTNER, Role.PATIENT: _PATIENT, Role.THERAPIST: _THERAPIST}
# What these are about may be sealed or answered by the time they are sent (P8).
_ABOUT_SIGNS = {"sign_proposed": proposed, "sign_answered": is_open}
# What somebody asked for, and what must not be missed: no pause holds these back.
_NEVER_PAUSED = frozenset({"contact_requested", "contact_answered", "call_asked", "case_closed"})
# Somebody waits for it: it comes even after a stop, without a sound (docs/decisions/006).
_NEVER_STOPPED = frozenset({"contact_requested", "call_asked"})
# The consent a notice is sent under: whoever revokes that scope takes back what still waits.
COVERED_BY = MappingProxyType(
    {
        "module_assigned": Scope.MODULES,
        "sign_proposed": Scope.SIGNS,
        "sign_answered": Scope.SIGNS,
        "contact_requested": Scope.CONTACT,
        "contact_answered": Scope.CONTACT,
    }
)
_REST_IN_RED = frozenset(
    {"module_assigned", "case_confirmed", "consent_narrowed", "sign_proposed", "sign_answered"}
)


def is_quiet(chat: Chat, event: Event) -> bool:
    """Whether it is the person's quiet time at the moment of the event."""
    local = event.at.astimezone(ZoneInfo(chat.preferences.zone)).time()
    return in_quiet_hours(local, chat.preferences.quiet_from, chat.preferences.quiet_to)


def comes_silently(chat: Chat, event: Event) -> bool:
    """Whether a push makes no sound: in quiet time, and what comes in spite of a stop."""
    return is_quiet(chat, event) or not chat.preferences.pushes


def reminder(chat: Chat, event: Event) -> Done:
    """Ask about one goal, the one asked longest ago; silence is respected, tomorrow is planned."""
    if not isinstance(event, ReminderDue):
        return chat, ()
    planned = () if event.goal else (PlanReminder(event.at),)
    goal = _goal_of_the_day(chat, event)
    resting = chat.goals_off or is_quiet(chat, event) or not _wanted(chat, event)
    if not event.goal and _is_for_the_look(chat, event.day):
        return chat, planned
    if goal is None or resting or silences_reminders(chat.alarm, event.at):
        return chat, planned
    if not event.goal and rhythm.fades(chat):
        chat, say = rhythm.faded(chat, event.day)
        return chat, (say, *planned)
    back, chat = away.has_come_back(chat, event), away.welcomed(chat, event)
    if not event.goal:
        chat = replace(chat, unheard=chat.unheard + 1, reminded_on=event.day)
    asked = replace(goal, asked_on=event.day)
    chat = replace(chat, goals=tuple(asked if g.id == goal.id else g for g in chat.goals))
    snooze = Button(
        Words("button.snooze"), "goal_snooze", answer_value(goal, event.day), lasting=True
    )
    if chat.preferences.rhythm is Rhythm.WEEKLY:
        snooze = rhythm.button(Rhythm.DAILY, lasting=True)
    again = bool(event.goal)
    buttons = (*answer_buttons(goal, event.day), *(() if again else (snooze,)))
    told = {"goal": goal_text(goal)}
    text = Words(f"reminder.goal_{pick(event, 'reminder', REMINDERS) + 1}", told)
    if back:
        text = Words("pushes.back", told)
    rows = (*((b,) for b in buttons), _sos_row())
    return chat, (SaveGoal(asked), Say(text, rows, push=True), *planned)


def sign_check(chat: Chat, event: Event) -> Done:
    """Ask once a week for a look at the signs, in the place of that day's reminder."""
    if not isinstance(event, CheckDue):
        return chat, ()
    partner = replace(chat, role=Role.PARTNER)
    again = PlanCheck(event.day, goes_on=Scope.SIGNS not in partner.scopes)
    case = partner.case
    resting = chat.goals_off or is_quiet(chat, event) or not _wanted(chat, event)
    if case is None or resting or silences_reminders(chat.alarm, event.at):
        return chat, (again,)
    if not looks_today(partner, event.day) or chat.reminded_on == event.day:
        return chat, (again,)
    plan = replace(case.plan, asked_on=event.day)
    chat = replace(with_case(chat, replace(case, plan=plan)), reminded_on=event.day)
    opens = Button(Words("button.look_now"), "look", lasting=True)
    say = Say(Words("reminder.sign_check"), ((opens,), _sos_row()), push=True)
    return chat, (SavePlan(case.id, plan), say, again)


def _is_for_the_look(chat: Chat, day: date) -> bool:
    """Whether the weekly look takes this day's place, or has taken it: one reminder a day."""
    partner = replace(chat, role=Role.PARTNER)
    plan = plan_of(partner)
    has_come = plan.weekly and plan.asked_on == day == chat.reminded_on
    return has_come or looks_today(partner, day)


def _wanted(chat: Chat, event: Event) -> bool:
    """Whether the person wants to be written to now: no stop, no pause, no chosen silence."""
    silent = chat.preferences.rhythm is Rhythm.SILENT
    return chat.preferences.pushes and not silent and not away.is_away(chat, event)


def _goal_of_the_day(chat: Chat, event: ReminderDue) -> Goal | None:
    if event.goal:
        return next(
            (g for g in active(chat) if g.id == event.goal and g.answered_on != event.day), None
        )
    open_ = [g for g in active(chat) if g.answered_on is None or g.answered_on < event.day]
    return min(open_, key=lambda g: (g.asked_on is not None, g.asked_on), default=None)


def _sos_row() -> tuple[Button, ...]:
    return (
        Button(Words("button.sos"), "sos", lasting=True),
        Button(Words("button.menu"), "menu", lasting=True),
    )


def notice(chat: Chat, event: Event) -> Done:
    """Say what somebody else did, if this role is to know it and now is not the wrong moment."""
    if not isinstance(event, NoticeDue):
        return chat, ()
    if event.kind in KINDS:
        return _renewal(chat, event)
    role = _role_for(chat, event)
    if role is None or _held_back(chat, event) or not _holds(replace(chat, role=role), event):
        return chat, ()
    if event.kind == "case_confirmed" and role is Role.PARTNER:
        return _opened(chat, event)
    return chat, (_said(role, event.kind, _about(event)),)


def _holds(chat: Chat, event: NoticeDue) -> bool:
    """Whether what a notice is about still stands, for the role it is said to."""
    if event.kind == "module_assigned":
        return event.about in suggested(chat)
    if event.kind == "case_closed":
        return event.about in TEXTS
    return event.kind not in _ABOUT_SIGNS or bool(_ABOUT_SIGNS[event.kind](chat))


def _about(event: NoticeDue) -> Value:
    """What a notice is about, in words."""
    if event.kind == "module_assigned":
        return Entry("modules", event.about, "title")
    if event.kind == "case_closed":
        return Words(f"ending.text_{event.about}")
    if event.kind == "contact_answered":
        return Words(f"notice.answer_{event.about}")
    return event.about


def _held_back(chat: Chat, event: NoticeDue) -> bool:
    """Whether a stop, a pause or an alarm keeps a notice from being said; it stays in the menu."""
    stopped = not chat.preferences.pushes and event.kind not in _NEVER_STOPPED
    paused = away.is_away(chat, event) and event.kind not in _NEVER_PAUSED
    alarmed = chat.alarm.level is not Level.GREEN and event.kind in _REST_IN_RED
    return stopped or paused or alarmed


def _said(role: Role, kind: str, about: Value) -> Say:
    label, move = _NOTICES[role][kind]
    rows = ((Button(Words(label), move, lasting=True),), _sos_row())
    return Say(Words(f"notice.{role}_{kind}", {"about": about}), rows, push=True)


def _opened(chat: Chat, event: NoticeDue) -> Done:
    """A partner learns that the keys are there: their own agreement is asked for if it is not."""
    case = replace(chat, role=Role.PARTNER).case
    if case is None or case.until is None:
        return chat, ()
    kind = event.kind if case.agreed_on else "agreement_asked"
    return chat, (_said(Role.PARTNER, kind, ""),)


def _renewal(chat: Chat, event: NoticeDue) -> Done:
    """What runs out is sealed, whether or not anything may be said about it now."""
    asked, role = renewal(chat, event), _role_for(chat, event)
    if asked is None or role is None:
        return chat, ()
    alarmed = chat.alarm.level is not Level.GREEN
    if alarmed or not chat.preferences.pushes or away.is_away(chat, event):
        return chat, asked.effects
    return chat, (*asked.effects, _said(role, event.kind, asked.until))


def _role_for(chat: Chat, event: NoticeDue) -> Role | None:
    """The role a notice is meant for, if the person has it; where none is named, the first it fits.

    A partner and a patient hear of some acts in other words each, whichever of the two they speak
    as at that moment.
    """
    fitting = [role for role in (chat.role, *chat.roles) if event.kind in _NOTICES.get(role, {})]
    return next((role for role in fitting if event.role in {None, role}), None)


def follow_up(chat: Chat, event: Event) -> Done:
    """Write once, a day after a red card, if agreed to and if it can reach no wrong hands."""
    allowed = chat.preferences.follow_up and chat.preferences.pushes
    if not isinstance(event, FollowUpDue) or not allowed or not may_write_first(chat.alarm):
        return chat, ()
    return chat, (Say(Words("red.follow_up"), (_sos_row(),), push=True),)
