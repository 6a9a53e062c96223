"""When a batch was named and its run began, who stated its parameters, and which value it was that quality excluded.

Of what was named, stated or restarted before this was kept it is not known: nothing is held against it. Each failure of a
stated parameter is known by its value from now on.
"""

import sqlalchemy as sa
from alembic import op
from installation.changes import unseen
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0085"
down_revision = "0084"

INSTANT = sa.DateTime(timezone=True)
NONE = {"nullable": False, "server_default": "{}"}
KEYS = """
UPDATE transfer_batch SET {column} = ARRAY(
    SELECT coalesce(
        (SELECT key || '=' || (stated ->> 'value') || ' ' || (stated ->> 'unit') FROM jsonb_array_elements(parameters) AS stated
         WHERE key = 'parameter:' || (stated ->> 'parameter')), key)
    FROM unnest({column}) WITH ORDINALITY AS kept (key, place) ORDER BY place)
WHERE array_to_string({column}, ' ') LIKE '%parameter:%'
"""


def upgrade() -> None:
    for table in ("ppq_series", "transfer_batch"):
        op.add_column(table, sa.Column("run_began_at", INSTANT))
    op.add_column("ppq_series", sa.Column("chosen_afterwards", ARRAY(sa.String()), **NONE))
    op.add_column("transfer_batch", sa.Column("named_at", INSTANT))
    op.add_column("transfer_batch", sa.Column("named_after_results", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ("chosen_by", "choice_justification", "choice_justified_by"):
        op.add_column("transfer_batch", sa.Column(name, sa.String()))
    op.add_column("transfer_batch", sa.Column("parameters_stated_by", ARRAY(sa.String()), **NONE))
    for column in ("failures", "cause_covers"):
        unseen("transfer_batch", KEYS.format(column=column))
