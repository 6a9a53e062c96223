"""Who made or handed in the record of a batch sets aside no version of a system that says something else."""

from dataclasses import replace

from installation import tables
from installation.changes import change_steps
from installation.tables import ACTOR, PartnersWrite, Step

revision = "0048"
down_revision = "0047"

AUTHORS = ["record_authors", "record_received_by"]
OF_ITS_VERSIONS = PartnersWrite(
    sides=["partner_id"],
    columns=("set_aside_by", "set_aside_at", "set_aside_reason"),
    updates_if=f"""
        root.state <> 'terminated' AND reported_record.authority = 2 AND reported_record.set_aside_by = {ACTOR}
        AND root.record_received_by IS DISTINCT FROM {ACTOR} AND NOT {ACTOR} = ANY (root.record_authors)
    """,
)


def upgrade() -> None:
    change_steps("batch", by_another)
    tables.child_record("reported_record", "batch_id", of="batch", partners=OF_ITS_VERSIONS)


def by_another(step: Step) -> Step:
    """Of a version that is set aside the batch itself stays as it was: no other step sets nothing."""
    changes_nothing = not (step.sets or step.clears or step.by or step.gives)
    return replace(step, independent_of=AUTHORS) if changes_nothing else step
