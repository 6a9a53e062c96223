"""A specification has a purpose and a day from which it is in force; what was approved, was in force from then on."""

import sqlalchemy as sa
from alembic import op
from installation import changes

revision = "0010"
down_revision = "0009"

LIMITS_IN_FORCE = """
CREATE OR REPLACE FUNCTION limits_in_force(product_ids uuid[], codes text[])
RETURNS TABLE (product_id uuid, code text, specification_id uuid, market text, limits text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT product.id, product.code, specification.id, specification.market, specification.limits::text
    FROM known_product AS product LEFT JOIN specification
        ON specification.product_id = product.id AND specification.state = 'effective'
    WHERE product.id = ANY (product_ids) OR product.code = ANY (codes)
    ORDER BY product.id, specification.market NULLS FIRST, specification.purpose
$$
"""
AS_APPROVED = """
UPDATE specification SET effective_from = (approved_at AT TIME ZONE 'UTC')::date, effective_at = approved_at,
    state = CASE state WHEN 'approved' THEN 'effective' ELSE state END
WHERE approved_at IS NOT NULL
"""


def upgrade() -> None:
    changes.add_required("specification", sa.Column("purpose", sa.String()), value="'release'")
    op.add_column("specification", sa.Column("effective_from", sa.Date()))
    op.add_column("specification", sa.Column("effective_at", sa.DateTime(timezone=True)))
    op.drop_index("specification_in_force", "specification")
    changes.unseen("specification", AS_APPROVED)
    op.create_index(
        "specification_in_force",
        "specification",
        ["product_id", "market", "purpose"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state = 'effective'"),
    )
    changes.guard_dates("specification")
    op.execute(LIMITS_IN_FORCE)
