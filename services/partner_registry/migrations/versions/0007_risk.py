"""Sites' risks: assessments, the floors that facts set, and what is in force."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)


def _site() -> sa.Column[sa.Uuid]:
    return sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN)


def upgrade() -> None:
    op.create_table(
        "risk_assessment",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", "occasion", "scale_version")),
        sa.Column("drafted_by", sa.String(), **GIVEN),
        _site(),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("ratings", "consensus")),
        sa.Column("team", sa.ARRAY(sa.String()), **GIVEN),
        sa.Column("covers", sa.ARRAY(sa.Uuid()), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("band", "band_reason", "trajectory")),
        sa.Column("worst_score", sa.Integer()),
        *(sa.Column(name, sa.String()) for name in ("signed_by", "second_signed_by")),
        *(sa.Column(name, INSTANT) for name in ("signed_at", "effective_at")),
        sa.UniqueConstraint("number"),
    )
    op.create_index("risk_assessment_site_id", "risk_assessment", ["site_id"])
    op.create_table(
        "site_risk",
        *tables.versioned(),
        _site(),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("band", "signed_band", "scale_version", "trajectory")),
        *(sa.Column(name, sa.Boolean(), **GIVEN) for name in ("at_least", "provisional")),
        sa.Column("assessment_id", sa.Uuid(), sa.ForeignKey("risk_assessment.id")),
        sa.Column("worst_score", sa.Integer()),
        sa.Column("dimensions", postgresql.JSONB(), **GIVEN),
        sa.Column("drivers", sa.ARRAY(sa.String()), **GIVEN),
        sa.Column("due_at", INSTANT),
    )
    op.create_table(
        "risk_floor",
        sa.Column("id", sa.Uuid(), primary_key=True),
        _site(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("cause", "fact", "dimension", "band")),
        sa.Column("for_cause", sa.Boolean(), **GIVEN),
        *(sa.Column(name, INSTANT, **GIVEN) for name in ("holds_from", "due_at")),
    )
    op.create_index("risk_floor_site_id", "risk_floor", ["site_id"])
    tables.sponsor_record("risk_assessment")
    tables.sponsor_record("site_risk")
    tables.projection("risk_floor")
    tables.numbers("risk_number")
