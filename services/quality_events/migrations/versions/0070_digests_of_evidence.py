"""The evidence of a laboratory's error is a document: by its digest it is seen later whether that was exchanged."""

from dataclasses import replace

import sqlalchemy as sa
from alembic import op
from installation.changes import change_steps
from installation.tables import Step

revision = "0070"
down_revision = "0069"


def upgrade() -> None:
    op.add_column("oos_investigation", sa.Column("evidence_digest", sa.String()))
    change_steps("oos_investigation", with_its_digest)
    op.execute("GRANT UPDATE (evidence_digest) ON oos_investigation TO svc_partner")


def with_its_digest(step: Step) -> Step:
    """The step that proposes an invalidation, and the one that returns it."""
    if "invalidation_proposed_at" in step.sets:
        return replace(step, sets=[*step.sets, "evidence_digest"])
    if "invalidation_proposed_at" in step.clears:
        return replace(step, clears=[*step.clears, "evidence_digest"])
    return step
