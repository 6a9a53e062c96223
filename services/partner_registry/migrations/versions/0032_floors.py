"""What else holds sites' risks up: late CAPAs, notifications of authorities, and events outside of our records."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0032"
down_revision = "0031"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "overdue_capa",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN),
        sa.Column("number", sa.String(), **GIVEN),
        *(sa.Column(name, sa.ARRAY(INSTANT), **GIVEN) for name in ("overdue_at", "answered_at")),
        sa.Column("late_at", INSTANT),
    )
    op.create_index("overdue_capa_late_at", "overdue_capa", ["late_at"])
    op.create_table(
        "known_notification",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.String(), **GIVEN),
        sa.Column("cause_id", sa.Uuid(), **GIVEN),
        sa.Column("told_at", INSTANT, **GIVEN),
    )
    op.create_index("known_notification_cause_id", "known_notification", ["cause_id"])
    op.create_table(
        "outside_event",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", "kind", "source", "description")),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("evidence", "recorded_by")),
        sa.Column("partner_id", sa.Uuid(), sa.ForeignKey("partner.id"), **GIVEN),
        sa.Column("site_ids", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.Column("happened_at", INSTANT, **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("withdrawn_by", "reason")),
        sa.UniqueConstraint("number"),
    )
    op.create_index("outside_event_partner_id", "outside_event", ["partner_id"])
    for table in ("overdue_capa", "known_notification"):
        tables.projection(table)
    tables.sponsor_record("outside_event")
    tables.numbers("outside_event_number")
