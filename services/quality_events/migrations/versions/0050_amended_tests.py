"""What was amended since a finding is read beside it, also under another name."""

from installation.changes import rewrite

revision = "0050"
down_revision = "0049"

WANTED = "        WHERE told.said ->> 'test' = named.test AND told.recorded_at > named.opened_at\n"
AMENDED = """    UNION SELECT told.id FROM told JOIN named USING (lot_id, stage, laboratory) JOIN near ON near.id = told.id
        WHERE told.said ->> 'test' = named.test
"""


def upgrade() -> None:
    # With what was recorded after it, what was amended at any time.
    rewrite("results_beside(uuid[])", (WANTED, WANTED + AMENDED))
