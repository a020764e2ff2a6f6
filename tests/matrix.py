"""Who may ask for what, and under which consent: one row for every effect there is.

Whoever adds an effect adds its row; the tests that walk the flows and those that act on a
database both read it here (P8, P9).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.engine import effects as asked
from bot.engine.chat import Role, Scope
from bot.engine.effects import Effect


@dataclass(frozen=True, slots=True)
class Right:
    """Who may ask for an effect, under which scope; `everywhere`: also without any key.

    Of a partner everything else wants all three keys.
    """

    roles: frozenset[Role]
    scope: Scope | None = None
    everywhere: bool = False


VISITOR, PARTNER, PATIENT, THERAPIST = Role
ANYBODY = frozenset(Role)


def _own(*roles: Role) -> Right:
    """What concerns nobody but the speaker."""
    return Right(frozenset(roles) or ANYBODY, everywhere=True)


def _of(role: Role, scope: Scope | None = None, *, everywhere: bool = False) -> Right:
    return Right(frozenset({role}), scope, everywhere)


RIGHTS: Mapping[type[Effect], Right] = MappingProxyType(
    {
        # what is said and noted of the speaker alone
        asked.Say: _own(),
        asked.NoteTier: _own(),
        asked.PlanReminder: _own(),
        asked.SnoozeReminder: _own(PARTNER),
        asked.DropReminders: _own(),
        asked.PlanFollowUp: _own(),
        asked.PinCard: _own(PARTNER),
        asked.Unpin: _own(),
        asked.ClearTraces: _own(),
        asked.ExportData: _own(),
        asked.ErasePerson: _own(),
        asked.SaveProgress: _own(PARTNER),
        asked.SaveGoal: _own(PARTNER),  # for both: under `goals`, see `right`
        asked.RecordAnswer: _own(PARTNER),
        asked.TakeBackAnswer: _own(PARTNER),
        asked.KeepPhrase: _own(PARTNER),
        asked.DropPhrase: _own(PARTNER),
        # joining and leaving
        asked.RegisterTherapist: _own(),
        asked.JoinCase: _own(),
        asked.AgreeOnUse: _of(PARTNER, everywhere=True),
        asked.DisagreeOnUse: _of(PARTNER, everywhere=True),
        asked.LeaveCase: _of(PARTNER, everywhere=True),
        asked.NoteTold: Right(frozenset({PARTNER, PATIENT}), everywhere=True),
        # the partner's, about the patient
        asked.RequestContact: _of(PARTNER, Scope.CONTACT),
        asked.ProposeSign: _of(PARTNER, Scope.SIGNS),
        asked.RemoveSign: _of(PARTNER, Scope.SIGNS),
        asked.RaiseSign: _of(PARTNER, Scope.SIGNS),
        asked.SavePlan: _of(PARTNER, Scope.SIGNS),
        asked.PlanCheck: _of(PARTNER, Scope.SIGNS),
        # the patient's
        asked.GiveConsent: _of(PATIENT),
        asked.RevokeConsent: _of(PATIENT),
        asked.EndConsent: Right(frozenset({PATIENT, THERAPIST})),
        asked.ChooseTopics: _of(PATIENT),
        asked.AskForCall: _of(PATIENT),
        asked.AnswerSign: _of(PATIENT, Scope.SIGNS),
        # the therapist's
        asked.Attach: _of(THERAPIST),
        asked.OpenCase: _of(THERAPIST),
        asked.RenewInvitation: _of(THERAPIST),
        asked.WithdrawInvitation: _of(THERAPIST),
        asked.ConfirmCase: _of(THERAPIST),
        asked.CloseCase: _of(THERAPIST),
        asked.NoteLooked: _of(THERAPIST),
        asked.SetStyle: _of(THERAPIST),
        asked.AssignModule: _of(THERAPIST),
        asked.WithdrawModule: _of(THERAPIST),
        asked.MoveModule: _of(THERAPIST),
        asked.RecordPaper: _of(THERAPIST),
        asked.RevokePaper: _of(THERAPIST),
        asked.MarkSeen: _of(THERAPIST, Scope.CONTACT),
        asked.Acknowledge: _of(THERAPIST, Scope.CONTACT),
        asked.CloseRequest: _of(THERAPIST, Scope.CONTACT),
        asked.MarkCallSeen: _of(THERAPIST),
        asked.CloseCall: _of(THERAPIST),
        # told to somebody else in the case
        asked.Notify: Right(ANYBODY, everywhere=True),
    }
)


def every_effect() -> Iterator[type[Effect]]:
    """Every effect the engine knows."""
    for named in vars(asked).values():
        if isinstance(named, type) and issubclass(named, Effect) and named is not Effect:
            yield named


def right(effect: Effect) -> Right:
    """The row of an effect as it is asked for."""
    if isinstance(effect, asked.SaveGoal) and not effect.goal.own:
        return _of(PARTNER, Scope.GOALS)
    return RIGHTS[type(effect)]
