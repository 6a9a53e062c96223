"""Sites have premises, technologies and dosage forms, which nobody has said of those that are there."""

import sqlalchemy as sa
from alembic import op
from installation.changes import add_required

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    op.add_column("site", sa.Column("premises", sa.String()))
    for name in ("technologies", "dosage_forms"):
        add_required("site", sa.Column(name, sa.ARRAY(sa.String())), value="'{}'")
