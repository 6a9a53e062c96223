"""What a partner was called that merged into another is nobody's name any more: the successor may take it."""

import sqlalchemy as sa
from alembic import op
from installation.changes import unseen

revision = "0057"
down_revision = "0056"

ENDED = """
UPDATE legal_entity SET state = 'ended', valid_to = partner.absorbed_on - 1, ended_at = partner.absorbed_at,
    end_reason = partner.number || ' merged into ' || partner.successor_number
FROM partner WHERE partner.id = legal_entity.partner_id AND partner.state = 'absorbed'
    AND legal_entity.principal AND legal_entity.state = 'registered'
"""


def upgrade() -> None:
    op.execute("ALTER TABLE partner NO FORCE ROW LEVEL SECURITY")  # which it reads, as the tables' owner
    unseen("legal_entity", ENDED)
    op.execute("ALTER TABLE partner FORCE ROW LEVEL SECURITY")
    op.drop_constraint("partner_normalised_name_country_key", "partner")
    op.create_index(
        "partner_named_alone",
        "partner",
        ["normalised_name", "country"],
        unique=True,
        postgresql_where=sa.text("state <> 'absorbed'"),
    )
