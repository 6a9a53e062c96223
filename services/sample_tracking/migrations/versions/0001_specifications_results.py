"""Specifications, results, and the copies of products and sites that they need."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

# A laboratory's result is evaluated against limits that the laboratory may not read: only this function, which asks
# for a batch's products, reaches them under every role.
LIMITS_IN_FORCE = """
CREATE FUNCTION limits_in_force(product_ids uuid[], codes text[])
RETURNS TABLE (product_id uuid, code text, specification_id uuid, limits text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT product.id, product.code, specification.id, specification.limits::text
    FROM product LEFT JOIN specification
        ON specification.product_id = product.id AND specification.state = 'approved'
    WHERE product.id = ANY (product_ids) OR product.code = ANY (codes)
    ORDER BY product.id, specification.market NULLS FIRST
$$
"""


def reference() -> None:
    op.create_table(
        "product",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.String(), nullable=False, index=True),
        sa.Column("name", sa.String(), nullable=False),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
    )
    tables.projection("product")
    tables.projection("site")


def specification() -> None:
    op.create_table(
        "specification",
        *tables.versioned(),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("product_code", sa.String(), nullable=False, index=True),
        sa.Column("market", sa.String()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("limits", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String()),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("superseded_by", sa.Uuid()),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.UniqueConstraint("product_id", "market", "revision", postgresql_nulls_not_distinct=True),
    )
    op.create_index(
        "specification_in_force",
        "specification",
        ["product_id", "market"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("state = 'approved'"),
    )
    tables.root_record("specification")
    for table in ("product", "specification"):
        op.execute(f"CREATE POLICY evaluation ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    op.execute(LIMITS_IN_FORCE)
    op.execute("REVOKE EXECUTE ON FUNCTION limits_in_force FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION limits_in_force TO {', '.join(tables.ROLES)}")


def result() -> None:
    op.create_table(
        "result",
        *tables.versioned(),
        sa.Column("lot_id", sa.Uuid(), nullable=False, index=True),
        sa.Column("lot_number", sa.String(), nullable=False, index=True),
        sa.Column("material", sa.String(), nullable=False),
        sa.Column("product_id", sa.Uuid()),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_site_id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_partner_id", sa.Uuid(), nullable=False),
        sa.Column("test", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("value", sa.Numeric()),
        sa.Column("text", sa.String()),
        sa.Column("below_quantitation", sa.Boolean(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("occurred_at", sa.String(), nullable=False),
        sa.Column("evaluation", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("rounded_value", sa.Numeric()),
        sa.Column("specification_id", sa.Uuid()),
        sa.Column("applied_limit", postgresql.JSONB()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("feed_id", sa.Uuid()),
        sa.Column("message_id", sa.Uuid()),
        sa.Column("source_id", sa.String()),
        sa.Column("source_revision", sa.Integer()),
        sa.Column(
            "superseded_by", sa.Uuid(), sa.ForeignKey("result.id", deferrable=True, initially="DEFERRED")
        ),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("reviewed_by", sa.String()),
        sa.Column("reviewed_at", sa.DateTime(timezone=True)),
        sa.Column("approved_by", sa.String()),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.UniqueConstraint("feed_id", "source_id", "source_revision"),
    )
    # Of a source's record one result counts. Two transactions that each bring a revision meet here.
    op.create_index(
        "result_that_counts",
        "result",
        ["feed_id", "source_id"],
        unique=True,
        postgresql_where=sa.text("superseded_by IS NULL"),
    )
    op.create_index("result_evaluation", "result", ["evaluation", "id"])
    op.create_index("result_laboratory", "result", ["laboratory_partner_id", "id"])
    tables.root_record("result")


def upgrade() -> None:
    reference()
    specification()
    result()
