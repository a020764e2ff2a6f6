"""The matrix of who sees what: every act on a case, every state of its consent, three cases.

An act is seen by somebody when their chat differs from what it would be had nobody acted: a turn
is a function of the chat, so what leaves it the same cannot be told from what never happened,
byte for byte.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.engine import effects as asked
from bot.engine.chat import CONSENT_LASTS, Favourite, Goal, Office, Place, Plan, Role, Scope, Sign
from bot.engine.effects import Effect
from bot.services.carrying import Turned, carry_out
from bot.store import favourites, people
from bot.store.database import Unit
from tests.matrix import PARTNER, PATIENT, THERAPIST
from tests.store.scene import EVERY_SCOPE, NOON, Scene, Three

HOUR = timedelta(hours=1)
ACTED, SEALED, LOOKED = NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR
ELSEWHERE = "another practice"

NEVER, OWN, CASE, NEWS = "never", "own", "case", "news"
Seen = str | Scope
"""When an act is seen: never, always (one's own), while the case is open, under a scope; what is
no news any more, until there is other news."""

EARLIER = Sign("earlier", slug="long_in_bed")
BOTH = Goal("both", words="due passi insieme", own=False)


class _Undo(Exception):
    """Everything done in a unit is undone."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something done in a case: by whom, and who sees it when."""

    by: Role
    effect: Callable[[str], Effect]
    partner: Seen = NEVER
    patient: Seen = NEVER
    therapist: Seen = NEVER

    def seen_by(self, role: Role) -> Seen:
        """When this role sees it."""
        return {PARTNER: self.partner, PATIENT: self.patient, THERAPIST: self.therapist}[role]


MODULES, GOALS, SIGNS, CONTACT = Scope.MODULES, Scope.GOALS, Scope.SIGNS, Scope.CONTACT

ACTS: Mapping[str, Act] = MappingProxyType(
    {
        "a module is assigned": Act(
            THERAPIST, lambda c: asked.AssignModule(c, "own_load"), MODULES, MODULES, MODULES
        ),
        "a module is taken back": Act(
            THERAPIST, lambda c: asked.WithdrawModule(c, "low_friction"), MODULES, MODULES, MODULES
        ),
        "a module goes first": Act(
            THERAPIST,
            lambda c: asked.MoveModule(c, "not_willpower", earlier=True),
            MODULES,
            MODULES,
            MODULES,
        ),
        "a style is chosen": Act(
            THERAPIST, lambda c: asked.SetStyle(c, "task"), partner=MODULES, therapist=CASE
        ),
        "the therapist looks": Act(THERAPIST, asked.NoteLooked, therapist=NEWS),
        "a request is read": Act(
            THERAPIST, lambda _: asked.MarkSeen("request"), partner=CONTACT, therapist=CONTACT
        ),
        "a request is answered": Act(
            THERAPIST,
            lambda _: asked.Acknowledge("request", "call"),
            partner=CONTACT,
            therapist=CONTACT,
        ),
        "an answered request is closed": Act(
            THERAPIST, lambda _: asked.CloseRequest("answered"), partner=CONTACT, therapist=CONTACT
        ),
        "a wish to be called is read": Act(
            THERAPIST, asked.MarkCallSeen, patient=CASE, therapist=CASE
        ),
        "a wish to be called is taken": Act(
            THERAPIST, asked.CloseCall, patient=CASE, therapist=CASE
        ),
        "contact is asked for": Act(
            PARTNER,
            lambda c: asked.RequestContact(c, "another"),
            partner=CONTACT,
            therapist=CONTACT,
        ),
        "a sign is proposed": Act(
            PARTNER, lambda c: asked.ProposeSign(c, Sign("new", words="tace")), SIGNS, SIGNS
        ),
        "a sign is taken off": Act(PARTNER, lambda c: asked.RemoveSign(c, "first"), SIGNS, SIGNS),
        "a sign goes first": Act(PARTNER, lambda c: asked.RaiseSign(c, "second"), SIGNS, SIGNS),
        "a plan is made": Act(
            PARTNER, lambda c: asked.SavePlan(c, Plan(words="un tè?", whom="doctor")), SIGNS
        ),
        "a goal for both is taken": Act(PARTNER, lambda _: asked.SaveGoal(BOTH), GOALS, GOALS),
        "a goal for both goes badly": Act(
            PARTNER,
            lambda _: asked.SaveGoal(replace(BOTH, id="shared", misses=3)),
            partner=GOALS,
        ),
        "own care is planned": Act(
            PARTNER, lambda _: asked.SaveGoal(Goal("mine", words="caffè")), partner=OWN
        ),
        "a goal is answered": Act(
            PARTNER, lambda _: asked.RecordAnswer("shared", ACTED.date(), "done")
        ),
        "an answer is taken back": Act(
            PARTNER, lambda _: asked.TakeBackAnswer("shared", NOON.date())
        ),
        "a module is read": Act(
            PARTNER, lambda _: asked.SaveProgress("own_load", "start"), partner=OWN
        ),
        "a phrase is kept": Act(
            PARTNER, lambda _: asked.KeepPhrase(Favourite("new", words="ci sono")), partner=OWN
        ),
        "a phrase is dropped": Act(PARTNER, lambda _: asked.DropPhrase("kept"), partner=OWN),
        "a cry is answered": Act(PARTNER, lambda _: asked.NoteTier(asked.Tier.RED, "R3")),
        "topics are left alone": Act(
            PATIENT,
            lambda c: asked.ChooseTopics(c, frozenset({"intimacy"})),
            partner=CASE,
            patient=CASE,
        ),
        "a sign is approved": Act(
            PATIENT, lambda c: asked.AnswerSign(c, "first", approved=True), SIGNS, SIGNS
        ),
        "a sign is declined": Act(
            PATIENT, lambda c: asked.AnswerSign(c, "second", approved=False), SIGNS, SIGNS
        ),
        "a patient's cry is answered": Act(PATIENT, lambda _: asked.NoteTier(asked.Tier.RED, "R1")),
    }
)

# What changes who may see at all: the states of the matrix, each tried over every act.
STATES: Mapping[str, tuple[Role, Callable[[str], Effect]] | None] = MappingProxyType(
    {
        "open": None,
        **{
            f"{scope} revoked": (
                PATIENT,
                lambda c, scope=scope: asked.RevokeConsent(c, frozenset({scope})),
            )
            for scope in Scope
        },
        **{
            f"all but {scope} revoked": (
                PATIENT,
                lambda c, scope=scope: asked.GiveConsent(c, frozenset({scope})),
            )
            for scope in Scope
        },
        "everything revoked": (PATIENT, lambda c: asked.RevokeConsent(c, EVERY_SCOPE)),
        "run out": None,
        "the partner disagrees": (PARTNER, asked.DisagreeOnUse),
        "closed": (THERAPIST, lambda c: asked.CloseCase(c, "ended")),
        "left": (PARTNER, asked.LeaveCase),
    }
)
# In no case, before there is one, or done by the program: nothing anybody could see of others.
ELSE = {
    asked.Say,
    asked.Attach,
    asked.Notify,
    asked.PlanReminder,
    asked.SnoozeReminder,
    asked.DropReminders,
    asked.PlanFollowUp,
    asked.PlanCheck,
    asked.PinCard,
    asked.ClearTraces,
    asked.Unpin,
    asked.ExportData,
    asked.ErasePerson,
    asked.RegisterTherapist,
    asked.OpenCase,
    asked.JoinCase,
    asked.RenewInvitation,
    asked.WithdrawInvitation,
    asked.ConfirmCase,
    asked.EndConsent,
    asked.RecordPaper,
    asked.RevokePaper,
    asked.AgreeOnUse,
    asked.AskForCall,
    asked.NoteTold,
}


def stands(state: str) -> frozenset[Scope]:
    """The scopes that the state leaves."""
    if state.startswith("all but "):
        return frozenset({Scope(state.split()[2])})
    if state.endswith(" revoked") and state != "everything revoked":
        return EVERY_SCOPE - {Scope(state.removesuffix(" revoked"))}
    return EVERY_SCOPE if state in {"open", "the partner disagrees"} else frozenset()


def expected(act: Act, role: Role, state: str) -> bool:
    """Whether a role sees an act once the state has come."""
    when = act.seen_by(role)
    if isinstance(when, Scope):
        disagrees = state == "the partner disagrees" and role is PARTNER
        return when in stands(state) and not disagrees
    if when == NEWS:
        return state in {"open", "run out", "the partner disagrees"}
    return when == OWN or (when == CASE and state not in {"closed", "left"})


@dataclass(slots=True)
class World:
    """Three cases: ours, next door in the same practice, and in another one."""

    scene: Scene
    ours: Three
    next_door: Three
    elsewhere: Three

    def who(self, role: Role) -> str:
        """Whoever has a role in our case."""
        return {PARTNER: self.ours.partner, PATIENT: self.ours.patient}.get(
            role, self.ours.therapist
        )

    @property
    def others(self) -> tuple[str, ...]:
        """Everybody who has nothing to do with our case."""
        both = (self.next_door, self.elsewhere)
        return tuple(p for three in both for p in (three.therapist, three.partner, three.patient))


def do(unit: Unit, person: str, *effects: Effect, at: datetime = ACTED) -> None:
    """Carry out what a turn of this person would ask for."""
    chat = people.lock_and_load(unit, person, at)
    chat = replace(chat, role=chat.cases[0].mine) if chat.cases else chat
    carry_out(Turned(unit, person, chat, at), effects)


@contextmanager
def undone(scene: Scene) -> Iterator[Unit]:
    """A unit that never was."""
    with suppress(_Undo), scene.unit() as unit:
        yield unit
        raise _Undo


def furnished(scene: Scene, practice: str = "practice") -> Three:
    """A case with everything in it that somebody could see."""
    three = scene.three(practice=practice)
    case = three.case
    with scene.unit() as unit:
        chat = people.lock_and_load(unit, three.therapist)
        known = replace(chat, own_contact=f"phone of {case}", office=Office(cover=f"near {case}"))
        people.save(unit, chat, known)
        for module in ("low_friction", "not_willpower"):
            do(unit, three.therapist, asked.AssignModule(case, module), at=NOON)
        signs = (replace(EARLIER, id=name, slug=None, words=name) for name in ("first", "second"))
        do(
            unit,
            three.partner,
            *(asked.ProposeSign(case, sign) for sign in signs),
            asked.SavePlan(case, Plan(say="noticed", whom="therapist", weekly=True)),
            asked.SaveGoal(replace(BOTH, id="shared")),
            asked.RecordAnswer("shared", NOON.date(), "done"),
            asked.KeepPhrase(Favourite("kept", words="sono qui")),
            asked.RequestContact(case, "request"),
            asked.RequestContact(case, "answered"),
            at=NOON,
        )
        do(unit, three.therapist, asked.Acknowledge("answered", "call"), at=NOON)
        do(unit, three.patient, asked.AskForCall(case), at=NOON)
        for person in (three.partner, three.patient, three.therapist):
            # Where everything is loaded that is loaded only where it is shown.
            chat = people.lock_and_load(unit, person)
            people.save(unit, chat, replace(chat, place=Place(min(favourites.SHOWN_IN), "start")))
    return three


def come(unit: Unit, world: World, state: str) -> datetime:
    """Let a state come; return the moment at which everybody looks."""
    if change := STATES[state]:
        role, effect = change
        do(unit, world.who(role), effect(world.ours.case), at=SEALED)
    return NOON + CONSENT_LASTS + HOUR if state == "run out" else LOOKED
