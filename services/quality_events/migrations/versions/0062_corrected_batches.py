"""What of a batch is corrected, or found out, after its record was handed in: its maker states it, too."""

from alembic import op
from installation import tables
from installation.changes import add_steps
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Publishes, Step

revision = "0062"
down_revision = "0061"

REVIEWED = ["under_review>under_review", "dispositioned>dispositioned"]
REVIEWS = ("reviewed_side", "maker_reviewed_by", "maker_reviewed_at", "sponsor_reviewed_by", "sponsor_reviewed_at")
NAMED = ("work_order", "aliases")
MADE = ("manufacture_date", "expiry_date", "applied_changes", "record_authors", "reviews_undone_at")
STATES = ("announced", "in_process", "manufactured", "under_review", "dispositioned")
SAID = (
    *("site_id", "equipment", "started_at", "ended_at", "recorded_by"),
    *("planned_quantity", "actual_quantity", "planned_unit", "actual_unit"),
)
# The batch's own site stays its maker's for it, also when it was sold since.
OWN_SITE = f"""(batch_stage.site_id = root.site_id OR EXISTS (
    SELECT FROM known_site AS own WHERE own.id = batch_stage.site_id AND own.partner_id = {TENANT}))"""
OF_ITS_STAGES = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=["id", "batch_id", "step", *SAID],
        check=f"root.state IN {STATES} AND batch_stage.recorded_by = ARRAY[{ACTOR}]::varchar[] AND {OWN_SITE}",
    ),
    columns=SAID,
    updates_if=f"root.state IN {STATES} AND {ACTOR} = ANY (batch_stage.recorded_by) AND {OWN_SITE}",
)
TOLD = Publishes(
    *("batch", "quality-events.batch", "batch_id"),
    types={"io.entente.BatchManufactured.v1": {}},
)

# That a batch is made its maker tells of one that is, in whichever of the states from then on.
IS_MADE = """
CREATE FUNCTION batch_is_made(batch_id text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
SELECT CASE WHEN pg_input_is_valid(batch_id, 'uuid') THEN EXISTS (
    SELECT FROM batch WHERE id = batch_id::uuid AND state IN ('manufactured', 'under_review', 'dispositioned')
) ELSE false END $$
"""
OF_WHAT_IS_MADE = """
ALTER TABLE outbox ADD CONSTRAINT outbox_of_what_is_made CHECK (current_user <> 'svc_partner'
    OR type <> 'io.entente.BatchManufactured.v1' OR batch_is_made(key)) NOT VALID
"""


def upgrade() -> None:
    add_steps(
        "batch",
        Step(moves=REVIEWED, sides=["partner_id"], sets=NAMED),
        Step(moves=REVIEWED, sides=["partner_id"], sets=[*NAMED, *MADE], clears=REVIEWS),
    )
    tables.child_record("batch_stage", "batch_id", of="batch", partners=OF_ITS_STAGES)
    tables.partners_publish(TOLD, beside=True)
    op.execute(IS_MADE)
    op.execute("REVOKE EXECUTE ON FUNCTION batch_is_made FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION batch_is_made TO {', '.join(tables.ROLES)}")
    op.execute(OF_WHAT_IS_MADE)
