"""When a partner was suspended before: a sale that is told late asks for it, of the days since."""

import sqlalchemy as sa
from alembic import op
from installation.changes import add_required, unseen
from sqlalchemy.dialects.postgresql import JSONB

revision = "0058"
down_revision = "0057"

# Each that was lifted, since the first change by which it was not active before that.
OVER = """
WITH told AS (
    SELECT partner_id, data ->> 'after' AS after, data ->> 'occurred_at' AS said,
           (data ->> 'occurred_at')::timestamptz AS at
    FROM history_entry WHERE kind = 'PartnerStatusChanged'
), begun AS (
    SELECT *, lag(after) OVER of_it AS before FROM told WINDOW of_it AS (PARTITION BY partner_id ORDER BY at)
), turns AS (
    SELECT *, lead(said) OVER of_it AS until FROM begun
    WHERE (after = 'active') IS DISTINCT FROM (before = 'active')
    WINDOW of_it AS (PARTITION BY partner_id ORDER BY at)
), spells AS (
    SELECT partner_id, jsonb_agg(jsonb_build_object('since', said, 'until', until) ORDER BY at) AS over
    FROM turns WHERE after <> 'active' AND until IS NOT NULL GROUP BY partner_id
)
UPDATE partner SET inactive_before = spells.over FROM spells WHERE spells.partner_id = partner.id
"""


def upgrade() -> None:
    add_required("partner", sa.Column("inactive_before", JSONB()), value="'[]'")
    op.execute("ALTER TABLE history_entry NO FORCE ROW LEVEL SECURITY")  # which it reads, as the tables' owner
    unseen("partner", OVER)
    op.execute("ALTER TABLE history_entry FORCE ROW LEVEL SECURITY")
