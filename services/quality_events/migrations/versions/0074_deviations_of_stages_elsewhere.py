"""A partner that does a stage of another one's batch reports what happened to that lot; its maker is a party to it."""

from installation.changes import rewrite_inserts

revision = "0074"
down_revision = "0073"

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
    rewrite_inserts("deviation", *OF_DEVIATIONS)
    rewrite_inserts("deviation_lot", *OF_LOTS)
