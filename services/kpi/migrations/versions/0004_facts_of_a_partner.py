"""A partner's facts, newest first: its list else walks those of all others.

Partners are few, so that the index grows at few places: it makes writing facts hardly dearer.
"""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("measured_fact_partner", "measured_fact", ["partner_id", "id"])
