"""Results by the day on which they were determined: a month of long ago would else be sought among all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("result_day", "result", [sa.text("rpad(occurred_at, 10, '-01')")])
