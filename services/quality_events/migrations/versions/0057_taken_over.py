"""A batch in the making whose site is sold goes on with the buyer; who made a stage keeps it."""

import sqlalchemy as sa
from alembic import op
from installation.changes import guard_dates, rewrite
from sqlalchemy.dialects.postgresql import JSONB

revision = "0057"
down_revision = "0056"

# What was told of a site to who sold it says nothing to who bought it.
PARTY = (
    (
        "CASE WHEN fact ->> 'about' IN (SELECT id FROM own_sites) THEN '{}'::jsonb",
        "CASE WHEN said ->> 'partner_id' = tenant THEN '{}'::jsonb",
    ),
    (
        "own_sites AS (\n    SELECT said ->> 'id' AS id FROM sites WHERE said ->> 'partner_id' = tenant\n), ",
        "",
    ),
)
BEFORE = """CASE WHEN length(batch_stage.started_at) > 10 THEN batch_stage.started_at::timestamptz < sold.until
    ELSE left(batch_stage.started_at, 10) < (
        sold.until AT TIME ZONE coalesce(place.time_zone, 'UTC'))::date::text END"""
WHO_BEGAN = f"""SELECT sold.partner_id FROM jsonb_to_recordset(batch.sellers) AS sold (partner_id uuid, until timestamptz)
    WHERE {BEFORE} ORDER BY sold.until LIMIT 1"""


def upgrade() -> None:
    op.add_column("batch", sa.Column("taken_over_at", sa.DateTime(timezone=True)))
    op.add_column("batch", sa.Column("sellers", JSONB))
    guard_dates("batch")
    # The second line of the rule: a stage that another one began and ended is nobody's to state anew but the sponsor's;
    # one that ran is ended.
    op.execute(f"""
        CREATE POLICY of_former_maker ON batch_stage AS RESTRICTIVE FOR UPDATE TO svc_partner
        USING (ended_at IS NULL OR NOT EXISTS (
            SELECT FROM batch JOIN known_site AS place ON place.id = batch.site_id
            WHERE batch.id = batch_stage.batch_id AND ({WHO_BEGAN}) <> batch.partner_id)) WITH CHECK (true)
    """)
    rewrite("dossier_of_a_party(jsonb, text)", *PARTY)
