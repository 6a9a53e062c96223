"""Bodies of requests and answers about rebuilds."""

from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from kpi.definitions.schemas import Number
from kpi.measures import Code
from serving.operations import Operation


class Rebuild(Operation):
    """With ``compare`` nothing is changed."""

    compare: bool = Field(False, examples=[True])


class Sum(BaseModel):
    """Count and total of a bucket."""

    count: int
    total: Number


class Difference(BaseModel):
    """A bucket whose kept sum is not what its facts give."""

    measure: Code
    month: date
    partner_id: UUID
    site_id: UUID
    product_id: UUID | None
    level: Number
    kept: Sum
    rebuilt: Sum

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """The readable form of a compared bucket."""
        kept = Sum(count=row["kept_count"], total=row["kept_total"])
        rebuilt = Sum(count=row["rebuilt_count"], total=row["rebuilt_total"])
        return cls(**{name: row[name] for name in cls.model_fields.keys() & row.keys()}, kept=kept, rebuilt=rebuilt)


class RebuildRead(BaseModel):
    """How many buckets the facts give, how many were kept differently, and the first of those."""

    changed: bool
    """Whether the buckets were replaced, and not only compared."""
    buckets: int
    different: int
    differences: list[Difference]
