"""Qualifications of sites."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import PartnersWrite, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

GIVEN = {"nullable": False}
OF_THE_SITE = PartnersWrite(
    sides=["partner_id"],
    steps=[
        Step(moves=[f"{state}>{state}" for state in ("in_assessment", "conditional")], sides=["partner_id"], sets=["items"]),
    ],
)


def upgrade() -> None:
    op.create_table(
        "qualification",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", "activity", "purpose", "planned_by")),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("dosage_form", "endorsed_by", "reason")),
        sa.Column("product_ids", sa.ARRAY(sa.Uuid()), **GIVEN),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("items", "conditions", "periods")),
        *(sa.Column(name, postgresql.JSONB()) for name in ("audit", "waiver")),
        *(sa.Column(name, sa.Date()) for name in ("valid_from", "valid_to")),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("ends_at", "condition_due_at")),
        sa.Column("prolonged", sa.Boolean(), **GIVEN),
        sa.Column("prepared_by", sa.ARRAY(sa.String()), **GIVEN),
        sa.Column("warned_days", sa.Integer()),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "qualification_open",
        "qualification",
        ["site_id", "activity", "dosage_form", "purpose"],
        unique=True,
        postgresql_where=sa.text("state IN ('planned', 'in_assessment')"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("qualification_site", "qualification", ["site_id"])
    add_turns("qualification", {})
    tables.root_record("qualification", OF_THE_SITE)
    tables.numbers("qualification_number")
