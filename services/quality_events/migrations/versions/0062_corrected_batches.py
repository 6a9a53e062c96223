"""What of a batch is corrected, or found out, after its record was handed in: its maker states it, too."""

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
OWN_SITE = f"EXISTS (SELECT FROM known_site AS own WHERE own.id = batch_stage.site_id AND own.partner_id = {TENANT})"
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


def upgrade() -> None:
    add_steps(
        "batch",
        Step(moves=REVIEWED, sides=["partner_id"], sets=NAMED),
        Step(moves=REVIEWED, sides=["partner_id"], sets=[*NAMED, *MADE], clears=REVIEWS),
    )
    tables.child_record("batch_stage", "batch_id", of="batch", partners=OF_ITS_STAGES)
    tables.partners_publish(TOLD, beside=True)
