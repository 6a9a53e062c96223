"""A deviation keeps which revision of its report set the limit within which the sponsor is told."""

import sqlalchemy as sa
from installation import changes

revision = "0065"
down_revision = "0063"


def upgrade() -> None:
    # What is here already keeps the limit that it was judged by: zero comes before every revision.
    changes.add_required("deviation", sa.Column("notification_limit_revision", sa.Integer()), value="0")
    changes.fill_too("deviation", "notification_limit_revision")
