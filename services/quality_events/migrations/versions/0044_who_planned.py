"""Who planned the retests of a result has prepared its invalidation, and does not approve it."""

from alembic import op
from installation.tables import ACTOR

revision = "0044"
down_revision = "0043"

PLANNED_BY_ANOTHER = f"conclusion IS DISTINCT FROM 'invalidated' OR retests_planned_by IS DISTINCT FROM {ACTOR}"


def upgrade() -> None:
    op.execute(
        "CREATE POLICY planned_by_another ON oos_investigation AS RESTRICTIVE FOR UPDATE TO svc_partner"
        f" USING (true) WITH CHECK ({PLANNED_BY_ANOTHER})"
    )
