"""What a partner amends after a deviation has ended, where a lot that it names is out already."""

from dataclasses import replace
from uuid import UUID

from contracts import Classification
from contracts.impacts import ImpactCause
from quality_events.deviations.late import gravest
from quality_events.deviations.model import Deviation
from quality_events.genealogy.queries import batches_made_of
from quality_events.impacts import causes
from quality_events.impacts.commands import weigh_known
from quality_events.impacts.rules import News
from runtime.work import Work

_BATCHES = "SELECT id FROM batch WHERE lot_id = ANY ($1::uuid[]) ORDER BY lot_id"


async def weigh_late(work: Work, deviation: Deviation) -> None:
    """Open an impact wherever one of the lots is, or what came of it: no release rests on what nobody answered."""
    if not deviation.late_lot_ids:
        return
    late = deviation.unanswered
    batches: list[UUID] = [row["id"] for row in await work.connection.fetch(_BATCHES, deviation.late_lot_ids)]
    batches += await batches_made_of(work, deviation.late_lot_ids)
    severity = gravest(late) or deviation.classification
    cause = replace(
        await causes.known(work, ImpactCause.deviation, deviation.id),
        batch_ids=batches,
        settled=False,
        severity=Classification(severity) if severity else None,
        possible_class_i=severity == Classification.critical,
        news=[News(each.reported_at, f"revision {each.revision} after it had ended", open=True) for each in late],
    )
    await weigh_known(work, cause)
