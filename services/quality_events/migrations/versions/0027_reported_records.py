"""What makers' systems tell of batch records: versions, and the lots of materials that they name."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0027"
down_revision = "0026"

GIVEN = {"nullable": False}
TEXTS = ("source", "record_version", "digest", "changed_at", "received_by")
# Of what a batch record names, only what was consumed went in.
INPUTS = """
CREATE OR REPLACE VIEW batch_input_now WITH (security_invoker = true) AS
SELECT part.* FROM batch_input AS part JOIN batch AS child ON child.id = part.batch_id
WHERE CASE WHEN child.start_source = part.source THEN part.revision >= child.start_revision
      ELSE NOT EXISTS (SELECT FROM batch_input AS newer WHERE newer.batch_id = part.batch_id
                       AND newer.source = part.source AND newer.revision > part.revision) END
AND coalesce(part.use, 'consumed') = 'consumed'
"""
AS_ITS_OWNER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# What a person linked and a report tells of the same two batches is one consumption: the link's quantity counts.
GIVEN_BY_ALL = f"""
CREATE OR REPLACE FUNCTION batch_given(batches uuid[])
RETURNS TABLE (parent_id uuid, quantity numeric, unit text) LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
SELECT told.parent_id, sum(told.quantity), told.unit FROM (
    SELECT link.parent_id, link.quantity, link.unit FROM batch_link AS link WHERE link.parent_id = ANY (batches)
    UNION ALL
    SELECT parent.id, part.quantity, part.unit FROM batch AS parent
    JOIN batch_input_now AS part ON part.lot_id = parent.lot_id
    WHERE parent.id = ANY (batches) AND part.quantity IS NOT NULL AND NOT EXISTS (
        SELECT FROM batch_link AS known WHERE known.parent_id = parent.id AND known.child_id = part.batch_id
        AND known.kind = 'consumed')
) AS told GROUP BY told.parent_id, told.unit $$
"""
DRAWN = f"""
CREATE FUNCTION batch_drawn(batches uuid[])
RETURNS TABLE (id uuid, made numeric, made_unit text, quantity numeric, unit text)
LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
SELECT batch.id, batch.actual_quantity, batch.actual_unit, given.quantity, given.unit
FROM batch_given(batches) AS given JOIN batch ON batch.id = given.parent_id
WHERE batch.actual_quantity IS NOT NULL AND batch.actual_unit IS NOT NULL $$
"""


def materials() -> None:
    """Beside the inputs that a start names, what became of each lot, and how much of it."""
    for name in ("use", "unit", "step"):
        op.add_column("batch_input", sa.Column(name, sa.String()))
    op.add_column("batch_input", sa.Column("quantity", sa.Numeric()))
    for statement in (INPUTS, GIVEN_BY_ALL, DRAWN):
        op.execute(statement)
    op.execute("REVOKE EXECUTE ON FUNCTION batch_drawn FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION batch_drawn TO {', '.join(tables.ROLES)}")


def upgrade() -> None:
    materials()
    op.create_table(
        "reported_record",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in TEXTS),
        *(sa.Column(name, sa.Integer(), **GIVEN) for name in ("revision", "authority")),
        sa.Column("complete", sa.Boolean(), **GIVEN),
        sa.Column("status", sa.String()),
        sa.Column("received_at", sa.DateTime(timezone=True), **GIVEN),
        sa.UniqueConstraint("batch_id", "source", "revision", "digest"),
    )
    tables.child_record("reported_record", "batch_id", of="batch")
