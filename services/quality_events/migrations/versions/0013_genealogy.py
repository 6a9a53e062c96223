"""What became of what: edges between batches."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Publishes

revision = "0013"
down_revision = "0012"

GIVEN = {"nullable": False}
OWN = " AND ".join(
    f"EXISTS (SELECT FROM batch AS own WHERE own.id = batch_link.{column} AND own.partner_id = {TENANT})"
    for column in ("parent_id", "child_id")
)
OF_THE_MAKER = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "parent_id", "child_id", "kind", "quantity", "unit", "deviation_id"),
            *("linked_by", "partner_id", "parties"),
        ],
        otherwise={"version": 1},
        parties=["partner_id"],
        check=f"batch_link.linked_by = {ACTOR} AND batch_link.kind <> 'reworked' AND {OWN}",
    ),
)
# What a start named last: one that is amended and names none any more leaves rows of a lower revision. Of the start that
# stands the batch itself knows the revision; only for others all rows have to be compared.
INPUTS = """
CREATE VIEW batch_input_now WITH (security_invoker = true) AS
SELECT part.* FROM batch_input AS part JOIN batch AS child ON child.id = part.batch_id
WHERE CASE WHEN child.start_source = part.source THEN part.revision >= child.start_revision
      ELSE NOT EXISTS (SELECT FROM batch_input AS newer WHERE newer.batch_id = part.batch_id
                       AND newer.source = part.source AND newer.revision > part.revision) END
"""
EDGES = """
CREATE VIEW batch_edge WITH (security_invoker = true) AS
SELECT parent_id, child_id, kind, jsonb_build_object('value', quantity::text, 'unit', unit) AS quantity, id AS link_id
FROM batch_link
UNION ALL
SELECT DISTINCT parent.id, part.batch_id, 'consumed', NULL::jsonb, NULL::uuid
FROM batch_input_now AS part JOIN batch AS parent ON parent.lot_id = part.lot_id
WHERE NOT EXISTS (SELECT FROM batch_link AS known WHERE known.parent_id = parent.id
                  AND known.child_id = part.batch_id AND known.kind = 'consumed')
"""
AS_ITS_OWNER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# Whether there is a circle, and what is left of a batch, does not depend on who asks; neither names a batch.
FUNCTIONS = {
    "batch_goes_into(batch uuid, others uuid[])": f"""
        RETURNS boolean LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
        WITH RECURSIVE down (id) AS (
            SELECT batch
            UNION SELECT edge.child_id FROM down, LATERAL (
                SELECT child_id FROM batch_edge WHERE parent_id = down.id OFFSET 0) AS edge)
        SELECT EXISTS (SELECT FROM down WHERE id = ANY (others)) $$
    """,
    "batch_given(batches uuid[])": f"""
        RETURNS TABLE (parent_id uuid, quantity numeric, unit text) LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
        SELECT parent_id, sum(quantity), unit FROM batch_link WHERE parent_id = ANY (batches) GROUP BY parent_id, unit $$
    """,
    "batch_is_merged(batch uuid)": f"""
        RETURNS boolean LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
        SELECT EXISTS (SELECT FROM batch_link WHERE kind = 'merged' AND batch IN (parent_id, child_id)) $$
    """,
}
FACTS = (
    Publishes(
        *("capa", "quality-events.capa", "capa_id"),
        types={"io.entente.CapaOpened.v1": {"state": "open"}},
    ),
    Publishes(None, "quality-events.ball", "subject_id", types={"io.entente.quality-events.BallHeld.v1": {}}),
    Publishes(
        *("batch", "quality-events.batch", "batch_id"),
        types={
            "io.entente.BatchStarted.v1": {},
            "io.entente.BatchManufactured.v1": {"state": "manufactured"},
            "io.entente.BatchTerminated.v1": {"state": "terminated"},
            "io.entente.BatchRecordReceived.v1": {"state": "under_review", "reviewed_side": None},
            "io.entente.BatchRecordReviewed.v1": {"state": "under_review", "reviewed_side": "maker"},
            "io.entente.BatchRecordRevised.v1": {"state": "under_review", "reviewed_side": None},
        },
    ),
    Publishes(
        *("batch_link", "quality-events.batch-link", "link_id"),
        types={"io.entente.BatchesLinked.v1": {}},
    ),
    Publishes(
        *("batch_hold", "quality-events.batch-hold", "hold_id"),
        types={
            "io.entente.BatchHeld.v1": {"state": "open", "by_side": "maker"},
            "io.entente.BatchHoldLifted.v1": {"state": "lifted", "by_side": "maker"},
        },
    ),
    Publishes(
        *("deviation", "quality-events.deviation", "deviation_id"),
        types={"io.entente.DeviationRaised.v1": {"state": "reported"}},
    ),
    Publishes(
        *("oos_investigation", "quality-events.oos-investigation", "investigation_id"),
        types={
            "io.entente.OosNotified.v1": {},
            "io.entente.OosInvalidationProposed.v1": {"state": "awaiting_approval"},
            "io.entente.OosConcluded.v1": {"state": "concluded"},
        },
    ),
)


def edges() -> None:
    """Views show to whoever asks what the tables below show; the functions see all, and are all that partners call."""
    for table in ("batch", "batch_input", "batch_link"):
        op.execute(f"CREATE POLICY genealogy ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    roles = ", ".join(tables.ROLES)
    for view, select in (("batch_input_now", INPUTS), ("batch_edge", EDGES)):
        op.execute(select)
        op.execute(f"GRANT SELECT ON {view} TO {roles}")
    for signature, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {signature} {body}")
        name = signature.split("(", 1)[0]
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {roles}")


def upgrade() -> None:
    op.create_table(
        "batch_link",
        *tables.versioned(),
        *(sa.Column(name, sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN) for name in ("parent_id", "child_id")),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("kind", "unit", "linked_by")),
        sa.Column("quantity", sa.Numeric(), **GIVEN),
        sa.Column("deviation_id", sa.Uuid(), sa.ForeignKey("deviation.id")),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("parent_id", "child_id", "kind"),
        sa.CheckConstraint("parent_id <> child_id AND quantity > 0", name="batch_link_is_an_edge"),
    )
    op.create_index("batch_link_child_id", "batch_link", ["child_id"])
    tables.root_record("batch_link", OF_THE_MAKER)
    edges()
    tables.partners_publish(*FACTS)
