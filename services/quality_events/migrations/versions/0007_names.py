"""Moments are called as they are in facts, and reports are reports."""

from alembic import op
from installation.renaming import rename_column

revision = "0007"
down_revision = "0006"

_LATE_AMENDMENTS = """
UPDATE deviation SET late_amendments = (
    SELECT jsonb_agg(late - '{told_at,occurred}'::text[]
                     || jsonb_build_object('reported_at', late -> 'told_at', 'occurred_at', late -> 'occurred')
                     ORDER BY place)
    FROM jsonb_array_elements(late_amendments) WITH ORDINALITY AS each (late, place))
WHERE late_amendments <> '[]'
"""


def upgrade() -> None:
    for table, column in (
        ("batch", "started"),
        ("batch", "completed"),
        ("process_step", "occurred"),
        ("deviation", "occurred"),
        ("oos_investigation", "detected"),
    ):
        rename_column(table, column, f"{column}_at")
    for table in ("deviation", "capa"):
        rename_column(table, "overdue_told_for", "overdue_reported_for")
    # The owner, too, is held by the policies; and nobody made this change.
    op.execute("ALTER TABLE deviation NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER")
    op.execute(_LATE_AMENDMENTS)
    op.execute("ALTER TABLE deviation ENABLE TRIGGER USER, FORCE ROW LEVEL SECURITY")
