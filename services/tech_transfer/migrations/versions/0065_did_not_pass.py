"""That an evaluation did not pass is kept when its results change, until another one passes or it is concluded."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"

# Of what is evaluated now it is known; a rewrite of the column, for rows of partners are not the owner's to update.
KNOWN = """
ALTER TABLE method_transfer ALTER COLUMN did_not_pass TYPE boolean
USING jsonb_path_exists(attributes, '$[*] ? (@.verdict != "passed")')
"""


def upgrade() -> None:
    column = sa.Column("did_not_pass", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("method_transfer", column)
    op.alter_column("method_transfer", "did_not_pass", server_default=None)
    op.execute(KNOWN)
