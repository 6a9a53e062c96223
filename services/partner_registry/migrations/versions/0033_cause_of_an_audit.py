"""Since which day a site is to be audited for cause: an audit that was held from then on is the one."""

import sqlalchemy as sa
from alembic import op
from installation.changes import guard_dates

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("oversight_plan", sa.Column("for_cause_on", sa.Date()))
    guard_dates("oversight_plan")
