"""Consent with expiry, paper, numbers and never-topics."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what the models gained."""
    op.add_column("member", sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("member", sa.Column("never_topics", sa.String(), nullable=True))
    with op.batch_alter_table("consent") as consent:
        consent.add_column(sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
        consent.add_column(sa.Column("recorded_by", sa.String(), nullable=True))
        consent.create_foreign_key(
            "fk_consent_recorded_by", "person", ["recorded_by"], ["id"], ondelete="SET NULL"
        )
    op.create_index("ix_consent_recorded_by", "consent", ["recorded_by"])
    op.create_table(
        "call_request",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_call_request"),
        *(
            sa.ForeignKeyConstraint(
                [f"{owner}_id"],
                [f"{owner}.id"],
                name=f"fk_call_request_{owner}_id",
                ondelete="CASCADE",
            )
            for owner in ("case", "practice", "person")
        ),
    )
    op.create_index("ix_call_request_person_id", "call_request", ["person_id"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("call_request")
    op.drop_index("ix_consent_recorded_by", "consent")
    with op.batch_alter_table("consent") as consent:
        consent.drop_constraint("fk_consent_recorded_by", type_="foreignkey")
        consent.drop_column("recorded_by")
        consent.drop_column("recorded_at")
    op.drop_column("member", "never_topics")
    op.drop_column("member", "agreed_at")
