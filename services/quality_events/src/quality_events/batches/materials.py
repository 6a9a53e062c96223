"""Lots of materials that a batch record names: what went into a batch, and what came out of it.

Nothing that is reported is refused: what went in is an input all the same where the report cannot be right. Readiness
says so (``quality_events.readiness.making``).
"""

from collections.abc import Sequence
from typing import Any

from contracts import Lot, Recorded
from contracts.batch_records import MaterialUseReported
from quality_events.batches.intake import lot_id_of, source_of, write
from quality_events.batches.parts import BatchInput
from quality_events.batches.statements import Statement, record
from runtime.work import Work


async def materials(work: Work, reports: Sequence[Recorded[MaterialUseReported]]) -> None:
    """Keep what was used, also for batches that nobody has told of yet. A report that names no batch is of none."""
    named = [(each, each.fact.lot) for each in reports if each.fact.lot]
    batches = await record(work, [Statement(lot, each, lambda batch: None) for each, lot in named])
    uses = [(each, said_of(each.fact, lot) | {"batch_id": batches[lot.id].id}) for each, lot in named]
    amended = ("revision", "use", "quantity", "unit", "step")
    await write(work, BatchInput, uses, identity=("batch_id", "source", "lot_id"), amended=amended)


def said_of(fact: MaterialUseReported, lot: Lot) -> dict[str, Any]:
    """One use, in the words of the table."""
    given = fact.quantity
    return {
        "source": source_of(fact).name,
        "revision": fact.source.revision,
        "lot_id": lot_id_of(lot.site_id, fact.material, fact.number),
        "material": fact.material,
        "number": fact.number,
        "use": fact.use,
        "quantity": given.value if given else None,
        "unit": given.unit if given else None,
        "step": fact.step,
    }
