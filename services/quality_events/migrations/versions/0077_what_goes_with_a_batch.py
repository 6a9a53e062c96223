"""Who sold a site is no party to a batch that the buyer makes on: it keeps the batch as it stood until then."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import rewrite_inserts, unseen
from installation.tables import TENANT
from sqlalchemy.dialects.postgresql import JSONB

revision = "0077"
down_revision = "0076"

GIVEN = {"nullable": False}
BEFORE = """CASE WHEN length(batch_stage.started_at) > 10 THEN batch_stage.started_at::timestamptz < sold.until
    ELSE left(batch_stage.started_at, 10) < (
        sold.until AT TIME ZONE coalesce(place.time_zone, 'UTC'))::date::text END"""
# Of who was succeeded by law all stages are its successor's.
WHO_BEGAN = f"""SELECT sold.partner_id
    FROM jsonb_to_recordset(batch.sellers) AS sold (partner_id uuid, until timestamptz, succeeded boolean)
    WHERE sold.succeeded IS NOT TRUE AND {BEFORE} ORDER BY sold.until LIMIT 1"""
# What they read until this release they keep: that it began, and the stages from before the sale.
KEPT = """
INSERT INTO former_batch (id, version, created_at, updated_at, batch_id, number, material, site_id, partner_id, until,
                          as_it_was, parties)
SELECT gen_random_uuid(), 1, now(), now(), batch.id, batch.number, batch.material, batch.site_id, sold.partner_id,
       sold.until, jsonb_build_object('id', batch.id, 'number', batch.number, 'started_at', batch.started_at, 'stages', (
           SELECT coalesce(jsonb_agg(jsonb_build_object('step', step, 'started_at', started_at, 'ended_at', ended_at,
                                                        'equipment', equipment) ORDER BY id), '[]')
           FROM batch_stage WHERE batch_id = batch.id AND left(started_at, 10) < sold.until::date::text)),
       ARRAY[sold.partner_id]
FROM batch, jsonb_to_recordset(batch.sellers) AS sold (partner_id uuid, until timestamptz)
WHERE sold.partner_id <> batch.partner_id
"""
MINE = "partner_id = batch.partner_id, parties = batch.parties FROM batch WHERE batch.sellers IS NOT NULL"
# Who made a batch, or did a stage of one, before it sold the site reports what happened to it there.
AT_ITS_SITE = "(NOT historic) AND (EXISTS ("
MADE_THERE = f"""(NOT historic) AND (EXISTS (
    SELECT FROM batch AS made WHERE made.id = ANY (deviation.batch_ids) AND made.site_id = deviation.site_id
    AND made.partner_id = {TENANT} OFFSET 0) OR EXISTS (
    SELECT FROM partner_stage AS done WHERE done.batch_id = ANY (deviation.batch_ids)
    AND done.site_id = deviation.site_id AND done.partner_id = {TENANT} AND done.owned_until IS NOT NULL OFFSET 0) OR EXISTS ("""
STANDING = {
    "batch_hold": "batch_hold.state = 'open'",
    "process_excursion": "process_excursion.state <> 'withdrawn'",
    "disposition": "disposition.state IN ('open', 'not_intended')",
}


def upgrade() -> None:
    op.create_table(
        "former_batch",
        *tables.versioned(),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "material")),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("site_id", "partner_id")),
        sa.Column("until", sa.DateTime(timezone=True), **GIVEN),
        sa.Column("as_it_was", JSONB, **GIVEN),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("batch_id", "partner_id", name="former_batch_once"),
    )
    tables.root_record("former_batch")
    op.execute("DROP POLICY of_former_maker ON batch_stage")
    op.execute(f"""
        CREATE POLICY of_former_maker ON batch_stage AS RESTRICTIVE FOR UPDATE TO svc_partner
        USING (ended_at IS NULL OR NOT EXISTS (
            SELECT FROM batch JOIN known_site AS place ON place.id = batch.site_id
            WHERE batch.id = batch_stage.batch_id AND ({WHO_BEGAN}) <> batch.partner_id)) WITH CHECK (true)
    """)
    rewrite_inserts("deviation", (AT_ITS_SITE, MADE_THERE))
    _hand_over()


def _hand_over() -> None:
    """What was taken over by now, as if it were today. What is decided, and perhaps signed, stays as it is."""
    for table in ("batch", "batch_stage"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    unseen("former_batch", KEPT)
    unseen("batch", "UPDATE batch SET parties = ARRAY[partner_id] WHERE sellers IS NOT NULL")
    op.execute("ALTER TABLE batch NO FORCE ROW LEVEL SECURITY")
    for table, goes_on in STANDING.items():
        unseen(table, f"UPDATE {table} SET {MINE} AND batch.id = {table}.batch_id AND {goes_on}")  # noqa: S608
    for table in ("batch", "former_batch", *STANDING):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        left = f"party.table_name = '{table}' AND party.record_id = one.id AND party.organisation_id <> ALL (one.parties)"
        op.execute(f"DELETE FROM party USING {table} AS one WHERE {left}")  # noqa: S608
        found = f"SELECT '{table}', id, unnest(parties) FROM {table}"  # noqa: S608
        op.execute(f"INSERT INTO party (table_name, record_id, organisation_id) {found} ON CONFLICT DO NOTHING")
    for table in ("batch", "batch_stage", "former_batch", *STANDING):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
