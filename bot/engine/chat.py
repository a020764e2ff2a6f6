"""What is known about one chat at the moment of a turn. Everything here is frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.safety.alarm import GREEN, Alarm

NOTHING: Mapping[str, str] = MappingProxyType({})
CONSENT_LASTS = timedelta(days=181)  # the shortest six months; then the patient is asked again


def nothing() -> Mapping[str, str]:
    """Return the empty mapping, as the default of a frozen field."""
    return NOTHING


class Role(StrEnum):
    """Who speaks. A visitor has not said yet who they are."""

    VISITOR = "visitor"
    PARTNER = "partner"
    PATIENT = "patient"
    THERAPIST = "therapist"


class Rhythm(StrEnum):
    """How often the reminder comes; it fades when nobody reacts, and comes back when asked to."""

    DAILY = "daily"
    WEEKLY = "weekly"
    SILENT = "silent"


STYLES = ("tip", "question", "reflection", "comfort", "task")
"""How the bot offers things in a case (M22): one variant for each style of alliance."""


LEFT = "left"
SURVIVORS: Mapping[str, Role] = MappingProxyType(
    {"death_patient": Role.PARTNER, "death_partner": Role.PATIENT}
)
"""The endings by a death, and who is bereaved."""
ENDINGS = ("ended", "separated", "moved", *SURVIVORS)
"""Why a therapist closes a case (M30); `LEFT` is the partner's own way out."""


class Scope(StrEnum):
    """What a patient can consent to, each on its own."""

    MODULES = "modules"
    GOALS = "goals"
    SIGNS = "signs"
    SESSION = "session"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Place:
    """A step of a flow, with the answers the flow has gathered so far."""

    flow: str
    step: str
    memory: Mapping[str, str] = field(default_factory=nothing)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person has set. Times are wall-clock times in `zone` (a tz database name).

    Nothing is pushed before the local date `pause_until`, nor from `holiday_from` to
    `holiday_to`, both included. `discreet` lets nothing be seen that others should not read.
    """

    lang: str = "it"
    country: str | None = None
    zone: str = "Europe/Rome"
    reminder_at: time = time(18, 30)
    quiet_from: time = time(21, 30)
    quiet_to: time = time(8, 0)
    pushes: bool = True
    follow_up: bool = False
    rhythm: Rhythm = Rhythm.DAILY
    pause_until: date | None = None
    holiday_from: date | None = None
    holiday_to: date | None = None
    discreet: bool = False


@dataclass(frozen=True, slots=True)
class OwnDates:
    """Dates of the partner's own that a rule needs, on their calendar; nobody else sees them.

    `access_on` is the last time a look into the therapy was asked for (M12). The own load was
    answered with a heavy number from `heavy_since` to `heavy_on`, never with another; the numbers
    themselves are not kept (M27).
    """

    access_on: date | None = None
    heavy_since: date | None = None
    heavy_on: date | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at what is this person's: in which role, at what. Never who.

    `on` is the date, None where telling it would say when somebody else was here.
    """

    role: Role
    what: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """A micro-goal. `slug` names a catalogue entry; own words are in `words` instead.

    `own` says it is the speaker's own care, so nobody else has to agree. `effort` is 1-3.
    """

    id: str
    slug: str | None = None
    words: str | None = None
    own: bool = True
    effort: int = 1
    smaller: bool = False
    active: bool = True
    misses: int = 0
    asked_on: date | None = None
    answered_on: date | None = None
    done_on: date | None = None
    done: int = 0


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that can be observed. `slug` names a catalogue entry; own ones are in `words`.

    `amber` is the code of the prompt that fits when it is seen. `state` is the patient's word:
    proposed (none yet), approved or declined.
    """

    id: str
    slug: str | None = None
    words: str | None = None
    amber: str = "A1"
    state: str = "proposed"


@dataclass(frozen=True, slots=True)
class Favourite:
    """A phrase a person keeps: `slug` names an entry of the bank, own ones are in `words`."""

    id: str
    slug: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A partner's response plan; without `whom` it is not made yet.

    `say` names a ready phrase, own `words` stand in its place; `whom` is who is asked first:
    therapist, doctor or service. `weekly` opts in to a look at the signs once a week; `asked_on`
    is the local date of the last one, and nothing else of it is kept.
    """

    say: str = ""
    words: str = ""
    whom: str = ""
    weekly: bool = False
    asked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a person is in one module."""

    step: str
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request to be contacted: raised by a partner, without any text."""

    id: str
    raised_at: datetime
    seen_at: datetime | None = None
    action: str | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """When a therapist usually answers; wall-clock times and dates as they live them.

    `days` are ISO weekdays, 1 for Monday; without any, nothing is said of days and hours. Away
    from `away_from` to `away_to`, both included; `cover` is who can be turned to meanwhile.
    """

    days: tuple[int, ...] = ()
    start: time = time(9)
    end: time = time(18)
    away_from: date | None = None
    away_to: date | None = None
    cover: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A patient's wish to be called by whoever leads the therapy, without any text."""

    asked_at: datetime
    seen_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One patient, one partner, one therapist, as far as the speaker may know it.

    `mine` is the speaker's role in it. `label` is the therapist's own word for the case and is
    filled for the therapist only. `number` is the confirmation number shown to
    patient and therapist. `shared` are the partner's goals that concern both, for the patient.
    `signs` are those of partner and patient; the `plan` is the partner's alone.

    The consent that stands was given on `given_on` (on paper: the date on the paper, written
    down here on `recorded_on`) and holds until `until`. `agreed_on` is the date of the partner's
    agreement on responsible use. `never` are the topics the patient wants left alone; the
    therapist is not told them. `call` is between patient and therapist.

    `style` is how the bot offers things to the partner, one of `STYLES`. `office` goes with the
    contact details. `ending` says why a case was closed: to its therapist, and after a death to
    whoever is bereaved until `told`. `news` is what the therapist has not looked at: `consent`,
    `left`.
    """

    id: str
    mine: Role
    open: bool = True
    partner_joined: bool = False
    patient_joined: bool = False
    confirmed: bool = False
    number: str = ""
    label: str = ""
    scopes: frozenset[Scope] = frozenset()
    modules: tuple[str, ...] = ()
    contact_details: str = ""
    requests: tuple[Request, ...] = ()
    shared: tuple[Goal, ...] = ()
    signs: tuple[Sign, ...] = ()
    plan: Plan = field(default_factory=Plan)
    given_on: date | None = None
    until: date | None = None
    recorded_on: date | None = None
    agreed_on: date | None = None
    never: frozenset[str] = frozenset()
    call: Call | None = None
    style: str = ""
    office: Office | None = None
    ending: str = ""
    told: bool = False
    news: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Chat:
    """One private chat: who speaks, where the dialogue stands, what may be shown.

    `revision` grows with every move, so a button knows whether it is still the latest;
    `pressed` is the button that made the last move. `paused` is the place an interruption
    left behind. `cases` holds what the speaker's role may see, nothing else. `pinned` is the
    messenger's number of the card that stands pinned. `unheard` counts
    the reminders since the person last did anything, `reminded_on` is the local date of the
    latest one. `looks` are there only where they are shown (the flow `my_data`). `office` is a
    therapist's own. `favourites` are there only in `coach` and `phrases`. `control_at` is when
    control or violence was told of, for as long as something rests because of it.
    """

    person: str
    role: Role = Role.VISITOR
    roles: tuple[Role, ...] = ()
    place: Place = Place("onboarding", "hello")
    revision: int = 0
    pressed: str = ""
    paused: Place | None = None
    alarm: Alarm = GREEN
    goals_off: bool = False
    adult: bool = False
    agreed: bool = False
    own_contact: str = ""
    preferences: Preferences = field(default_factory=Preferences)
    progress: Mapping[str, Progress] = field(default_factory=lambda: MappingProxyType({}))
    goals: tuple[Goal, ...] = ()
    cases: tuple[Case, ...] = ()
    pinned: int | None = None
    unheard: int = 0
    reminded_on: date | None = None
    looks: tuple[Look, ...] = ()
    office: Office = Office()
    own_dates: OwnDates = OwnDates()
    favourites: tuple[Favourite, ...] = ()
    control_at: datetime | None = None

    @property
    def memory(self) -> Mapping[str, str]:
        """The answers gathered by the flow in progress."""
        return self.place.memory

    @property
    def case(self) -> Case | None:
        """The open case of a partner or patient; None on the information-only track."""
        if self.role is Role.THERAPIST:
            return None
        return next((case for case in self.roster if case.open), None)

    @property
    def roster(self) -> tuple[Case, ...]:
        """The cases of the role the person speaks in now."""
        return tuple(case for case in self.cases if case.mine is self.role)

    @property
    def never(self) -> frozenset[str]:
        """The topics the patient wants left alone: to the partner they do not exist."""
        return self.case.never if self.case and self.role is Role.PARTNER else frozenset()

    @property
    def traits(self) -> tuple[str, ...]:
        """The attributes that choose a variant of a step, the first match wins."""
        case = self.case
        if case is None:
            return ("no_therapist",)
        return (case.style,) if case.style and Scope.MODULES in self.scopes else ()

    @property
    def scopes(self) -> frozenset[Scope]:
        """What may be done about the patient: empty until all three keys are there."""
        case = self.case
        return case.scopes if case and case.confirmed and self.agreed else frozenset()
