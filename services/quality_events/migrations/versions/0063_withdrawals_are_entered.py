"""What a recall took back stands in the register: of a withdrawal nobody signed a readiness."""

from alembic import op

revision = "0063"
down_revision = "0062"


def upgrade() -> None:
    for column in ("readiness", "readiness_digest"):
        op.alter_column("disposition_decision", column, nullable=True)
