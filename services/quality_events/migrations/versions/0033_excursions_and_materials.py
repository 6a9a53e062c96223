"""What makers' systems tell of a batch's process beside its record: excursions, and lots that went in."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT, PartnersWrite, Step
from installation.waiting import add_turns

revision = "0033"
down_revision = "0032"

GIVEN = {"nullable": False}
OF_THE_MAKER = PartnersWrite(
    sides=["partner_id"],
    # The deviation is one that the partner sees, and that names the batch.
    updates_if="""
        process_excursion.deviation_id IS NULL OR EXISTS (SELECT FROM deviation_lot AS named
            WHERE named.deviation_id = process_excursion.deviation_id
            AND named.lot_id = process_excursion.lot_id AND named.left_out_by_revision IS NULL)
    """,
    steps=[
        Step(
            moves=["open>decided"],
            sides=["partner_id"],
            sets=["outcome", "decision", "deviation_id", "decided_at"],
            clears=["reopened_because"],
            by=["decided_by"],
        )
    ],
)
SEEN = f"(current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (batch.parties))"
# A batch is judged by all excursions, also for a maker that may not read those of another: of these it learns that there
# are some, and whether they are open.
EXCURSIONS = f"""
CREATE FUNCTION excursions_of(asked uuid) RETURNS TABLE (
    id uuid, number varchar, state varchar, outcome varchar, partner_id uuid, step varchar, said varchar,
    decision varchar, since timestamptz, left_open boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
WITH RECURSIVE up (id) AS (
    SELECT batch.id FROM batch WHERE batch.id = asked AND {SEEN}
    UNION SELECT edge.parent_id FROM up, LATERAL (
        SELECT parent_id FROM batch_edge WHERE child_id = up.id OFFSET 0) AS edge
), one AS (
    SELECT said.*, (current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (said.parties)) AS theirs,
           said.deviation_id IS NOT NULL AND NOT EXISTS (
               SELECT FROM deviation AS dealt JOIN deviation_lot AS named ON named.deviation_id = dealt.id
               WHERE dealt.id = said.deviation_id AND dealt.state <> 'cancelled'
               AND named.lot_id = said.lot_id AND named.left_out_by_revision IS NULL) AS left_open
    FROM up JOIN process_excursion AS said ON said.batch_id = up.id
)
SELECT CASE WHEN theirs THEN id END, CASE WHEN theirs THEN number END, state, CASE WHEN theirs THEN outcome END,
       CASE WHEN theirs THEN partner_id END, CASE WHEN theirs THEN step END,
       CASE WHEN theirs THEN concat_ws(' ', kind, text) END, CASE WHEN theirs THEN decision END,
       CASE WHEN theirs THEN created_at END, left_open
FROM one ORDER BY one.number $$
"""
# Its own lot, which a system may name as what was used, is no input.
NOT_NAMED = f"""
CREATE FUNCTION uses_not_named(asked uuid) RETURNS TABLE (material varchar, number varchar, told_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
WITH one AS (SELECT batch.* FROM batch WHERE batch.id = asked AND {SEEN}), named AS (
    SELECT part.material, part.number FROM one JOIN batch_input_now AS part ON part.batch_id = one.id
    UNION SELECT parent.material, parent.number
    FROM one JOIN batch_link AS link ON link.child_id = one.id JOIN batch AS parent ON parent.id = link.parent_id
    UNION SELECT one.material, one.number FROM one
)
SELECT used.material, used.number, max(used.told_at) FROM one JOIN material_use AS used ON used.batch_id = one.id
WHERE used.use = 'consumed'
    AND NOT EXISTS (SELECT FROM named WHERE (named.material, named.number) = (used.material, used.number))
GROUP BY used.material, used.number ORDER BY used.material, used.number $$
"""


def upgrade() -> None:
    excursions()
    material_uses()
    for table in ("process_excursion", "material_use"):
        op.execute(f"CREATE POLICY dossier ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    for name, function in {"excursions_of": EXCURSIONS, "uses_not_named": NOT_NAMED}.items():
        op.execute(function)
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {', '.join(tables.ROLES)}")


def excursions() -> None:
    op.create_table(
        "process_excursion",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        sa.Column("source", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "event_id", "kind", "text", "occurred_at")),
        sa.Column("source_revision", sa.Integer(), **GIVEN),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("lot_id", "site_id", "partner_id")),
        *(sa.Column(name, sa.Numeric()) for name in ("value", "limit")),
        *(sa.Column(name, sa.String()) for name in ("step", "unit", "risk", "status", "outcome", "decision")),
        sa.Column("deviation_id", sa.Uuid(), sa.ForeignKey("deviation.id")),
        *(sa.Column(name, sa.String()) for name in ("decided_by", "reopened_because")),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("decided_at", "reopened_at")),
        sa.Column("told_at", sa.DateTime(timezone=True), **GIVEN),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    for column in ("batch_id", "partner_id", "deviation_id"):
        op.create_index(f"process_excursion_{column}", "process_excursion", [column])
    decided = """
        (state = 'decided') = (decided_at IS NOT NULL) AND (outcome IS NULL) = (decided_at IS NULL)
        AND outcome IN ('no_impact', 'deviation') AND (decision IS NULL) = (decided_at IS NULL)
        AND (outcome IS NOT DISTINCT FROM 'deviation') = (deviation_id IS NOT NULL)
    """
    op.create_check_constraint("process_excursion_is_decided", "process_excursion", decided)
    add_turns("process_excursion", {})
    tables.root_record("process_excursion", OF_THE_MAKER)
    tables.numbers("excursion_number")


def material_uses() -> None:
    op.create_table(
        "material_use",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id")),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("source", "material", "number", "use")),
        sa.Column("revision", sa.Integer(), **GIVEN),
        sa.Column("step", sa.String()),
        sa.Column("told_at", sa.DateTime(timezone=True), **GIVEN),
    )
    op.create_index("material_use_batch_id", "material_use", ["batch_id"])
    tables.projection("material_use")
