"""A partner that does a stage of another one's batch reports what happened to that lot; its maker is a party to it."""

from alembic import op

revision = "0074"
down_revision = "0073"

_CHECK = """
SELECT regexp_replace(pg_get_expr(polwithcheck, polrelid), '\\s+', ' ', 'g') FROM pg_policy
WHERE polrelid = $1::text::regclass AND polname = 'partner_inserts'
"""
# The rules of 0005, as PostgreSQL writes them.
NAMED = "(NOT (EXISTS ( SELECT FROM batch own WHERE (own.id = named.id) OFFSET 0)))"
PARTIES = "((parties @> ARRAY[partner_id]) AND (parties <@ ARRAY[partner_id]))"
OWN = "(deviation_lot.partner_id = ( SELECT (NULLIF(current_setting('entente.tenant'::text, true), ''::text))::uuid"
OWN += ' AS "nullif"))'
# Of a batch of which it does a stage the maker is a party as well: to exactly what names that batch.
MAKERS = """(ARRAY[partner_id] || ARRAY(SELECT DISTINCT lot.partner_id FROM lots_of_own_stages() AS lot
    WHERE lot.batch_id = ANY (deviation.batch_ids)))"""
OF_DEVIATIONS = (
    (PARTIES, f"((parties @> {MAKERS}) AND (parties <@ {MAKERS}))"),
    (NAMED, f"({NAMED} AND NOT EXISTS (SELECT FROM lots_of_own_stages() AS lot WHERE lot.batch_id = named.id))"),
)
OF_LOTS = (
    (
        OWN,
        f"({OWN} OR EXISTS (SELECT FROM lots_of_own_stages() AS lot WHERE lot.batch_id = deviation_lot.batch_id\n"
        "    AND lot.lot_id = deviation_lot.lot_id AND lot.partner_id = deviation_lot.partner_id))",
    ),
)


def upgrade() -> None:
    for table, changed in {"deviation": OF_DEVIATIONS, "deviation_lot": OF_LOTS}.items():
        check: str = op.get_bind().exec_driver_sql(_CHECK, (table,)).scalar_one()
        for before, after in changed:
            if check.count(before) != 1:
                raise ValueError(f"{table}: {check.count(before)} times instead of once: {before}")
            check = check.replace(before, after)
        op.execute(f"ALTER POLICY partner_inserts ON {table} WITH CHECK ({check})")
