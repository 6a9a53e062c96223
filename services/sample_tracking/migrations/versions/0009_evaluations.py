"""A result keeps its verdict by each specification, not only the gravest."""

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Step
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"

LIMITS_IN_FORCE = """
CREATE FUNCTION limits_in_force(product_ids uuid[], codes text[])
RETURNS TABLE (product_id uuid, code text, specification_id uuid, market text, limits text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT product.id, product.code, specification.id, specification.market, specification.limits::text
    FROM known_product AS product LEFT JOIN specification
        ON specification.product_id = product.id AND specification.state = 'approved'
    WHERE product.id = ANY (product_ids) OR product.code = ANY (codes)
    ORDER BY product.id, specification.market NULLS FIRST
$$
"""
# The form is that of the facts, with every field. Of what else applied then nobody knows any more.
KEPT = """
UPDATE result SET evaluations = jsonb_build_array(jsonb_build_object(
    'specification_id', result.specification_id, 'market', specification.market, 'verdict', result.evaluation,
    'rounded', result.rounded_value::text))
FROM specification WHERE specification.id = result.specification_id
"""
THAT_COUNTS = {"superseded_by": None}
OF_THE_RESULT = PartnersWrite(
    sides=["laboratory_partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "lot_id", "lot_number", "material", "product_id", "site_id"),
            *("partner_id", "laboratory_site_id", "laboratory_partner_id", "parties", "test", "stage", "role", "value"),
            *("text", "qualifier", "unit", "occurred_at", "evaluation", "reason", "rounded_value"),
            *("specification_id", "applied_limit", "submitted_by", "evaluations"),
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
    op.add_column("result", sa.Column("evaluations", JSONB()))
    op.execute("ALTER TABLE specification NO FORCE ROW LEVEL SECURITY")
    changes.unseen("result", KEPT)
    op.execute("ALTER TABLE specification FORCE ROW LEVEL SECURITY")
    op.execute("DROP FUNCTION limits_in_force")
    op.execute(LIMITS_IN_FORCE)
    op.execute("REVOKE EXECUTE ON FUNCTION limits_in_force FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION limits_in_force TO {', '.join(tables.ROLES)}")
    tables.root_record("result", OF_THE_RESULT)
