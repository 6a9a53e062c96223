"""Lots that makers' systems say went into batches, beside the inputs that stand: what no input names is asked about.

None of them becomes an input by itself: a corrected record leaves a lot out without a word, and an input that nobody
takes back would stay. People name it (``parents``, or the start), or quality states what it was. What happens to it
counts for the batch all the same, as long as its system says that it was used.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric
from sqlmodel import Field

from contracts import Quantity, Recorded, clock
from contracts.batch_records import MaterialUseReported
from quality_events.batches.statements import batches_of
from quality_events.lots import lot_id_of
from quality_events.metadata import INSTANT, Table
from quality_events.quantities import together
from runtime import bulk
from runtime.work import Work

_UNNAMED = "SELECT material, number, told_at FROM uses_not_named($1)"
_TOLD = "SELECT * FROM uses_told($1)"
_QUANTITIES = """
UPDATE material_use AS used SET quantity = told.quantity, unit = told.unit
FROM unnest($1::text[], $2::int[], $3::numeric[], $4::text[]) AS told (source, revision, quantity, unit)
WHERE (used.source, used.revision) = (told.source, told.revision) AND used.quantity IS NULL
"""


class MaterialUse(Table, table=True):
    """One use of a lot in one revision of its source. The last one stands, and every other one stays to be seen."""

    __tablename__ = "material_use"

    source: str = Field(primary_key=True)
    """The record of its source: a later revision may name another batch."""
    revision: int = Field(primary_key=True)
    batch_id: UUID | None = Field(default=None, foreign_key="batch.id")
    """None where the source names no batch any more."""
    lot_id: UUID | None = None
    """The lot that was used, by which what happens to it counts for the batch."""
    material: str
    number: str
    use: str
    quantity: Decimal | None = Field(default=None, sa_type=Numeric)
    unit: str | None = None
    step: str | None = None
    told_at: datetime = Field(sa_type=INSTANT)
    """When this revision came here."""


async def uses(work: Work, reports: Sequence[Recorded[MaterialUseReported]]) -> None:
    """What went into batches and came out of them, also of batches that nobody has told of yet."""
    batches = await batches_of(work, [each for each in reports if each.fact.lot])
    told_at = clock.now()  # the batches' rows are held: whoever decides comes before it, or after
    rows = [
        {
            "batch_id": batches[each.fact.lot.id].id if each.fact.lot else None,
            "lot_id": lot_id_of(each.fact.lot.site_id, each.fact.material, each.fact.number) if each.fact.lot else None,
            "source": each.fact.source.name,
            "revision": each.fact.source.revision,
            "use": str(each.fact.use),
            **_amount(each.fact.quantity),
            "told_at": told_at,
            **{name: getattr(each.fact, name) for name in ("material", "number", "step")},
        }
        for each in reports
    ]
    await bulk.insert(work, MaterialUse, rows, "ON CONFLICT (source, revision) DO NOTHING")


async def quantities(work: Work, reports: Sequence[Recorded[MaterialUseReported]]) -> None:
    """How much was used, of uses that were kept before that was."""
    said = [(each.fact.source, each.fact.quantity) for each in reports if each.fact.quantity]
    rows = [(source.name, source.revision, quantity.value, quantity.unit) for source, quantity in said]
    if rows:
        await work.connection.execute(_QUANTITIES, *map(list, zip(*rows, strict=True)))


async def told(work: Work, batch_id: UUID) -> list[Mapping[str, Any]]:
    """All that makers' systems ever told of a batch, whether or not a later revision stands instead."""
    rows = await work.connection.fetch(_TOLD, batch_id)
    return [dict(row) | {"quantity": together(row["quantity"], row["unit"])} for row in rows]


async def not_named(work: Work, batch_id: UUID) -> list[Mapping[str, Any]]:
    """The lots that a maker's system says went into a batch, and that are none of its inputs, each once."""
    return [dict(row) for row in await work.connection.fetch(_UNNAMED, batch_id)]


def _amount(quantity: Quantity | None) -> dict[str, Any]:
    return {"quantity": quantity.value, "unit": quantity.unit} if quantity else {}
