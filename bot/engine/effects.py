"""What a turn asks for. Only `Say` reaches the person; the rest is done in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from bot.engine.chat import Favourite, Goal, Plan, Role, Scope, Sign
from bot.safety.reading import Tier


@dataclass(frozen=True, slots=True)
class Words:
    """An entry of the message catalogue with its values; `count` picks the plural form.

    A value may be a string, a number, a date, a time, another `Words` or `Entry`, or a tuple of
    those (a list); each is put into the person's language when it is rendered.
    """

    id: str
    values: Mapping[str, "Value"] = field(default_factory=lambda: MappingProxyType({}))
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """One message (`part`) of a step of a module, or the label of its button (`button`)."""

    module: str
    step: str
    part: int = 0
    button: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of what content offers: `Entry("goals", "short_walk", "text")`.

    `Entry("contacts", "IT", "line")` is a number with its hours, `Entry("links", secret, "start")`
    the address that opens the bot with a secret, `Entry("zones", "Europe/Rome", "city")` the city
    of a time zone as the language calls it.
    """

    file: str
    key: str
    name: str = "text"


@dataclass(frozen=True, slots=True)
class Told:
    """A text told in the language `lang`, whatever the person's own is."""

    text: "Words | Passage | Entry"
    lang: str


Text = Words | Passage | Entry | Told
Value = str | int | time | date | datetime | Text | tuple["Value", ...]


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its label, the move it stands for and at most one short value (≤ 16 characters).

    `lasting` buttons work however old their message is; the others only on the latest one.
    """

    label: Text
    move: str
    value: str = ""
    lasting: bool = False


class Effect:
    """Anything a turn can ask for."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Say(Effect):
    """Say one message, with its buttons in rows. `push` says the person did not ask for it now."""

    text: Text
    rows: tuple[tuple[Button, ...], ...] = ()
    tier: Tier = Tier.NONE
    edit: bool = False
    push: bool = False


@dataclass(frozen=True, slots=True)
class Attach(Effect):
    """Send a file, made now and kept nowhere, with its caption.

    `kind` says what makes it: `qr` is a picture of the address `of`, to be scanned.
    """

    kind: str
    caption: Text
    of: Text | None = None


@dataclass(frozen=True, slots=True)
class NoteTier(Effect):
    """Note that a tier was answered: code and time, never the text."""

    tier: Tier
    trigger: str


@dataclass(frozen=True, slots=True)
class SaveProgress(Effect):
    """Save how far the person is in a module."""

    module: str
    step: str
    finished: bool = False


@dataclass(frozen=True, slots=True)
class SaveGoal(Effect):
    """Save a new or changed micro-goal."""

    goal: Goal


@dataclass(frozen=True, slots=True)
class KeepPhrase(Effect):
    """Keep a phrase among the speaker's own."""

    favourite: Favourite


@dataclass(frozen=True, slots=True)
class DropPhrase(Effect):
    """Take a phrase off the speaker's own."""

    favourite: str


@dataclass(frozen=True, slots=True)
class RecordAnswer(Effect):
    """Record the answer for a goal on a local date: done, partly or not_today."""

    goal: str
    day: date
    answer: str


@dataclass(frozen=True, slots=True)
class TakeBackAnswer(Effect):
    """Take the answer for a goal on a local date back: it was not meant."""

    goal: str
    day: date


@dataclass(frozen=True, slots=True)
class PlanReminder(Effect):
    """Make the next daily reminder due, at the person's hour and zone, from `after` on."""

    after: datetime


@dataclass(frozen=True, slots=True)
class SnoozeReminder(Effect):
    """Ask again about a goal after `delay`, once a day, and never past the quiet hours."""

    goal: str
    day: date
    delay: timedelta


@dataclass(frozen=True, slots=True)
class DropReminders(Effect):
    """Drop whatever was to be pushed to this person."""


@dataclass(frozen=True, slots=True)
class PlanFollowUp(Effect):
    """Write one neutral message after `delay`, as agreed at onboarding."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class RegisterTherapist(Effect):
    """Use the operator's invitation: this account works for its practice from now on."""

    invitation: str


@dataclass(frozen=True, slots=True)
class OpenCase(Effect):
    """Open a case with its partner link and patient code; only their hashes are stored."""

    case: str
    label: str
    number: str
    link: str
    code: str


@dataclass(frozen=True, slots=True)
class RenewInvitation(Effect):
    """Replace the unused invitation of `role` in a case by a new secret."""

    case: str
    role: Role
    secret: str


@dataclass(frozen=True, slots=True)
class JoinCase(Effect):
    """Use an invitation: this account becomes the partner or the patient of its case."""

    invitation: str


@dataclass(frozen=True, slots=True)
class ConfirmCase(Effect):
    """The therapist confirms that the right people are in the case."""

    case: str


@dataclass(frozen=True, slots=True)
class WithdrawInvitation(Effect):
    """Take back the unused invitation of `role` in a case: it opens nothing any more."""

    case: str
    role: Role


@dataclass(frozen=True, slots=True)
class CloseCase(Effect):
    """The therapist closes a case for a reason: every push of it stops at once."""

    case: str
    ending: str


@dataclass(frozen=True, slots=True)
class LeaveCase(Effect):
    """The partner leaves: the case is closed, and every push of it stops at once."""

    case: str


@dataclass(frozen=True, slots=True)
class NoteTold(Effect):
    """A bereaved person has met the card that waited for them; it does not come again."""

    case: str


@dataclass(frozen=True, slots=True)
class NoteLooked(Effect):
    """The therapist has looked at a case: what changed until now is no news any more."""

    case: str


@dataclass(frozen=True, slots=True)
class SetStyle(Effect):
    """The therapist chooses how the bot offers things in a case; an empty style is none."""

    case: str
    style: str


@dataclass(frozen=True, slots=True)
class AssignModule(Effect):
    """The therapist assigns a module to the partner of a case."""

    case: str
    module: str


@dataclass(frozen=True, slots=True)
class WithdrawModule(Effect):
    """The therapist takes an assigned module back."""

    case: str
    module: str


@dataclass(frozen=True, slots=True)
class MoveModule(Effect):
    """The therapist puts an assigned module one place earlier or later in the list."""

    case: str
    module: str
    earlier: bool


@dataclass(frozen=True, slots=True)
class GiveConsent(Effect):
    """The patient consents to exactly these scopes from now on."""

    case: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class RevokeConsent(Effect):
    """The patient revokes these scopes: sealed at once, everywhere."""

    case: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class EndConsent(Effect):
    """Seal what has run out in a case because nobody renewed it."""

    case: str


@dataclass(frozen=True, slots=True)
class RecordPaper(Effect):
    """The therapist writes down what a patient without an account signed on paper `on` a day."""

    case: str
    scopes: frozenset[Scope]
    on: date


@dataclass(frozen=True, slots=True)
class RevokePaper(Effect):
    """The therapist takes the consent on paper back, on the patient's word."""

    case: str


@dataclass(frozen=True, slots=True)
class ChooseTopics(Effect):
    """The patient wants exactly these topics left alone from now on."""

    case: str
    topics: frozenset[str]


@dataclass(frozen=True, slots=True)
class AskForCall(Effect):
    """The patient asks whoever leads the therapy to call; the partner never learns of it."""

    case: str


@dataclass(frozen=True, slots=True)
class MarkCallSeen(Effect):
    """The therapist has read that the patient of a case asks for a call."""

    case: str


@dataclass(frozen=True, slots=True)
class CloseCall(Effect):
    """The therapist takes the patient's wish for a call from here."""

    case: str


@dataclass(frozen=True, slots=True)
class AgreeOnUse(Effect):
    """The partner agrees on responsible use: only then does anything of the case open."""

    case: str


@dataclass(frozen=True, slots=True)
class DisagreeOnUse(Effect):
    """The partner takes that agreement back."""

    case: str


@dataclass(frozen=True, slots=True)
class RequestContact(Effect):
    """The partner asks whoever leads the therapy to get in touch; no text goes with it."""

    case: str
    request: str


@dataclass(frozen=True, slots=True)
class MarkSeen(Effect):
    """The therapist has read a contact request."""

    request: str


@dataclass(frozen=True, slots=True)
class Acknowledge(Effect):
    """The therapist says what will be done about a contact request: call, session, other."""

    request: str
    action: str


@dataclass(frozen=True, slots=True)
class CloseRequest(Effect):
    """The therapist did what was said about a contact request: it is closed."""

    request: str


@dataclass(frozen=True, slots=True)
class Notify(Effect):
    """Tell the member of a case who has `role`, in their own chat, as soon as may be."""

    case: str
    role: Role
    kind: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class ProposeSign(Effect):
    """The partner proposes an observable sign; it counts once the patient has approved it."""

    case: str
    sign: Sign


@dataclass(frozen=True, slots=True)
class AnswerSign(Effect):
    """The patient approves or declines a sign of the partner's list."""

    case: str
    sign: str
    approved: bool


@dataclass(frozen=True, slots=True)
class RemoveSign(Effect):
    """The partner takes a sign off the list."""

    case: str
    sign: str


@dataclass(frozen=True, slots=True)
class RaiseSign(Effect):
    """The partner puts a sign at the top of the list."""

    case: str
    sign: str


@dataclass(frozen=True, slots=True)
class SavePlan(Effect):
    """Save the partner's response plan as it is now."""

    case: str
    plan: Plan


@dataclass(frozen=True, slots=True)
class PlanCheck(Effect):
    """Make the weekly look at the signs due after the local date `day`, at the person's hour.

    `goes_on` keeps it coming while nobody may know whether it is wanted: the scope is sealed.
    """

    day: date
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class PinCard(Effect):
    """Pin the last message of this turn, in the place of what was pinned before."""


@dataclass(frozen=True, slots=True)
class ClearTraces(Effect):
    """Delete the bot's own messages of the last 48 hours, and unpin what is pinned."""


@dataclass(frozen=True, slots=True)
class Unpin(Effect):
    """Unpin what is pinned: in discreet mode nothing stands at the top of the chat."""


@dataclass(frozen=True, slots=True)
class ExportData(Effect):
    """Send the speaker a file with everything that is held about them."""


@dataclass(frozen=True, slots=True)
class ErasePerson(Effect):
    """Erase everything about the speaker, after the last words of this turn."""
