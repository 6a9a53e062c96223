"""That a recognition was ended stands apart from what was signed."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0033"


def upgrade() -> None:
    # Those that were ended before carry their end in what was signed, which shows: nobody can tell the two apart.
    op.add_column("mutual_recognition", sa.Column("ends_on", sa.Date()))
