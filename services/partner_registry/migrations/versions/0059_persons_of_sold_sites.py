"""A partner's person certifies for a site no more once that is sold: until when is kept, site by site."""

import sqlalchemy as sa
from installation.changes import add_required
from sqlalchemy.dialects import postgresql

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    add_required("qp_capacity", sa.Column("sites_sold_on", postgresql.JSONB()), value="'{}'")
