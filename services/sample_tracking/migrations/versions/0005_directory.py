"""The copies of products and sites become those that all services keep alike, and of partners there is one, too."""

from alembic import op
from directory.migration import add_directory

revision = "0005"
down_revision = "0004"

LIMITS_IN_FORCE = """
CREATE OR REPLACE FUNCTION limits_in_force(product_ids uuid[], codes text[])
RETURNS TABLE (product_id uuid, code text, specification_id uuid, limits text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT product.id, product.code, specification.id, specification.limits::text
    FROM known_product AS product LEFT JOIN specification
        ON specification.product_id = product.id AND specification.state = 'approved'
    WHERE product.id = ANY (product_ids) OR product.code = ANY (codes)
    ORDER BY product.id, specification.market NULLS FIRST
$$
"""


def upgrade() -> None:
    for kind in ("site", "product"):
        op.execute(f"ALTER TABLE {kind} RENAME TO known_{kind}")
        op.execute(f"ALTER TABLE known_{kind} RENAME CONSTRAINT {kind}_pkey TO known_{kind}_pkey")
    op.execute("ALTER INDEX ix_product_code RENAME TO known_product_code")
    op.execute(LIMITS_IN_FORCE)
    add_directory()
