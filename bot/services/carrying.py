"""The effects of a turn, carried out in its transaction: one line each, the work is the store's."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.engine import effects as asked
from bot.engine.chat import Chat, Goal, Rhythm, Role, Scope
from bot.engine.effects import Effect
from bot.flows.hours import in_quiet_hours
from bot.flows.notices import COVERED_BY
from bot.services.export import copy_of
from bot.services.heard import Outgoing
from bot.services.parts import nobody
from bot.services.renewal import plan_renewal
from bot.services.timing import moment, next_due
from bot.store import (
    access,
    agreements,
    calls,
    cases,
    consents,
    dues,
    favourites,
    goals,
    journal,
    outbox,
    progress,
    requests,
    signs,
)
from bot.store.database import Unit
from bot.store.dues import Kind

PUSHES = (Kind.REMINDER, Kind.SNOOZE, Kind.FOLLOW_UP)
INVITED_FOR = timedelta(days=7)
A_WEEK = timedelta(days=7)
_DAYS_TO_LOOK = 3
_BESIDE = timedelta(minutes=30)


class NotOpened(Exception):
    """A case that could not be opened; the update is turned again, with other chances."""


@dataclass(frozen=True, slots=True)
class Turned:
    """Whose turn it was, the chat after it, and when; `wake` whoever works what is due."""

    unit: Unit
    person: str
    chat: Chat
    at: datetime
    wake: Callable[[], None] = nobody


def carry_out(turned: Turned, effects: Iterable[Effect]) -> None:
    """Do what a turn asked for, in order. What is said is somebody else's task.

    An act that does not happen, because somebody was quicker or a key is gone, is told to nobody.
    """
    happened = True
    for effect in effects:
        handler = _HANDLERS.get(type(effect))
        if isinstance(effect, asked.Notify):
            if happened:
                _notify(turned, effect)
        elif handler:
            happened = handler(turned, effect) is not False


def plan_reminder(turned: Turned, asked_for: asked.PlanReminder, *, goes_on: bool = False) -> None:
    """Make the next daily reminder due; a date that had its reminder gets no second one.

    Without a goal nothing begins, but what runs goes on: goals that are sealed today may open
    again before the next one.
    """
    chat, unit = turned.chat, turned.unit
    dropped = dues.drop(unit, person=turned.person, kinds=(Kind.REMINDER,))
    runs = goes_on or dropped or any(goal.active for goal in chat.goals)
    wishes = chat.preferences
    if not runs or not wishes.pushes or wishes.rhythm is Rhythm.SILENT:
        return
    zone, after = ZoneInfo(wishes.zone), asked_for.after
    if wishes.rhythm is Rhythm.WEEKLY and chat.reminded_on:
        again = moment(chat.reminded_on + A_WEEK, wishes.reminder_at, zone)
        after = max(after, again - timedelta.resolution)
    for _ in range(_DAYS_TO_LOOK):
        day, due_at = next_due(after, chat.preferences.reminder_at, zone)
        if dues.plan(unit, Kind.REMINDER, turned.person, day, due_at):
            return
        after = due_at


def plan_check(turned: Turned, asked_for: asked.PlanCheck) -> None:
    """Make the weekly look at the signs due, a week after the last one; nothing unless wanted.

    Whoever stopped or rests is not asked; what is wanted is found again when they come back.
    """
    chat, unit = replace(turned.chat, role=Role.PARTNER), turned.unit
    dues.drop(unit, person=turned.person, kinds=(Kind.CHECK,))
    if chat.case is None or not chat.preferences.pushes or chat.goals_off:
        return
    plan, wishes = chat.case.plan, chat.preferences
    if not plan.weekly and not asked_for.goes_on:
        return
    day = asked_for.day + timedelta(days=1)
    if plan.asked_on:
        day = max(day, plan.asked_on + A_WEEK)
    for later in range(_DAYS_TO_LOOK):
        on = day + timedelta(days=later)
        due_at = moment(on, wishes.reminder_at, ZoneInfo(wishes.zone))
        # One that is due just now and was dropped above must come back: it waits beside a reminder.
        still = due_at + _BESIDE > turned.at
        if still and dues.plan(unit, Kind.CHECK, turned.person, on, due_at):
            return


def _plan_pushes(turned: Turned, asked_for: asked.PlanReminder) -> None:
    """Plan what comes at the person's hour: the reminder, and the weekly look if it is wanted."""
    plan_reminder(turned, asked_for)
    zone = ZoneInfo(turned.chat.preferences.zone)
    if any(case.plan.weekly for case in turned.chat.cases):
        yesterday = asked_for.after.astimezone(zone).date() - timedelta(days=1)
        plan_check(turned, asked.PlanCheck(yesterday))  # today's hour may still be ahead


def _snooze(turned: Turned, asked_for: asked.SnoozeReminder) -> None:
    quiet = turned.chat.preferences
    due_at = turned.at + asked_for.delay
    local = due_at.astimezone(ZoneInfo(quiet.zone))
    if local.date() == asked_for.day and not in_quiet_hours(
        local.time(), quiet.quiet_from, quiet.quiet_to
    ):
        dues.plan(
            turned.unit, Kind.SNOOZE, turned.person, asked_for.day, due_at, about=asked_for.goal
        )


def _follow_up(turned: Turned, asked_for: asked.PlanFollowUp) -> None:
    due_at = turned.at + asked_for.delay
    dues.plan(turned.unit, Kind.FOLLOW_UP, turned.person, due_at.date(), due_at)


def _notify(turned: Turned, asked_for: asked.Notify) -> None:
    told = f"{asked_for.kind}:{asked_for.about}:{asked_for.role}"
    about = f"{told}:{turned.at.astimezone(UTC):%H%M%S}"
    person = cases.member_of(turned.unit, asked_for.case, asked_for.role)
    if person:
        dues.plan(
            turned.unit,
            Kind.NOTICE,
            person,
            turned.at.date(),
            turned.at,
            about=about,
            case=asked_for.case,
            scope=COVERED_BY.get(asked_for.kind),
        )
        turned.unit.after_commit(turned.wake)


def _send(turned: Turned, message: Outgoing) -> None:
    """Put something before the words of this turn, in the order of the conversation."""
    place = turned.chat.place
    message = replace(message, flow=place.flow, step=place.step)
    outbox.put(turned.unit, turned.person, [message.stored()], turned.at)


def _save_goal(turned: Turned, asked_for: asked.SaveGoal) -> None:
    goal: Goal = asked_for.goal
    case = turned.chat.case
    shared_in = case.id if case and not goal.own else None
    goals.save_goal(turned.unit, turned.person, goal, case=shared_in, at=turned.at)


def _tell_again(turned: Turned, case: str, before: Collection[Scope]) -> None:
    """Tell of requests nobody has read: while the consent was away, what waited was dropped."""
    now = access.consented(turned.unit, case, turned.at)
    if Scope.CONTACT in now and Scope.CONTACT not in before:
        for request in requests.unread(turned.unit, case):
            _notify(turned, asked.Notify(case, Role.THERAPIST, "contact_requested", request))


def _give_consent(turned: Turned, asked_for: asked.GiveConsent) -> bool:
    before = access.consented(turned.unit, asked_for.case, turned.at)
    changed = cases.give_consent(
        turned.unit, turned.person, asked_for.case, asked_for.scopes, turned.at
    )
    patient = cases.member_of(turned.unit, asked_for.case, Role.PATIENT)
    if asked_for.scopes and patient == turned.person:
        zone = turned.chat.preferences.zone
        plan_renewal(turned.unit, turned.person, asked_for.case, given_at=turned.at, zone=zone)
    if changed:
        _tell_again(turned, asked_for.case, before)
    return changed


def _record_paper(turned: Turned, asked_for: asked.RecordPaper) -> bool:
    zone = turned.chat.preferences.zone
    before = access.consented(turned.unit, asked_for.case, turned.at)
    # The beginning of that day, so that today's paper is no paper from the future.
    on = moment(asked_for.on, time(), ZoneInfo(zone))
    recorded = consents.record_paper(
        turned.unit, turned.person, asked_for.case, asked_for.scopes, on, turned.at
    )
    if recorded and asked_for.scopes:
        plan_renewal(
            turned.unit, turned.person, asked_for.case, given_at=on, zone=zone, what="paper"
        )
    if recorded:
        _tell_again(turned, asked_for.case, before)
    return recorded


def _open_case(turned: Turned, asked_for: asked.OpenCase) -> None:
    """Open a case, or undo the turn: what it says would name a link that opens nothing."""
    opened = cases.open_case(
        turned.unit,
        turned.person,
        asked_for.case,
        label=asked_for.label,
        number=asked_for.number,
        link=asked_for.link,
        code=asked_for.code,
        at=turned.at,
        expires_at=turned.at + INVITED_FOR,
    )
    if not opened:
        raise NotOpened("the id is taken, or the therapist has left the practice: try again")


_HANDLERS: dict[type[Effect], Callable[[Turned, Any], object]] = {
    asked.NoteTier: lambda t, e: journal.note_tier(t.unit, t.person, e.tier, e.trigger, t.at),
    asked.SaveProgress: lambda t, e: progress.save_progress(
        t.unit, t.person, e.module, e.step, finished=e.finished, at=t.at
    ),
    asked.SaveGoal: _save_goal,
    asked.KeepPhrase: lambda t, e: favourites.keep(t.unit, t.person, e.favourite, t.at),
    asked.DropPhrase: lambda t, e: favourites.drop(t.unit, t.person, e.favourite),
    asked.RecordAnswer: lambda t, e: goals.record_answer(t.unit, t.person, e.goal, e.day, e.answer),
    asked.TakeBackAnswer: lambda t, e: goals.take_back_answer(t.unit, t.person, e.goal, e.day),
    asked.PlanReminder: _plan_pushes,
    asked.PlanCheck: plan_check,
    asked.ProposeSign: lambda t, e: signs.propose(t.unit, t.person, e.case, e.sign, t.at),
    asked.AnswerSign: lambda t, e: signs.answer(
        t.unit, t.person, e.case, e.sign, t.at, approved=e.approved
    ),
    asked.RemoveSign: lambda t, e: signs.remove(t.unit, t.person, e.case, e.sign, t.at),
    asked.RaiseSign: lambda t, e: signs.raise_to_top(t.unit, t.person, e.case, e.sign, t.at),
    asked.SavePlan: lambda t, e: signs.save_plan(t.unit, t.person, e.case, e.plan, t.at),
    asked.SnoozeReminder: _snooze,
    asked.DropReminders: lambda t, _e: dues.drop(t.unit, person=t.person, kinds=PUSHES),
    asked.PlanFollowUp: _follow_up,
    asked.ClearTraces: lambda t, _e: _send(t, Outgoing("clear", "")),
    asked.Unpin: lambda t, _e: _send(t, Outgoing("unpin", "")),
    asked.ExportData: lambda t, _e: _send(
        t, Outgoing("send", "", file=copy_of(t.unit, t.chat, t.at))
    ),
    asked.RegisterTherapist: lambda t, e: cases.register_therapist(
        t.unit, e.invitation, t.person, t.at
    ),
    asked.OpenCase: _open_case,
    asked.RenewInvitation: lambda t, e: cases.renew_invitation(
        t.unit, t.person, e.case, e.role, e.secret, expires_at=t.at + INVITED_FOR
    ),
    asked.JoinCase: lambda t, e: cases.join_case(t.unit, e.invitation, t.person, t.at),
    asked.ConfirmCase: lambda t, e: cases.confirm(t.unit, t.person, e.case, t.at),
    asked.WithdrawInvitation: lambda t, e: cases.withdraw_invitation(
        t.unit, t.person, e.case, e.role
    ),
    asked.CloseCase: lambda t, e: cases.close(t.unit, t.person, e.case, t.at, e.ending),
    asked.LeaveCase: lambda t, e: cases.leave(t.unit, t.person, e.case, t.at),
    asked.NoteTold: lambda t, e: cases.note_told(t.unit, t.person, e.case, t.at),
    asked.NoteLooked: lambda t, e: cases.note_looked(t.unit, t.person, e.case, t.at),
    asked.SetStyle: lambda t, e: cases.set_style(t.unit, t.person, e.case, e.style),
    asked.AssignModule: lambda t, e: cases.assign(t.unit, t.person, e.case, e.module, t.at),
    asked.WithdrawModule: lambda t, e: cases.withdraw(t.unit, t.person, e.case, e.module, t.at),
    asked.MoveModule: lambda t, e: cases.move(
        t.unit, t.person, e.case, e.module, earlier=e.earlier
    ),
    asked.GiveConsent: _give_consent,
    asked.RevokeConsent: lambda t, e: cases.revoke_consent(
        t.unit, t.person, e.case, e.scopes, t.at
    ),
    asked.EndConsent: lambda t, e: bool(consents.run_out(t.unit, t.at, e.case)),
    asked.RecordPaper: _record_paper,
    asked.RevokePaper: lambda t, e: consents.revoke_paper(t.unit, t.person, e.case, t.at),
    asked.ChooseTopics: lambda t, e: agreements.choose_topics(t.unit, t.person, e.case, e.topics),
    asked.AskForCall: lambda t, e: calls.ask(t.unit, t.person, e.case, t.at),
    asked.MarkCallSeen: lambda t, e: calls.mark_seen(t.unit, t.person, e.case, t.at),
    asked.CloseCall: lambda t, e: calls.close(t.unit, t.person, e.case, t.at),
    asked.AgreeOnUse: lambda t, e: agreements.agree(t.unit, t.person, e.case, t.at),
    asked.DisagreeOnUse: lambda t, e: agreements.disagree(t.unit, t.person, e.case),
    asked.RequestContact: lambda t, e: cases.raise_request(
        t.unit, t.person, e.case, e.request, t.at
    ),
    asked.MarkSeen: lambda t, e: cases.mark_seen(t.unit, t.person, e.request, t.at),
    asked.Acknowledge: lambda t, e: cases.acknowledge(t.unit, t.person, e.request, e.action, t.at),
    asked.CloseRequest: lambda t, e: cases.close_request(t.unit, t.person, e.request, t.at),
}
