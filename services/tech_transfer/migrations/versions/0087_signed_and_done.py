"""A gate is signed by three people who are named, and what is said to be done hides nothing that is lost later."""

from alembic import op

revision = "0087"
down_revision = "0085"

# A comparison with nobody is neither true nor false, and a constraint takes that for true: each is asked for.
BY_THREE = """
    state <> 'taken' AND decided_at IS NULL
    OR decided_at IS NOT NULL AND cardinality(signed_by) = 3
    AND sending_signed_by IS NOT NULL AND receiving_signed_by IS NOT NULL AND quality_signed_by IS NOT NULL
    AND sending_signed_by <> receiving_signed_by AND sending_signed_by <> quality_signed_by
    AND receiving_signed_by <> quality_signed_by
    AND signed_by @> ARRAY[sending_signed_by, receiving_signed_by, quality_signed_by]
"""


def upgrade() -> None:
    op.drop_constraint("gate_decision_is_signed_by_three", "gate_decision")
    op.create_check_constraint("gate_decision_is_signed_by_three", "gate_decision", BY_THREE)
    op.drop_index("transfer_action_marks_once", "transfer_action")
    op.create_index(
        "transfer_action_marks_once",
        "transfer_action",
        ["transfer_id", "gate", "rule"],
        unique=True,
        postgresql_where="cause = 'no_longer_true' AND state = 'open'",
    )
