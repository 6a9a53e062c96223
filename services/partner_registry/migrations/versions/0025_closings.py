"""Sites close, and move to other premises."""

import sqlalchemy as sa
from alembic import op
from installation.changes import add_required, guard_dates
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0023"


def upgrade() -> None:
    add_required("site", sa.Column("state", sa.String()), value="'open'")
    add_required("site", sa.Column("closings", postgresql.JSONB()), value="'[]'")
    for name in ("succeeds_id", "successor_id"):
        op.add_column("site", sa.Column(name, sa.Uuid(), sa.ForeignKey("site.id")))
    op.add_column("site", sa.Column("closing_on", sa.Date()))
    op.add_column("site", sa.Column("closing_reason", sa.String()))
    op.add_column("site", sa.Column("closes_at", sa.DateTime(timezone=True)))
    guard_dates("site")
