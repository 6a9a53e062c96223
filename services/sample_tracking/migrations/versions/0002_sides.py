"""Who may write what: the laboratory's side of a result, and sites that are nobody else's business."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import PartnersWrite

revision = "0002"
down_revision = "0001"

OF_THE_RESULT = PartnersWrite(
    sides=["laboratory_partner_id"],
    inserts=True,
    columns=["state", "reviewed_by", "reviewed_at", "approved_by", "approved_at", "version", "updated_at"],
    moves={"submitted": ["reviewed"], "reviewed": ["approved"]},
)


def only_maker_and_laboratory_are_parties() -> None:
    """Whoever once reported a result for others was a party to it."""
    op.execute("SELECT set_config('entente.actor', 'migration:sample-tracking:0002', true)")
    op.execute("ALTER TABLE result NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE result SET parties = ARRAY[partner_id, laboratory_partner_id] "
        "WHERE NOT parties <@ ARRAY[partner_id, laboratory_partner_id]"
    )
    op.execute("ALTER TABLE result FORCE ROW LEVEL SECURITY")


def upgrade() -> None:
    tables.root_record("result", OF_THE_RESULT)
    tables.root_record("specification")
    tables.projection("product")
    tables.projection("site", partner_column="partner_id")
    op.create_index("result_without_product", "result", ["material"], postgresql_where=sa.text("product_id IS NULL"))
    only_maker_and_laboratory_are_parties()
