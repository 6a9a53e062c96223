"""That a site was sold is in the seller's history as it is in the buyer's."""

import sqlalchemy as sa
from alembic import op
from installation.changes import unseen
from installation.tables import TENANT

revision = "0040"
down_revision = "0038"

SOLD = """
UPDATE history_entry SET also_partner_id = (data ->> 'from_partner_id')::uuid WHERE kind = 'SiteTransferred'
"""


def upgrade() -> None:
    op.add_column("history_entry", sa.Column("also_partner_id", sa.Uuid()))
    unseen("history_entry", SOLD)
    op.create_index("history_entry_of_seller", "history_entry", ["also_partner_id", "id"])
    op.execute(f"ALTER POLICY party ON history_entry USING (shared AND {TENANT} IN (partner_id, also_partner_id))")
