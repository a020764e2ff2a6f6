"""The first tables."""

from datetime import date, datetime, time

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    _people()
    _cases()
    _own()
    _traffic()


def downgrade() -> None:
    """Drop every table."""
    for table in (
        "reply",
        "update_seen",
        "due",
        "tier_note",
        "goal_answer",
        "goal",
        "progress",
        "contact_request",
        "assignment",
        "consent",
        "invitation",
        "member",
        "case",
        "staff",
        "person",
        "secret",
        "practice",
    ):
        op.drop_table(table)


def _people() -> None:
    op.create_table(
        "practice",
        _text("id"),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_practice"),
    )
    op.create_table(
        "secret",
        _text("name"),
        _sealed("wrapped"),
        sa.PrimaryKeyConstraint("name", name="pk_secret"),
    )
    op.create_table(
        "person",
        _text("id"),
        _text("account_hash"),
        _sealed("address", optional=True),
        _sealed("data_key"),
        _text("role"),
        _text("roles"),
        _text("lang"),
        _text("country", optional=True),
        _text("zone"),
        _hour("reminder_at"),
        _hour("quiet_from"),
        _hour("quiet_to"),
        _flag("pushes"),
        _flag("follow_up"),
        _flag("adult"),
        _flag("agreed"),
        _text("flow"),
        _text("step"),
        _sealed("memory", optional=True),
        _sealed("paused", optional=True),
        _count("revision"),
        _text("pressed"),
        _text("alarm_level"),
        _text("alarm_trigger", optional=True),
        _text("alarm_card", optional=True),
        _moment("alarm_since", optional=True),
        _moment("alarm_heard_at", optional=True),
        _flag("goals_off"),
        _sealed("own_contact", optional=True),
        _moment("blocked_at", optional=True),
        _moment("erased_at", optional=True),
        _moment("created_at"),
        _moment("busy_until", optional=True),
        _text("busy_by", optional=True),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("account_hash", name="uq_person_account_hash"),
    )
    _index_where("ix_person_erased", "person", "erased_at", where="erased_at IS NOT NULL")
    op.create_table(
        "staff",
        _text("person_id"),
        _text("practice_id"),
        _moment("joined_at"),
        sa.PrimaryKeyConstraint("person_id", "practice_id", name="pk_staff"),
        _belongs("staff", "person_id", "person.id"),
        _belongs("staff", "practice_id", "practice.id"),
    )


def _cases() -> None:
    op.create_table(
        "case",
        _text("id"),
        _text("practice_id"),
        _text("number"),
        _moment("opened_at"),
        _moment("confirmed_at", optional=True),
        _moment("closed_at", optional=True),
        sa.PrimaryKeyConstraint("id", name="pk_case"),
        _belongs("case", "practice_id", "practice.id"),
    )
    op.create_index("ix_case_practice_id", "case", ["practice_id"])
    op.create_table(
        "member",
        _text("case_id"),
        _text("person_id"),
        _text("practice_id"),
        _text("role"),
        _moment("joined_at"),
        _sealed("label", optional=True),
        sa.PrimaryKeyConstraint("case_id", "person_id", name="pk_member"),
        _belongs("member", "case_id", "case.id"),
        _belongs("member", "person_id", "person.id"),
        _belongs("member", "practice_id", "practice.id"),
    )
    op.create_index("ix_member_person_id", "member", ["person_id"])
    _index_where(
        "uq_member_one_of_each",
        "member",
        "case_id",
        "role",
        where="role IN ('partner', 'patient')",
        unique=True,
    )
    op.create_table(
        "invitation",
        _text("id"),
        _text("secret_hash"),
        _text("role"),
        _text("practice_id"),
        _text("case_id", optional=True),
        _moment("expires_at"),
        _moment("used_at", optional=True),
        _text("used_by", optional=True),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        _belongs("invitation", "case_id", "case.id"),
        _belongs("invitation", "practice_id", "practice.id"),
        sa.ForeignKeyConstraint(
            ["used_by"], ["person.id"], name="fk_invitation_used_by", ondelete="SET NULL"
        ),
        sa.UniqueConstraint("secret_hash", name="uq_invitation_secret_hash"),
    )
    op.create_index("ix_invitation_case_id", "invitation", ["case_id"])
    op.create_index("ix_invitation_used_by", "invitation", ["used_by"])
    op.create_table(
        "consent",
        _text("case_id"),
        _text("scope"),
        _text("practice_id"),
        _moment("given_at"),
        _moment("revoked_at", optional=True),
        sa.PrimaryKeyConstraint("case_id", "scope", name="pk_consent"),
        _belongs("consent", "case_id", "case.id"),
        _belongs("consent", "practice_id", "practice.id"),
    )
    op.create_table(
        "assignment",
        _text("case_id"),
        _text("module"),
        _text("practice_id"),
        _count("position"),
        _moment("assigned_at"),
        _moment("withdrawn_at", optional=True),
        sa.PrimaryKeyConstraint("case_id", "module", name="pk_assignment"),
        _belongs("assignment", "case_id", "case.id"),
        _belongs("assignment", "practice_id", "practice.id"),
    )
    op.create_table(
        "contact_request",
        _text("case_id"),
        _text("id"),
        _text("practice_id"),
        _text("person_id"),
        _moment("raised_at"),
        _moment("seen_at", optional=True),
        _text("action", optional=True),
        _moment("closed_at", optional=True),
        sa.PrimaryKeyConstraint("case_id", "id", name="pk_contact_request"),
        _belongs("contact_request", "case_id", "case.id"),
        _belongs("contact_request", "person_id", "person.id"),
        _belongs("contact_request", "practice_id", "practice.id"),
    )
    op.create_index("ix_contact_request_person_id", "contact_request", ["person_id"])


def _own() -> None:
    op.create_table(
        "progress",
        _text("person_id"),
        _text("module"),
        _text("step"),
        _flag("finished"),
        _moment("changed_at"),
        sa.PrimaryKeyConstraint("person_id", "module", name="pk_progress"),
        _belongs("progress", "person_id", "person.id"),
    )
    op.create_table(
        "goal",
        _text("person_id"),
        _text("id"),
        _text("case_id", optional=True),
        _text("slug", optional=True),
        _sealed("words", optional=True),
        _flag("own"),
        _count("effort"),
        _flag("smaller"),
        _flag("active"),
        _count("misses"),
        _day("asked_on", optional=True),
        _day("answered_on", optional=True),
        _day("done_on", optional=True),
        _count("done"),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("person_id", "id", name="pk_goal"),
        _belongs("goal", "case_id", "case.id"),
        _belongs("goal", "person_id", "person.id"),
    )
    op.create_index("ix_goal_case_id", "goal", ["case_id"])
    op.create_table(
        "goal_answer",
        _text("person_id"),
        _text("goal_id"),
        _day("day"),
        _text("answer"),
        sa.PrimaryKeyConstraint("person_id", "goal_id", "day", name="pk_goal_answer"),
        sa.ForeignKeyConstraint(
            ["person_id", "goal_id"],
            ["goal.person_id", "goal.id"],
            name="fk_goal_answer_person_id_goal_id",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "tier_note",
        _serial("id"),
        _text("person_id"),
        _text("tier"),
        _text("trigger"),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name="pk_tier_note"),
        _belongs("tier_note", "person_id", "person.id"),
    )
    op.create_index("ix_tier_note_person_id", "tier_note", ["person_id"])


def _traffic() -> None:
    op.create_table(
        "due",
        _serial("id"),
        _text("kind"),
        _text("person_id"),
        _text("case_id", optional=True),
        _text("about"),
        _day("local_date"),
        _moment("due_at"),
        _text("state"),
        _moment("lease_until", optional=True),
        _text("lease_by", optional=True),
        _count("attempts"),
        sa.PrimaryKeyConstraint("id", name="pk_due"),
        _belongs("due", "case_id", "case.id"),
        _belongs("due", "person_id", "person.id"),
        sa.UniqueConstraint(
            "kind",
            "person_id",
            "case_id",
            "about",
            "local_date",
            name="uq_due_kind_person_id_case_id_about_local_date",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_due_case_id", "due", ["case_id"])
    _index_where("ix_due_leased", "due", "lease_until", where="lease_until IS NOT NULL")
    op.create_index("ix_due_person_id", "due", ["person_id"])
    _index_where("ix_due_waiting", "due", "due_at", where="state = 'waiting'")
    _index_where(
        "uq_due_without_case",
        "due",
        "kind",
        "person_id",
        "about",
        "local_date",
        where="case_id IS NULL",
        unique=True,
    )
    op.create_table(
        "update_seen",
        _number("update_id"),
        _moment("received_at"),
        _count("failures"),
        _text("state"),
        _sealed("payload", optional=True),
        _text("person_id", optional=True),
        sa.PrimaryKeyConstraint("update_id", name="pk_update_seen"),
        _belongs("update_seen", "person_id", "person.id"),
    )
    op.create_index("ix_update_seen_person_id", "update_seen", ["person_id"])
    op.create_index("ix_update_seen_received_at", "update_seen", ["received_at"])
    op.create_table(
        "reply",
        _serial("seq"),
        _text("person_id"),
        _number("update_id", optional=True),
        _number("due_id", optional=True),
        _sealed("payload", optional=True),
        _text("state"),
        _number("message_id", optional=True),
        _moment("created_at"),
        _moment("sent_at", optional=True),
        sa.PrimaryKeyConstraint("seq", name="pk_reply"),
        _belongs("reply", "person_id", "person.id"),
        sqlite_autoincrement=True,
    )
    _index_where("ix_reply_due", "reply", "due_id", where="due_id IS NOT NULL")
    op.create_index("ix_reply_person_id_seq", "reply", ["person_id", "seq"])
    _index_where("ix_reply_unsent", "reply", "person_id", "seq", where="state = 'unsent'")


def _text(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=optional)


def _sealed(name: str, *, optional: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=optional)


def _moment(name: str, *, optional: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _day(name: str, *, optional: bool = False) -> sa.Column[date]:
    return sa.Column(name, sa.Date(), nullable=optional)


def _hour(name: str) -> sa.Column[time]:
    return sa.Column(name, sa.Time(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _number(name: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=optional, autoincrement=False)


def _serial(name: str) -> sa.Column[int]:
    """A number the database gives; SQLite does so only where the type is exactly INTEGER."""
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _belongs(table: str, column: str, owner: str) -> sa.ForeignKeyConstraint:
    """A row that goes with its owner."""
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [owner], name=name, ondelete="CASCADE")


def _index_where(name: str, table: str, *columns: str, where: str, unique: bool = False) -> None:
    rows = sa.text(where)
    op.create_index(
        name, table, list(columns), unique=unique, sqlite_where=rows, postgresql_where=rows
    )
