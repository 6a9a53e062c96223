"""How a batch stands to a critical process parameter: it is judged by itself, from facts (ICH Q8(R2))."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from contracts import Lot
from contracts.transfer_design import CppOutOfRange, CppOutOfRangeLifted, OutsideValue, ReadingFact
from contracts.transfer_design import ReadingVerdict as Verdict
from runtime.lifecycle import transition
from runtime.work import Versioned
from tech_transfer.cpps.model import Cpp
from tech_transfer.metadata import Table
from tech_transfer.process_readings.rules import Found, ReportedValue, judge
from tech_transfer.process_readings.schemas import ReadingFields
from tech_transfer.qbd.terms import DesignState
from tech_transfer.transfers.part import PartOfTransfer

ANY: Final = frozenset(Verdict)


class WatchedLot(Versioned, Table, table=True):
    """A lot that a transfer names as one of its batches: what its maker reports of it is judged."""

    __tablename__ = "watched_lot"

    transfer_id: UUID = Field(foreign_key="transfer.id")
    lot_id: UUID
    lot: dict[str, Any] = Field(sa_type=JSONB)
    """As facts name it."""


class ProcessReading(ReadingFields, PartOfTransfer, Table, table=True):
    """One parameter of one batch. The sponsor and the batch's maker see it, and no other unit."""

    __tablename__ = "process_reading"

    told: list[str] = Field(default_factory=list, sa_type=JSONB)
    """By which revisions it was told last that it is outside; empty where it was not, or that was lifted."""

    @transition(source=ANY, target=ANY, by=())
    def take(self, cpp: Cpp, lot: Lot, values: Sequence[ReportedValue], now: datetime) -> list[ReadingFact]:
        """Judge it by what was reported, and tell when it is outside, or is so no longer.

        That is told once for each revision of what is outside, and of the parameter.
        """
        before, found = self.state, _judged(cpp, values)
        self.state, self.why, self.cpp_revision, self.step = found.verdict, found.why, cpp.revision, cpp.step
        self.unit, self.lower, self.upper = cpp.unit, cpp.proven_lower, cpp.proven_upper
        self.values = [to_jsonable_python(asdict(each)) for each in values]
        by = [f"{self.cpp} {cpp.revision}"] if found.outside else []
        by += sorted({f"{each.record} {each.record_revision}" for each in found.outside})
        already, self.told = self.told == by, by
        if found.outside:
            return [] if already else [self._outside(lot, found, now)]
        if before != Verdict.outside:
            return []
        return [self.tell(CppOutOfRangeLifted, now, lot=lot, verdict=self.state)]

    def _outside(self, lot: Lot, found: Found, now: datetime) -> CppOutOfRange:
        outside = [OutsideValue(**asdict(each)) for each in found.outside]
        return self.tell(CppOutOfRange, now, lot=lot, outside=outside)


def _judged(cpp: Cpp, values: Sequence[ReportedValue]) -> Found:
    if cpp.state == DesignState.withdrawn:
        return Found(Verdict.not_asked, "the parameter was withdrawn")
    return judge(cpp.proven, cpp.unit, values)
