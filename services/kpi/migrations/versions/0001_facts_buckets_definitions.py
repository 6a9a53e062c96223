"""Facts, their sums, definitions and targets."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from kpi.definitions import shipped

revision = "0001"
down_revision = None


def dimensions() -> list[sa.Column]:
    """By what a number can be broken down."""
    return [
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid()),
    ]


def source() -> list[sa.Column]:
    """The event that proves a row."""
    return [
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    ]


def create_facts() -> None:
    """The ledger, its sums, and what is remembered for facts that come out of order."""
    op.create_table(
        "measured_fact",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("occurred", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        *dimensions(),
        *source(),
        sa.Column("reverses", sa.Uuid()),
        sa.Column("reversed_by", sa.Uuid()),
        # The table is its own inbox: an event measures a thing of a subject once, and reverses it once.
        sa.UniqueConstraint("event_id", "measure", "subject_id", "count"),
        sa.CheckConstraint("(count = 1 AND reverses IS NULL) OR (count = -1 AND reverses IS NOT NULL)"),
    )
    counting = "reversed_by IS NULL AND reverses IS NULL"
    op.execute(f"CREATE UNIQUE INDEX measured_fact_counting ON measured_fact (measure, subject_id) WHERE {counting}")
    op.create_index("measured_fact_window", "measured_fact", ["measure", "month", "partner_id", "id"])
    op.create_table(
        "bucket",
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        *dimensions(),
        sa.Column("level", sa.Numeric(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=False),
        sa.UniqueConstraint(
            "measure", "month", "partner_id", "site_id", "product_id", "level", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_index("bucket_product", "bucket", ["product_id"])
    op.create_table(
        "freshness",
        sa.Column("measure", sa.String(), primary_key=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table("superseded_result", sa.Column("result_id", sa.Uuid(), primary_key=True), *source())
    op.create_table(
        "batch_flaw",
        sa.Column("batch_id", sa.Uuid(), primary_key=True),
        sa.Column("source_id", sa.Uuid(), primary_key=True, index=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        *source(),
    )


def create_copies() -> None:
    """What partner_registry calls things."""
    op.create_table(
        "partner",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("code", sa.String(), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
    )


def create_definitions() -> None:
    """Definitions and targets, with those that are shipped."""
    op.create_table(
        "kpi_definition",
        *tables.versioned(),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("formula_version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("numerator", sa.String(), nullable=False),
        sa.Column("denominator", sa.String()),
        sa.Column("quantile", sa.Numeric()),
        sa.Column("open_measure", sa.String()),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("minimum_sample", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.UniqueConstraint("code", "formula_version"),
    )
    op.create_table(
        "kpi_target",
        *tables.versioned(),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("product_id", sa.Uuid()),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("amber", sa.Numeric(), nullable=False),
        sa.Column("red", sa.Numeric(), nullable=False),
        sa.UniqueConstraint("code", "partner_id", "product_id", postgresql_nulls_not_distinct=True),
    )


def ship() -> None:
    """Load what is shipped, on behalf of this migration: the audit tells it from what users added."""
    op.execute("SELECT set_config('entente.actor', 'migration:kpi:0001', true)")
    stamp = {"version": 1, "created_at": sa.func.now(), "updated_at": sa.func.now()}
    for table, rows in zip(("kpi_definition", "kpi_target"), shipped.rows(), strict=True):
        # The owner is nobody that a policy knows: it steps over them for this insert alone.
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        for row in rows:
            columns = [sa.column(name) for name in {**row, **stamp}]
            op.execute(sa.table(table, *columns).insert().values({**row, **stamp}))
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def guard() -> None:
    """Who sees what. A partner reads its own facts and sums, and what they are made of."""
    for table in ("measured_fact", "bucket", "site"):
        tables.projection(table, partner_column="partner_id")
    tables.projection("partner", partner_column="id")
    tables.projection("freshness")
    for table in ("superseded_result", "batch_flaw", "product"):
        tables.projection(table)
    # The product list is the sponsor's; a partner may know what those products are called that its own numbers name.
    op.execute("GRANT SELECT ON product, kpi_definition, kpi_target TO svc_partner")
    op.execute(
        "CREATE POLICY party ON product FOR SELECT TO svc_partner "
        "USING (EXISTS (SELECT FROM bucket WHERE bucket.product_id = product.id))"
    )
    op.execute("CREATE POLICY party ON kpi_definition FOR SELECT TO svc_partner USING (true)")
    op.execute(
        "CREATE POLICY party ON kpi_target FOR SELECT TO svc_partner "
        f"USING (partner_id IS NULL OR partner_id = {tables.TENANT})"
    )


def upgrade() -> None:
    create_facts()
    create_copies()
    create_definitions()
    tables.sponsor_record("kpi_definition")
    tables.sponsor_record("kpi_target")
    ship()
    guard()
