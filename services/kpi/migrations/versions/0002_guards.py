"""How fresh a number is, by partner: when a rival's fact came is nobody else's business."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0002"
down_revision = "0001"

OF_ITS_OWN_NUMBERS = "EXISTS (SELECT FROM bucket WHERE bucket.product_id = product.id)"


def freshness_by_partner() -> None:
    op.drop_table("freshness")
    op.create_table(
        "freshness",
        sa.Column("measure", sa.String(), primary_key=True),
        sa.Column("partner_id", sa.Uuid(), primary_key=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
    )
    op.execute("ALTER TABLE measured_fact NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO freshness (measure, partner_id, as_of) "
        "SELECT measure, partner_id, max(recorded_at) FROM measured_fact GROUP BY measure, partner_id"
    )
    op.execute("ALTER TABLE measured_fact FORCE ROW LEVEL SECURITY")


def definitions() -> None:
    """The sponsor's to write; a partner reads them, and the targets that are general or its own."""
    for table in ("kpi_definition", "kpi_target"):
        tables.sponsor_record(table)
        op.execute(f"GRANT SELECT ON {table} TO svc_partner")
    op.execute("CREATE POLICY party ON kpi_definition FOR SELECT TO svc_partner USING (true)")
    op.execute(
        "CREATE POLICY party ON kpi_target FOR SELECT TO svc_partner "
        f"USING (partner_id IS NULL OR partner_id = {tables.TENANT})"
    )


def upgrade() -> None:
    freshness_by_partner()
    for table in ("measured_fact", "bucket", "site", "freshness"):
        tables.projection(table, partner_column="partner_id")
    tables.projection("partner", partner_column="id")
    # The product list is the sponsor's; a partner may know what those products are called that its own numbers name.
    tables.projection("product", seen_by_partners=OF_ITS_OWN_NUMBERS)
    for table in ("superseded_result", "batch_flaw"):
        tables.projection(table)
    definitions()
