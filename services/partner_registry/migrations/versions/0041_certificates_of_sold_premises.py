"""A certificate of the premises goes with the site that is sold, as the buyer's own record.

Of sites that were sold before nothing is changed: the sellers' certificates carry them on, until the buyers record theirs.
"""

import sqlalchemy as sa
from alembic import op
from installation.changes import guard_dates

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column("certificate", sa.Column("site_sold_on", sa.Date()))
    op.add_column("certificate", sa.Column("carried_on_by", sa.Uuid()))
    guard_dates("certificate")
    # A site may come back to who sold it: of what that one had before there is another record then.
    op.drop_index("certificate_printed", "certificate")
    op.create_index(
        "certificate_printed",
        "certificate",
        ["site_id", "partner_id", "kind", "certificate_number"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused' AND site_sold_on IS NULL"),
    )
