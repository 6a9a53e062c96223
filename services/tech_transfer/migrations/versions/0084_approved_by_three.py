"""A protocol of a method transfer is approved by three people, of whom none is missing."""

from alembic import op

revision = "0084"
down_revision = "0083"

# What is not known compares as neither: each of the three has to be there. Before a protocol is frozen it may be
# waived, withdrawn, or amended by another one.
BY_THREE = """
    frozen_at IS NULL AND state IN ('planned', 'waived', 'withdrawn', 'amended')
    OR frozen_at IS NOT NULL AND sending_approved_by IS NOT NULL AND receiving_approved_by IS NOT NULL
    AND quality_approved_by IS NOT NULL AND sending_approved_by <> receiving_approved_by
    AND sending_approved_by <> quality_approved_by AND receiving_approved_by <> quality_approved_by
"""


def upgrade() -> None:
    op.drop_constraint("method_transfer_is_approved_by_three", "method_transfer")
    op.create_check_constraint("method_transfer_is_approved_by_three", "method_transfer", BY_THREE)
