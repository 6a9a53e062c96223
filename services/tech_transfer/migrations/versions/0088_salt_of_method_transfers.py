"""What is signed of a method transfer holds something that nobody guesses: its digest, which both laboratories see, says
nothing to whoever tries all results of the other one.

What was signed before stays as it was signed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0087"

# A rewrite of the column: rows of partners are not the owner's to update, and triggers that are always on stay so.
SALTED = """
ALTER TABLE method_transfer ALTER COLUMN salt TYPE varchar
USING CASE WHEN concluded_at IS NULL THEN replace(gen_random_uuid()::text, '-', '') END
"""


def upgrade() -> None:
    op.add_column("method_transfer", sa.Column("salt", sa.String()))
    op.execute(SALTED)
