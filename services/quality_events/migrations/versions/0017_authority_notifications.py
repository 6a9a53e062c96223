"""Notifications of authorities, which are the sponsor's alone."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0017"
down_revision = "0016"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "authority_notification",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "regime", "market", "kind", "cause_type")),
        sa.Column("cause_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, INSTANT, **GIVEN) for name in ("aware_at", "due_at")),
        sa.Column("reference", sa.String()),
        sa.Column("submitted_at", INSTANT),
        *(sa.Column(name, sa.String()) for name in ("submitted_by", "waiver_reason", "waiver_by", "waived_by")),
        sa.Column("waived_at", INSTANT),
        sa.UniqueConstraint("cause_id", "market", "kind"),
    )
    op.create_index("authority_notification_due_at", "authority_notification", ["due_at"])
    tables.sponsor_record("authority_notification")
    tables.numbers("notification_number")
