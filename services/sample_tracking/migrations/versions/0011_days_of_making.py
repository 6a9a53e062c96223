"""A lot is judged by the revision in force when it was made, unless a later one holds for all open lots."""

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Step
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"

LIMITS_IN_FORCE = """
CREATE FUNCTION limits_in_force(product_ids uuid[], codes text[])
RETURNS TABLE (product_id uuid, code text, specification_id uuid, market text, limits text, purpose text, revision int,
    effective_from date, applies_to text, in_force boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT product.id, product.code, specification.id, specification.market, specification.limits::text,
        specification.purpose, specification.revision, specification.effective_from, specification.applies_to,
        specification.state = 'effective'
    FROM known_product AS product LEFT JOIN specification
        ON specification.product_id = product.id AND specification.effective_at IS NOT NULL
    WHERE product.id = ANY (product_ids) OR product.code = ANY (codes)
    ORDER BY product.id, specification.market NULLS FIRST, specification.purpose, specification.revision
$$
"""
# Who enters a result may not read when another's lot was made, and is judged by it.
DAYS_OF_MAKING = """
CREATE FUNCTION days_of_making(lots uuid[]) RETURNS TABLE (lot_id uuid, made_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT lot_id, coalesce(completed_on, started_on) FROM known_lot
    WHERE lot_id = ANY (lots) AND coalesce(completed_on, started_on) IS NOT NULL
$$
"""
THAT_COUNTS = {"superseded_by": None}
OF_THE_RESULT = PartnersWrite(
    sides=["laboratory_partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "lot_id", "lot_number", "material", "product_id", "site_id"),
            *("partner_id", "laboratory_site_id", "laboratory_partner_id", "parties", "test", "stage", "role", "value"),
            *("text", "qualifier", "unit", "occurred_at", "evaluation", "reason", "rounded_value"),
            *("specification_id", "applied_limit", "submitted_by", "evaluations", "evaluated_against"),
        ],
        otherwise={"version": 1, "state": "submitted"},
        parties=["partner_id", "laboratory_partner_id"],
        check=f"""
            result.submitted_by = {ACTOR}
            AND EXISTS (SELECT FROM known_site AS own
                        WHERE own.id = result.laboratory_site_id AND own.partner_id = {TENANT})
            AND (result.partner_id = {TENANT} AND EXISTS (
                     SELECT FROM known_site AS own WHERE own.id = result.site_id AND own.partner_id = {TENANT})
                 OR was_tested(result.lot_id, result.site_id, result.partner_id))
        """,
    ),
    steps=[
        Step(
            moves=["submitted>reviewed"],
            sides=["laboratory_partner_id"],
            sets=["reviewed_at"],
            by=["reviewed_by"],
            independent_of=["submitted_by"],
            when_it_has=THAT_COUNTS,
        ),
        Step(
            moves=["reviewed>approved"],
            sides=["laboratory_partner_id"],
            sets=["approved_at"],
            by=["approved_by"],
            independent_of=["submitted_by", "reviewed_by"],
            when_it_has=THAT_COUNTS,
        ),
    ],
)


def upgrade() -> None:
    changes.add_required("specification", sa.Column("applies_to", sa.String()), value="'manufactured_from'")
    op.add_column("result", sa.Column("evaluated_against", JSONB()))
    op.create_table(
        "known_lot",
        sa.Column("lot_id", sa.Uuid(), primary_key=True),
        sa.Column("started_on", sa.Date()),
        sa.Column("completed_on", sa.Date()),
        sa.Column("closed", sa.Boolean(), nullable=False),
    )
    tables.projection("known_lot")
    op.execute("CREATE POLICY evaluation ON known_lot FOR SELECT TO CURRENT_USER USING (true)")
    op.create_index("result_product", "result", ["product_id", "test"])
    op.execute("DROP FUNCTION limits_in_force")
    for name, function in (("limits_in_force", LIMITS_IN_FORCE), ("days_of_making", DAYS_OF_MAKING)):
        op.execute(function)
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {', '.join(tables.ROLES)}")
    tables.root_record("result", OF_THE_RESULT)
