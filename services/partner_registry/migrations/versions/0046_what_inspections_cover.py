"""What authorities decided, and what each decision covers, as somebody of the sponsor has read it in the report."""

from dataclasses import replace

import sqlalchemy as sa
from alembic import op
from installation.changes import change_steps, unseen
from installation.tables import Step
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"

# Of those that are there the letters and the last decision are known, and that they were known by the last change.
KNOWN = """
UPDATE inspection SET decisions = (
    SELECT jsonb_agg(told || jsonb_build_object(
        'at', to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')))
    FROM (SELECT jsonb_build_object('letter', one->'letter', 'effective_on', one->'issued_on')
          FROM jsonb_array_elements(letters) AS one
          UNION ALL SELECT jsonb_build_object('outcome', outcome, 'effective_on', classified_on)
          WHERE outcome IS NOT NULL) AS known (told))
"""


def upgrade() -> None:
    for column in ("decisions", "readings"):
        op.add_column("inspection", sa.Column(column, postgresql.JSONB()))
    unseen("inspection", KNOWN)
    # Either side tells what the authority said; what that covers the sponsor reads.
    op.execute("GRANT UPDATE (decisions) ON inspection TO svc_partner")
    change_steps("inspection", _with_what_was_said)


def _with_what_was_said(step: Step) -> Step:
    return replace(step, sets=[*step.sets, "decisions"]) if {"outcome", "letters"} & {*step.sets} else step
