"""What makers' systems told before, and do not tell any more, is asked about: lots of deviations, inputs, excursions."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import rewrite
from installation.tables import TENANT

revision = "0078"
down_revision = "0077"

SEEN = f"(current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (batch.parties))"
NAMED = (
    ("AND lot.left_out_by_revision IS NULL", ""),
    ("AS made, lot.impact", "AS made, lot.impact, lot.left_out_by_revision"),
    # Nobody confirms with a stage what does not name its batch.
    (
        "said.number <> ALL (away.confirmed_deviations)",
        "said.left_out_by_revision IS NULL AND said.number <> ALL (away.confirmed_deviations)",
    ),
)
# Of another partner's one reads that it named it, if that still stands against it, and not in which revision.
OF_A_PARTY = (
    (
        "OR coalesce(said ->> 'impact', '') = '')",
        "OR coalesce(said ->> 'impact', '') = '' AND said ->> 'left_out_by_revision' IS NULL)",
    ),
    (
        "THEN 'sponsor' ELSE 'maker' END) AS turn",
        "THEN 'sponsor' ELSE 'maker' END, 'left_out_by_revision',\n"
        "            CASE WHEN said ->> 'left_out_by_revision' IS NOT NULL THEN 0 END) AS turn",
    ),
)
INPUTS_LEFT_OUT = f"""
CREATE FUNCTION inputs_left_out(asked uuid) RETURNS TABLE (material varchar, number varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
WITH one AS (SELECT batch.* FROM batch WHERE batch.id = asked AND {SEEN})
SELECT DISTINCT part.material, part.number FROM one JOIN batch_input AS part ON part.batch_id = one.id
WHERE NOT EXISTS (SELECT FROM batch_input_now AS now WHERE now.batch_id = one.id AND now.lot_id = part.lot_id)
    AND NOT EXISTS (SELECT FROM batch_link AS link JOIN batch AS parent ON parent.id = link.parent_id
                    WHERE link.child_id = one.id AND parent.lot_id = part.lot_id)
ORDER BY part.material, part.number $$
"""
SINCE = "theirs THEN number END, classification, state, {}"


def upgrade() -> None:
    rewrite("whole_batch_dossier(uuid)", *NAMED)
    rewrite("dossier_of_a_party(jsonb, text)", *OF_A_PARTY)
    op.execute(INPUTS_LEFT_OUT)
    op.execute("REVOKE EXECUTE ON FUNCTION inputs_left_out FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION inputs_left_out TO {', '.join(tables.ROLES)}")
    op.add_column("deviation", sa.Column("equipment_since", sa.String()))
    of_lot = SINCE.format("coalesce(equipment_since, occurred_at)")
    rewrite("shared_deviations_of(uuid)", (SINCE.format("occurred_at"), of_lot))
    op.drop_constraint("process_excursion_once", "process_excursion", type_="unique")
    # What was withdrawn stays whose it was, where the batch, and what stands of it, comes back to that partner.
    once = {"unique": True, "postgresql_where": sa.text("state <> 'withdrawn'")}
    op.create_index("process_excursion_once", "process_excursion", ["source", "partner_id", "lot_id"], **once)
