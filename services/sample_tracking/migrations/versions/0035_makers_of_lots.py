"""What is recorded of a lot is whose who made it. Who made those that are there is known once their facts are read."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT

revision = "0035"
down_revision = "0034"

GIVEN = {"nullable": False}
# A partner learns of a lot whether it made it, or another did.
MAKERS = f"""
CREATE FUNCTION makers_of_lots(lots uuid[]) RETURNS TABLE (lot_id uuid, maker_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT lot_id, CASE WHEN current_setting('role') <> 'svc_partner' OR maker_id = {TENANT} THEN maker_id END
    FROM known_lot WHERE lot_id = ANY (lots) AND maker_id IS NOT NULL
$$
"""
# The policies of results, of their sets and of papers ask it: also of a lot that its maker made before it sold the site.
TESTED_ORDERED_OR_MADE = f"""
CREATE OR REPLACE FUNCTION was_tested(lot uuid, site uuid, maker uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM result WHERE lot_id = lot AND site_id = site AND partner_id = maker)
        OR EXISTS (
            SELECT FROM test_order WHERE lot_id = lot AND site_id = site AND partner_id = maker
            AND state IN ('accepted', 'completed')
        )
        OR maker = {TENANT} AND EXISTS (SELECT FROM makers_of_lots(ARRAY[lot]) AS known WHERE known.maker_id = maker)
$$
"""
ITS_OWN = f"""
CREATE POLICY of_its_maker ON {{0}} AS RESTRICTIVE FOR INSERT TO svc_partner WITH CHECK (
    partner_id <> {TENANT} OR NOT EXISTS (
        SELECT FROM makers_of_lots(ARRAY[{{0}}.lot_id]) AS known WHERE known.maker_id IS DISTINCT FROM {TENANT}))
"""


def upgrade() -> None:
    for name in ("site_id", "named_id", "maker_id"):
        op.add_column("known_lot", sa.Column(name, sa.Uuid()))
    for name in ("named_in", "ended_in"):
        op.add_column("known_lot", sa.Column(name, sa.Integer()))
    op.add_column("known_lot", sa.Column("ended", sa.String()))
    op.add_column("known_lot", sa.Column("settled", sa.Boolean(), server_default="true", **GIVEN))
    op.create_index("known_lot_site_id", "known_lot", ["site_id"])
    op.create_index("known_lot_unsettled", "known_lot", ["lot_id"], postgresql_where=sa.text("NOT settled"))
    op.create_table(
        "site_sale",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("site_id", "from_partner_id", "partner_id")),
        sa.Column("effective_on", sa.Date(), **GIVEN),
        sa.Column("effective_at", sa.DateTime(timezone=True), **GIVEN),
    )
    op.create_index("site_sale_site_id", "site_sale", ["site_id"])
    tables.projection("site_sale")
    op.add_column("coa", sa.Column("named_maker_id", sa.Uuid()))
    op.execute(MAKERS)
    op.execute("REVOKE EXECUTE ON FUNCTION makers_of_lots FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION makers_of_lots TO {', '.join(tables.ROLES)}")
    op.execute(TESTED_ORDERED_OR_MADE)
    for table in ("result_set", "result", "transcription"):
        op.execute(ITS_OWN.format(table))
