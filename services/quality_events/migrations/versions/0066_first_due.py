"""An investigation keeps by when it was to be concluded at first, however often it is reopened."""

import sqlalchemy as sa
from installation import changes

revision = "0066"
down_revision = "0065"

# As clocks.due_at counts: the end of the thirtieth local day, the day of the start not counted.
ZONE = "coalesce(due_zone, 'UTC')"
AT_FIRST = f"""
    CASE WHEN reopened_at IS NULL THEN due_at
         ELSE ((aware_at AT TIME ZONE {ZONE})::date + 31)::timestamp AT TIME ZONE {ZONE} END
"""


def upgrade() -> None:
    changes.add_required("oos_investigation", sa.Column("first_due_at", sa.DateTime(timezone=True)), value=AT_FIRST)
    changes.guard_dates("oos_investigation")
