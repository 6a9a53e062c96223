"""A second function signs what it agrees to: where an audit is waived, what it said before without that counts no more.

The qualification is still in assessment, and endorsed again. What was approved stays so.
"""

from installation.changes import unseen

revision = "0051"
down_revision = "0050"

AGAIN = "UPDATE qualification SET endorsed_by = NULL WHERE state = 'in_assessment' AND waiver IS NOT NULL"


def upgrade() -> None:
    unseen("qualification", AGAIN)
