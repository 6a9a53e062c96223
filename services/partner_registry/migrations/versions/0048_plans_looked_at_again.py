"""On which day a plan of oversight is looked at again. Those that hold are once, as of the day behind their making."""

import sqlalchemy as sa
from alembic import op
from installation.changes import guard_dates, unseen

revision = "0048"
down_revision = "0047"

LOOK_AGAIN = "UPDATE oversight_plan SET look_again_on = derived_on + 1 WHERE state <> 'superseded'"


def upgrade() -> None:
    op.add_column("oversight_plan", sa.Column("look_again_on", sa.Date()))
    unseen("oversight_plan", LOOK_AGAIN)
    guard_dates("oversight_plan")
