"""The site's quality refuses a change, too."""

from alembic import op
from installation import changes, tables
from installation.tables import Publishes, Step

revision = "0067"
down_revision = "0066"

REFUSES = Step(moves=["assessed>refused"], sides=["partner_id"], sets=["refusal_reason"])
FACTS = Publishes(
    *("change", "quality-events.change", "change_id"), types={"io.entente.ChangeRefused.v1": {"state": "refused"}}
)


def upgrade() -> None:
    op.execute("GRANT UPDATE (refusal_reason) ON change TO svc_partner")
    changes.add_steps("change", REFUSES)
    tables.partners_publish(FACTS, beside=True)
