"""Partners, sites and products."""

import sqlalchemy as sa
from alembic import op
from runtime import schema
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def versioned() -> list[sa.Column]:
    """The columns of every record."""
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def upgrade() -> None:
    schema.install()
    parties = postgresql.ARRAY(sa.Uuid())
    op.create_table(
        "partner",
        *versioned(),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        sa.Column("legal_name", sa.String(), nullable=False),
        sa.Column("normalised_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("duns", sa.String(), unique=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("parties", parties, nullable=False),
        sa.UniqueConstraint("normalised_name", "country"),
    )
    op.create_table(
        "site",
        *versioned(),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        sa.Column("partner_id", sa.Uuid(), sa.ForeignKey("partner.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("activities", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("parties", parties, nullable=False),
    )
    op.create_table(
        "product",
        *versioned(),
        sa.Column("code", sa.String(), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("dosage_form", sa.String(), nullable=False),
        sa.Column("strengths", postgresql.ARRAY(sa.String()), nullable=False),
    )
    schema.root_record("partner")
    schema.root_record("site")
    schema.sponsor_record("product")
    schema.numbers("partner_number")
    schema.numbers("site_number")
