"""Batches with their inputs and process data, deviations, OOS investigations, and the copies of names."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

PARTIES = postgresql.ARRAY(sa.Uuid())


def instant(name: str, nullable: bool = True) -> sa.Column:
    """A point in time."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def text(name: str, nullable: bool = True) -> sa.Column:
    """Text."""
    return sa.Column(name, sa.String(), nullable=nullable)


def uuid(name: str, nullable: bool = True, of: str | None = None) -> sa.Column:
    """An id, here or elsewhere."""
    return sa.Column(name, sa.Uuid(), *([sa.ForeignKey(f"{of}.id")] if of else []), nullable=nullable)


def batches() -> None:
    op.create_table(
        "batch",
        *tables.versioned(),
        sa.Column("lot_id", sa.Uuid(), nullable=False, unique=True),
        text("number", False),
        text("material", False),
        uuid("product_id"),
        uuid("site_id", False),
        uuid("partner_id", False),
        text("state", False),
        text("started"),
        sa.Column("started_on", sa.Date()),
        text("start_source"),
        sa.Column("start_revision", sa.Integer(), nullable=False),
        sa.Column("planned_quantity", sa.Numeric()),
        text("planned_unit"),
        text("completed"),
        sa.Column("completed_on", sa.Date()),
        text("completion_source"),
        sa.Column("completion_revision", sa.Integer(), nullable=False),
        sa.Column("actual_quantity", sa.Numeric()),
        text("actual_unit"),
        sa.Column("yield_percent", sa.Numeric()),
        sa.Column("stage_yields", postgresql.JSONB(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("parties", PARTIES, nullable=False),
    )
    for column in ("number", "material", "product_id", "site_id", "partner_id", "started_on"):
        op.create_index(f"batch_{column}", "batch", [column])
    op.create_table(
        "batch_input",
        sa.Column("id", sa.Uuid(), primary_key=True),
        uuid("batch_id", False, of="batch"),
        text("source", False),
        sa.Column("revision", sa.Integer(), nullable=False),
        uuid("lot_id", False),
        text("material", False),
        text("number", False),
        sa.UniqueConstraint("batch_id", "source", "lot_id"),
    )
    op.create_index("batch_input_lot_id", "batch_input", ["lot_id"])
    op.create_table(
        "process_step",
        sa.Column("id", sa.Uuid(), primary_key=True),
        uuid("batch_id", False, of="batch"),
        text("source", False),
        sa.Column("revision", sa.Integer(), nullable=False),
        text("step", False),
        text("occurred", False),
        sa.Column("values", postgresql.JSONB(), nullable=False),
        sa.UniqueConstraint("batch_id", "source", "step"),
    )


def deviations() -> None:
    op.create_table(
        "deviation",
        *tables.versioned(),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        text("state", False),
        sa.Column("source", sa.String(), unique=True),
        sa.Column("source_revision", sa.Integer(), nullable=False),
        text("title", False),
        text("description", False),
        text("category", False),
        uuid("site_id", False),
        uuid("partner_id", False),
        uuid("product_id"),
        sa.Column("batch_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        text("occurred", False),
        instant("discovered_at"),
        instant("partner_aware_at", False),
        instant("sponsor_aware_at", False),
        instant("acknowledged_at"),
        text("reporter", False),
        text("proposed_classification"),
        sa.Column("notification_limit_hours", sa.Integer()),
        text("classification"),
        text("classification_reason"),
        instant("classified_at"),
        text("owner"),
        text("root_cause_category"),
        text("root_cause"),
        text("impact"),
        text("capa_reference"),
        text("capa_justification"),
        instant("due_at", False),
        instant("first_due_at", False),
        text("extension_reason"),
        instant("requested_due_at"),
        instant("overdue_told_for"),
        text("return_reason"),
        instant("closed_at"),
        instant("cancelled_at"),
        text("cancellation_reason"),
        sa.Column("parties", PARTIES, nullable=False),
    )
    op.create_index("deviation_cause", "deviation", ["site_id", "category", "root_cause_category", "partner_aware_at"])
    op.create_index("deviation_partner_id", "deviation", ["partner_id"])
    op.create_index(
        "deviation_due", "deviation", ["due_at"], postgresql_where=sa.text("state NOT IN ('closed', 'cancelled')")
    )
    op.create_table(
        "deviation_lot",
        sa.Column("id", sa.Uuid(), primary_key=True),
        uuid("deviation_id", False, of="deviation"),
        uuid("lot_id", False),
        text("number", False),
        text("material", False),
        uuid("product_id"),
        uuid("site_id", False),
        uuid("partner_id", False),
        uuid("batch_id", of="batch"),
        text("impact"),
        sa.UniqueConstraint("deviation_id", "lot_id"),
    )
    op.create_index("deviation_lot_batch_id", "deviation_lot", ["batch_id"])
    op.create_index("deviation_lot_number", "deviation_lot", ["number"])


def investigations() -> None:
    op.create_table(
        "oos_investigation",
        *tables.versioned(),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        text("state", False),
        sa.Column("result_id", sa.Uuid(), nullable=False, unique=True),
        uuid("batch_id", of="batch"),
        uuid("lot_id", False),
        text("lot_number", False),
        text("material", False),
        uuid("product_id"),
        uuid("site_id", False),
        uuid("partner_id", False),
        uuid("laboratory_site_id", False),
        uuid("laboratory_partner_id", False),
        text("test", False),
        text("stage", False),
        text("role", False),
        sa.Column("value", sa.Numeric()),
        text("text"),
        text("unit", False),
        sa.Column("limit", postgresql.JSONB(), nullable=False),
        text("detected", False),
        instant("aware_at", False),
        instant("opened_at", False),
        instant("due_at", False),
        instant("notified_at"),
        instant("phase_2_at"),
        text("phase_2_reason"),
        text("conclusion"),
        text("cause"),
        text("evidence"),
        instant("concluded_at"),
        uuid("deviation_id", of="deviation"),
        sa.Column("parties", PARTIES, nullable=False),
    )
    for column in ("batch_id", "lot_number", "partner_id", "laboratory_partner_id"):
        op.create_index(f"oos_investigation_{column}", "oos_investigation", [column])


def directory() -> None:
    op.create_table(
        "known_partner", sa.Column("id", sa.Uuid(), primary_key=True), text("number", False), text("name", False)
    )
    op.create_table(
        "known_site",
        sa.Column("id", sa.Uuid(), primary_key=True),
        uuid("partner_id", False),
        text("number", False),
        text("name", False),
    )
    op.create_table(
        "known_product", sa.Column("id", sa.Uuid(), primary_key=True), text("code", False), text("name", False)
    )
    op.create_index("known_product_code", "known_product", ["code"])


def upgrade() -> None:
    batches()
    deviations()
    investigations()
    directory()
    tables.root_record("batch")
    tables.child_record("batch_input", "batch_id", of="batch")
    tables.child_record("process_step", "batch_id", of="batch")
    tables.root_record("deviation")
    tables.child_record("deviation_lot", "deviation_id", of="deviation")
    tables.root_record("oos_investigation")
    tables.projection("known_partner", partner_column="id")
    tables.projection("known_site", partner_column="partner_id")
    tables.projection("known_product")
    tables.numbers("deviation_number")
    tables.numbers("oos_number")
