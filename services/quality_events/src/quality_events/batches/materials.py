"""Lots that makers' systems say went into batches, beside the inputs that stand: what no input names is asked about.

None of them becomes an input by itself: a corrected record leaves a lot out without a word, and an input that nobody
takes back would stay. People name it (``parents``, or the start), or quality states what it was.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlmodel import Field

from contracts import Recorded, clock
from contracts.batch_records import MaterialUseReported
from quality_events.batches.statements import batches_of
from quality_events.metadata import INSTANT, Table
from runtime import bulk
from runtime.work import Work

_USES = UUID("6a4f0f5e-2f0e-4f7e-9a63-54a1c9a8f7d1")
_AMENDED = ("revision", "batch_id", "material", "number", "use", "step", "told_at")
_NEWER = (
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in _AMENDED)} "
    "WHERE material_use.revision < EXCLUDED.revision"
)
_UNNAMED = "SELECT material, number, told_at FROM uses_not_named($1)"


class MaterialUse(Table, table=True):
    """One use of a lot as its source told it last."""

    __tablename__ = "material_use"

    id: UUID = Field(primary_key=True)
    """From the record of its source: a later revision may name another batch."""
    batch_id: UUID | None = Field(default=None, foreign_key="batch.id")
    """None where the source names no batch any more."""
    source: str
    revision: int
    material: str
    number: str
    use: str
    step: str | None = None
    told_at: datetime = Field(sa_type=INSTANT)
    """When it came here as it stands."""


async def uses(work: Work, reports: Sequence[Recorded[MaterialUseReported]]) -> None:
    """What went into batches and came out of them, also of batches that nobody has told of yet."""
    batches = await batches_of(work, [each for each in reports if each.fact.lot])
    told_at = clock.now()  # the batches' rows are held: whoever decides comes before it, or after
    rows: dict[UUID, bulk.Row] = {}
    for each in sorted(reports, key=lambda each: each.fact.source.revision):
        fact, source = each.fact, each.fact.source.name
        id = uuid5(_USES, source)
        rows[id] = {
            "id": id,
            "batch_id": batches[fact.lot.id].id if fact.lot else None,
            "source": source,
            "revision": fact.source.revision,
            "use": str(fact.use),
            "told_at": told_at,
            **{name: getattr(fact, name) for name in ("material", "number", "step")},
        }
    await bulk.insert(work, MaterialUse, rows.values(), _NEWER)


async def not_named(work: Work, batch_id: UUID) -> list[Mapping[str, Any]]:
    """The lots that a maker's system says went into a batch, and that are none of its inputs, each once."""
    return [dict(row) for row in await work.connection.fetch(_UNNAMED, batch_id)]
