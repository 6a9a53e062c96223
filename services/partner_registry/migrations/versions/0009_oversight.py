"""Sites' plans of oversight."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "oversight_plan",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", "cause")),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        *(
            sa.Column(name, postgresql.JSONB(), **GIVEN)
            for name in ("situation", "tightenings", "rules_gave", "held_before", "told")
        ),
        sa.Column("unknown", sa.ARRAY(sa.String()), **GIVEN),
        *(
            sa.Column(name, sa.Date())
            for name in ("last_audit_on", "next_audit_on", "next_cycle_on", "next_audit_before", "for_cause_by")
        ),
        sa.Column("derived_on", sa.Date(), **GIVEN),
        sa.Column("acknowledge_by", INSTANT, **GIVEN),
        sa.Column("acknowledged_by", sa.String()),
        sa.Column("in_force_at", INSTANT),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "oversight_plan_that_holds",
        "oversight_plan",
        ["site_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'superseded'"),
    )
    tables.sponsor_record("oversight_plan")
    tables.numbers("oversight_plan_number")
