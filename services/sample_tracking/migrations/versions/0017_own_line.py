"""What fails is told whether or not it is reportable."""

from alembic import op

revision = "0017"
down_revision = "0015"


def upgrade() -> None:
    op.drop_column("result", "oos_withheld")
