"""Every table, once. The rest of the store speaks to them through the names at the end.

Bytes are sealed texts or wrapped keys (see encryption.py); times are aware and in UTC on both
databases; ids are random and public, except where a number only orders rows. No Telegram
number, link or code is in any column: they are found by keyed hash.
"""

from datetime import date, datetime, time

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, Table, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

# SQLite numbers rows by itself only where the type is exactly INTEGER.
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
# A late mark must not meet a newer row that inherited the number of an erased one.
_NEVER_REUSED = {"sqlite_autoincrement": True}


def _only_where(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index over the rows that meet a condition, the same on both databases."""
    rows = sql(where)
    return Index(name, *columns, unique=unique, sqlite_where=rows, postgresql_where=rows)


class Secret(SQLModel, table=True):
    """A secret of the service itself, wrapped by the key list."""

    name: str = Field(primary_key=True)
    wrapped: bytes


class Practice(SQLModel, table=True):
    """A practice: the wall behind which its cases are."""

    id: str = Field(primary_key=True)
    created_at: datetime


class Person(SQLModel, table=True):
    """One account: its chat, its alarm, what it has set, and its wrapped data key."""

    __table_args__ = (_only_where("ix_person_erased", "erased_at", where="erased_at IS NOT NULL"),)

    id: str = Field(primary_key=True)
    account_hash: str = Field(unique=True)
    address: bytes | None = None
    data_key: bytes
    role: str
    roles: str
    lang: str
    country: str | None = None
    zone: str
    reminder_at: time
    quiet_from: time
    quiet_to: time
    pushes: bool
    follow_up: bool
    adult: bool
    agreed: bool
    flow: str
    step: str
    memory: bytes | None = None
    paused: bytes | None = None
    revision: int
    pressed: str
    alarm_level: str
    alarm_trigger: str | None = None
    alarm_card: str | None = None
    alarm_since: datetime | None = None
    alarm_heard_at: datetime | None = None
    control_at: datetime | None = None
    goals_off: bool
    own_contact: bytes | None = None
    office: bytes | None = None
    pinned: int | None = Field(default=None, sa_type=BigInteger)
    blocked_at: datetime | None = None
    erased_at: datetime | None = None
    created_at: datetime
    busy_until: datetime | None = None
    busy_by: str | None = None
    rhythm: str = Field(default="daily", sa_column_kwargs={"server_default": "daily"})
    pause_until: date | None = None
    holiday_from: date | None = None
    holiday_to: date | None = None
    discreet: bool = Field(default=False, sa_column_kwargs={"server_default": sql("false")})
    unheard: int = Field(default=0, sa_column_kwargs={"server_default": sql("0")})
    reminded_on: date | None = None
    heard_at: datetime | None = None
    own_dates: bytes | None = None


class Staff(SQLModel, table=True):
    """Who works for which practice."""

    person_id: str = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    practice_id: str = Field(primary_key=True, foreign_key="practice.id", ondelete="CASCADE")
    joined_at: datetime


class Case(SQLModel, table=True):
    """One patient, one partner, one or more therapists of one practice."""

    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id", ondelete="CASCADE", index=True)
    number: str
    opened_at: datetime
    confirmed_at: datetime | None = None
    closed_at: datetime | None = None
    style: str | None = None
    ending: str | None = None


class Member(SQLModel, table=True):
    """Who has which role in a case. The primary key refuses two roles of one account."""

    __table_args__ = (
        _only_where(
            "uq_member_one_of_each",
            "case_id",
            "role",
            where="role IN ('partner', 'patient')",
            unique=True,
        ),
    )

    case_id: str = Field(primary_key=True, foreign_key="case.id", ondelete="CASCADE")
    person_id: str = Field(
        primary_key=True, foreign_key="person.id", ondelete="CASCADE", index=True
    )
    practice_id: str = Field(foreign_key="practice.id", ondelete="CASCADE")
    role: str
    joined_at: datetime
    label: bytes | None = None
    plan: bytes | None = None
    agreed_at: datetime | None = None
    never_topics: str | None = None
    looked_at: datetime | None = None
    told_at: datetime | None = None


class Invitation(SQLModel, table=True):
    """A link or code to join a case or a practice, once."""

    id: str = Field(primary_key=True)
    secret_hash: str = Field(unique=True)
    role: str
    practice_id: str = Field(foreign_key="practice.id", ondelete="CASCADE")
    case_id: str | None = Field(default=None, foreign_key="case.id", ondelete="CASCADE", index=True)
    expires_at: datetime
    used_at: datetime | None = None
    used_by: str | None = Field(
        default=None, foreign_key="person.id", ondelete="SET NULL", index=True
    )


class Consent(SQLModel, table=True):
    """The patient's consent to one scope, as it stands; revoked, it seals the scope's data.

    On paper, `given_at` is the date on the paper, and `recorded_at` and `recorded_by` say which
    therapist wrote it down here, and when.
    """

    case_id: str = Field(primary_key=True, foreign_key="case.id", ondelete="CASCADE")
    scope: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id", ondelete="CASCADE")
    given_at: datetime
    revoked_at: datetime | None = None
    recorded_at: datetime | None = None
    recorded_by: str | None = Field(
        default=None, foreign_key="person.id", ondelete="SET NULL", index=True
    )


class CallRequest(SQLModel, table=True):
    """A patient's wish to be called, for the therapist alone; there is no column for a text."""

    __tablename__ = "call_request"

    case_id: str = Field(primary_key=True, foreign_key="case.id", ondelete="CASCADE")
    practice_id: str = Field(foreign_key="practice.id", ondelete="CASCADE")
    person_id: str = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    asked_at: datetime
    seen_at: datetime | None = None
    closed_at: datetime | None = None


class Sign(SQLModel, table=True):
    """An observable sign: proposed by the partner, whose key seals its words; see signs.py."""

    case_id: str = Field(primary_key=True, foreign_key="case.id", ondelete="CASCADE")
    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id", ondelete="CASCADE")
    person_id: str = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    slug: str | None = None
    words: bytes | None = None
    amber: str
    state: str
    position: int
    proposed_at: datetime
    answered_at: datetime | None = None


class Assignment(SQLModel, table=True):
    """A module suggested to the partner of a case."""

    case_id: str = Field(primary_key=True, foreign_key="case.id", ondelete="CASCADE")
    module: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id", ondelete="CASCADE")
    position: int
    assigned_at: datetime
    withdrawn_at: datetime | None = None


class Progress(SQLModel, table=True):
    """How far a person is in a module."""

    person_id: str = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    module: str = Field(primary_key=True)
    step: str
    finished: bool
    changed_at: datetime


class Goal(SQLModel, table=True):
    """A micro-goal; its id is the person's own, so the key is both."""

    person_id: str = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    id: str = Field(primary_key=True)
    case_id: str | None = Field(default=None, foreign_key="case.id", ondelete="CASCADE", index=True)
    slug: str | None = None
    words: bytes | None = None
    own: bool
    effort: int
    smaller: bool
    active: bool
    misses: int
    asked_on: date | None = None
    answered_on: date | None = None
    done_on: date | None = None
    done: int
    created_at: datetime


class GoalAnswer(SQLModel, table=True):
    """What a person answered about a goal on a local date, once."""

    __tablename__ = "goal_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["person_id", "goal_id"], ["goal.person_id", "goal.id"], ondelete="CASCADE"
        ),
    )

    person_id: str = Field(primary_key=True)
    goal_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    answer: str


class Favourite(SQLModel, table=True):
    """A phrase a person keeps for themselves: an entry of the bank, or own words."""

    person_id: str = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    id: str = Field(primary_key=True)
    slug: str | None = None
    words: bytes | None = None
    kept_at: datetime


class ContactRequest(SQLModel, table=True):
    """A partner's wish to be contacted; there is no column for a text."""

    __tablename__ = "contact_request"

    case_id: str = Field(primary_key=True, foreign_key="case.id", ondelete="CASCADE")
    id: str = Field(primary_key=True)
    practice_id: str = Field(foreign_key="practice.id", ondelete="CASCADE")
    person_id: str = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    raised_at: datetime
    seen_at: datetime | None = None
    action: str | None = None
    closed_at: datetime | None = None


class Due(SQLModel, table=True):
    """Something that must happen later: once per kind, person, case, matter and local date."""

    __table_args__ = (
        UniqueConstraint("kind", "person_id", "case_id", "about", "local_date"),
        # Two NULLs differ for a constraint, so rows without a case have their own.
        _only_where(
            "uq_due_without_case",
            "kind",
            "person_id",
            "about",
            "local_date",
            where="case_id IS NULL",
            unique=True,
        ),
        _only_where("ix_due_waiting", "due_at", where="state = 'waiting'"),
        _only_where(
            "ix_due_urgent",
            "due_at",
            where="state = 'waiting' AND kind IN ('contact', 'notice')",
        ),
        _only_where("ix_due_leased", "lease_until", where="lease_until IS NOT NULL"),
        _NEVER_REUSED,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=_NUMBER)
    kind: str
    person_id: str = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    case_id: str | None = Field(default=None, foreign_key="case.id", ondelete="CASCADE", index=True)
    about: str
    scope: str | None = None
    local_date: date
    due_at: datetime
    state: str
    lease_until: datetime | None = None
    lease_by: str | None = None
    attempts: int


class SendSlot(SQLModel, table=True):
    """Until when the sends of one kind are given out, over all workers; by the server's clock."""

    __tablename__ = "send_slot"

    name: str = Field(primary_key=True)
    next_at: datetime


class UpdateSeen(SQLModel, table=True):
    """An update of the messenger: turned, failing, or set aside with its sealed payload."""

    __tablename__ = "update_seen"

    update_id: int = Field(
        primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    received_at: datetime = Field(index=True)
    failures: int
    state: str
    payload: bytes | None = None
    error: str | None = None
    person_id: str | None = Field(
        default=None, foreign_key="person.id", ondelete="CASCADE", index=True
    )


class Reply(SQLModel, table=True):
    """A message to a person; its payload is gone once it was sent."""

    __table_args__ = (
        Index("ix_reply_person_id_seq", "person_id", "seq"),
        _only_where("ix_reply_unsent", "person_id", "seq", where="state = 'unsent'"),
        _only_where("ix_reply_due", "due_id", where="due_id IS NOT NULL"),
        _NEVER_REUSED,
    )

    seq: int | None = Field(default=None, primary_key=True, sa_type=_NUMBER)
    person_id: str = Field(foreign_key="person.id", ondelete="CASCADE")
    update_id: int | None = Field(default=None, sa_type=BigInteger)
    due_id: int | None = Field(default=None, sa_type=BigInteger)
    payload: bytes | None = None
    state: str
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    created_at: datetime
    sent_at: datetime | None = None


class Erasure(SQLModel, table=True):
    """That somebody was erased, by keyed hash: a backup made before is erased again (backup)."""

    person_hash: str = Field(primary_key=True)
    at: datetime = Field(primary_key=True)


class Guess(SQLModel, table=True):
    """How many wrong links and codes were presented in one hour, by whom or of which practice."""

    bucket: str = Field(primary_key=True)
    hour: datetime = Field(primary_key=True)
    wrong: int


class TierNote(SQLModel, table=True):
    """A tier was answered: code and time, never a text. For the person's own export alone."""

    __tablename__ = "tier_note"

    id: int | None = Field(default=None, primary_key=True, sa_type=_NUMBER)
    person_id: str = Field(foreign_key="person.id", ondelete="CASCADE", index=True)
    tier: str
    trigger: str
    at: datetime


class AccessLog(SQLModel, table=True):
    """Somebody looked at what is a person's own: in which role, at what, when. Never who."""

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_person_id_at", "person_id", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=_NUMBER)
    person_id: str = Field(foreign_key="person.id", ondelete="CASCADE")
    role: str
    what: str
    at: datetime = Field(index=True)


def _core(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


SECRET = _core(Secret)
PRACTICE = _core(Practice)
PERSON = _core(Person)
STAFF = _core(Staff)
CASE = _core(Case)
MEMBER = _core(Member)
INVITATION = _core(Invitation)
CONSENT = _core(Consent)
CALL_REQUEST = _core(CallRequest)
SIGN = _core(Sign)
ASSIGNMENT = _core(Assignment)
PROGRESS = _core(Progress)
GOAL = _core(Goal)
GOAL_ANSWER = _core(GoalAnswer)
FAVOURITE = _core(Favourite)
CONTACT_REQUEST = _core(ContactRequest)
DUE = _core(Due)
SEND_SLOT = _core(SendSlot)
UPDATE_SEEN = _core(UpdateSeen)
REPLY = _core(Reply)
ERASURE = _core(Erasure)
GUESS = _core(Guess)
TIER_NOTE = _core(TierNote)
ACCESS_LOG = _core(AccessLog)
