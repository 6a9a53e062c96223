"""Who made or handed in the record of a batch sets aside no version of a system that says something else."""

from installation import tables
from installation.tables import ACTOR, PartnersWrite

revision = "0048"
down_revision = "0047"

OF_ITS_VERSIONS = PartnersWrite(
    sides=["partner_id"],
    columns=("set_aside_by", "set_aside_at", "set_aside_reason"),
    updates_if=f"""
        root.state <> 'terminated' AND reported_record.authority = 2 AND reported_record.set_aside_by = {ACTOR}
        AND root.record_received_by IS DISTINCT FROM {ACTOR} AND NOT {ACTOR} = ANY (root.record_authors)
    """,
)


def upgrade() -> None:
    tables.child_record("reported_record", "batch_id", of="batch", partners=OF_ITS_VERSIONS)
