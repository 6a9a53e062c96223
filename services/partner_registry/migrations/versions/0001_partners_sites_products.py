"""Partners, sites and products."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    parties = postgresql.ARRAY(sa.Uuid())
    op.create_table(
        "partner",
        *tables.versioned(),
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
        *tables.versioned(),
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
        *tables.versioned(),
        sa.Column("code", sa.String(), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("dosage_form", sa.String(), nullable=False),
        sa.Column("strengths", postgresql.ARRAY(sa.String()), nullable=False),
    )
    tables.root_record("partner")
    tables.root_record("site")
    tables.sponsor_record("product")
    tables.numbers("partner_number")
    tables.numbers("site_number")
