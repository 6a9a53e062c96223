"""Which lot an order or a batch is about: a laboratory's commercial year begins with the first one that was released."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.add_column("known_matter", sa.Column("lot_id", sa.Uuid()))
    op.create_index("known_matter_lot", "known_matter", ["lot_id"], postgresql_where=sa.text("lot_id IS NOT NULL"))
