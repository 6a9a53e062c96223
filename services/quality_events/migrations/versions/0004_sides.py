"""Who may write what: sides of a record, second persons, the laboratory's proposal, and the database's own line."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import PartnersWrite
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

ALWAYS = ("version", "updated_at")
OPEN = ("reported", "classified", "under_investigation", "awaiting_approval")
OF_THE_BATCH = PartnersWrite(
    sides=["partner_id"],
    inserts=True,
    columns=[
        *("state", "product_id", "started", "started_on", "start_source", "start_revision", "start_authority"),
        *("planned_quantity", "planned_unit", "completed", "completed_on", "completion_source", "completion_revision"),
        *("completion_authority", "completion_reported", "actual_quantity", "actual_unit", "yield_percent", "stage_yields", "due_on"),
        *ALWAYS,
    ],
    moves={"announced": ["in_process", "manufactured"], "in_process": ["manufactured"], "manufactured": ["manufactured"]},
)
OF_THE_DEVIATION = PartnersWrite(
    sides=["partner_id"],
    inserts=True,
    columns=[
        *("state", "owner", "root_cause_category", "root_cause", "impact", "capa_reference", "capa_justification"),
        *("return_reason", "approval_requested_by", "prepared_by", "requested_due_at", "extension_reason", "extension_requested_by"),
        *ALWAYS,
    ],
    moves={
        **{state: [state] for state in OPEN},
        "classified": ["classified", "under_investigation"],
        "under_investigation": ["under_investigation", "awaiting_approval"],
    },
)
OF_THE_INVESTIGATION = PartnersWrite(
    sides=["partner_id", "laboratory_partner_id"],
    columns=[
        *("state", "notified_at", "phase_2_at", "phase_2_reason", "invalidation_proposed_by", "retest_plan"),
        *("invalidation_proposed_at", "return_reason", "conclusion", "cause", "evidence", "concluded_at"),
        *("deviation_id", *ALWAYS),
    ],
    moves={
        "phase_1": ["phase_1", "awaiting_approval", "phase_2"],
        "awaiting_approval": ["awaiting_approval", "concluded", "phase_1"],
        "phase_2": ["phase_2", "concluded"],
    },
)


def columns() -> None:
    maker = {"nullable": False, "server_default": "2"}
    op.add_column("batch", sa.Column("start_authority", sa.Integer(), **maker))
    op.add_column("batch", sa.Column("completion_authority", sa.Integer(), **maker))
    op.add_column("batch", sa.Column("other_statements", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("batch", sa.Column("completion_reported", sa.String()))
    op.add_column("process_step", sa.Column("undated", sa.Boolean(), nullable=False, server_default="false"))
    for column in ("classified_by", "approval_requested_by", "extension_requested_by"):
        op.add_column("deviation", sa.Column(column, sa.String()))
    op.add_column("deviation", sa.Column("prepared_by", sa.ARRAY(sa.String()), nullable=False, server_default="{}"))
    for column in ("invalidation_proposed_by", "retest_plan", "return_reason"):
        op.add_column("oos_investigation", sa.Column(column, sa.String()))
    op.add_column("oos_investigation", sa.Column("invalidation_proposed_at", sa.DateTime(timezone=True)))


def clocks_count_local_days() -> None:
    op.add_column("known_site", sa.Column("time_zone", sa.String()))
    for table in ("deviation", "oos_investigation"):
        op.add_column(table, sa.Column("due_zone", sa.String()))
        op.add_column(table, sa.Column("historic", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("deviation", sa.Column("reported_aware_at", sa.DateTime(timezone=True)))
    op.add_column("deviation", sa.Column("awareness_reason", sa.String()))
    op.add_column("deviation", sa.Column("awareness_accepted_revision", sa.Integer(), nullable=False, server_default="0"))


def lots_are_joined_to_products_and_batches() -> None:
    """A person of a partner names a code; the list of products is the sponsor's, and only this function reaches it."""
    op.execute("CREATE POLICY codes ON known_product FOR SELECT TO CURRENT_USER USING (true)")
    op.execute(
        "CREATE FUNCTION products_of(codes text[]) RETURNS TABLE (code text, id uuid) "
        "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp "
        "AS $$ SELECT code, id FROM known_product WHERE code = ANY (codes) $$"
    )
    op.execute("REVOKE EXECUTE ON FUNCTION products_of FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION products_of TO {', '.join(tables.ROLES)}")
    op.create_index("deviation_lot_lot_id", "deviation_lot", ["lot_id"])
    op.create_index("oos_investigation_lot_id", "oos_investigation", ["lot_id"])
    op.create_index("oos_investigation_without_product", "oos_investigation", ["material"], postgresql_where=sa.text("product_id IS NULL"))
    op.create_index("deviation_lot_without_product", "deviation_lot", ["material"], postgresql_where=sa.text("product_id IS NULL"))
    op.create_index("batch_without_product", "batch", ["material"], postgresql_where=sa.text("product_id IS NULL"))


def only_makers_are_parties() -> None:
    """Whoever once named a batch in a report was a party to it: it reads what is the maker's alone."""
    op.execute("SELECT set_config('entente.actor', 'migration:quality-events:0004', true)")
    op.execute("ALTER TABLE batch NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE batch SET parties = ARRAY[partner_id] WHERE parties <> ARRAY[partner_id]")
    op.execute("ALTER TABLE batch FORCE ROW LEVEL SECURITY")


def upgrade() -> None:
    columns()
    clocks_count_local_days()
    tables.root_record("batch", OF_THE_BATCH)
    tables.child_record("batch_input", "batch_id", of="batch", partners=PartnersWrite(["partner_id"], inserts=True))
    tables.child_record("process_step", "batch_id", of="batch")
    tables.root_record("deviation", OF_THE_DEVIATION)
    of_its_lots = PartnersWrite(["partner_id"], inserts=True, columns=["impact"])
    tables.child_record("deviation_lot", "deviation_id", of="deviation", partners=of_its_lots)
    tables.root_record("oos_investigation", OF_THE_INVESTIGATION)
    tables.projection("known_partner", partner_column="id")
    tables.projection("known_site", partner_column="partner_id")
    tables.projection("known_product")
    tables.numbers("deviation_number")
    tables.numbers("oos_number")
    lots_are_joined_to_products_and_batches()
    only_makers_are_parties()
