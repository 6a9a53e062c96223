"""A laboratory that accepted a test order of a lot may enter results of it."""

from alembic import op

revision = "0016"
down_revision = "0015"

# The policies of results and of their sets ask it. It sees what its caller may see: of the orders a partner's own
# laboratories' alone, so the lot's maker learns nothing by it.
TESTED_OR_ORDERED = """
CREATE OR REPLACE FUNCTION was_tested(lot uuid, site uuid, maker uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM result WHERE lot_id = lot AND site_id = site AND partner_id = maker)
        OR EXISTS (
            SELECT FROM test_order WHERE lot_id = lot AND site_id = site AND partner_id = maker
            AND state IN ('accepted', 'completed')
        )
$$
"""


def upgrade() -> None:
    op.execute(TESTED_OR_ORDERED)
