"""What a batch came of, as far as that stands for it: what was decided of it, its record, and where it was made.

What is split or merged was made by its parents, and so was what is worked on again. A rework that an approved change
asks for, or a reprocessing that a deviation asks for, deals with what was found of its parent (ICH Q7 14.2, 14.3): that
one's rejection, or confirmed result, goes no further. Its record and its sites do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts import Side
from quality_events.batches.fields import RecordColumns
from quality_events.batches.reported import ReportedRecord, not_handed_in
from quality_events.batches.terms import BatchState
from quality_events.readiness.terms import Finding
from quality_events.regimes import concerns


@dataclass(frozen=True, slots=True)
class Against:
    """What stands against a release, and since when."""

    finding: Finding
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """A batch of which another one came, over however many steps."""

    said: Mapping[str, Any]

    @property
    def whole(self) -> bool:
        """Whether it went on as it was: nothing on the way was worked on again."""
        return bool(self.said["whole"])

    @property
    def made_it(self) -> bool:
        """Whether its making is that of what came of it."""
        return bool(self.said["same"])

    def finding(self, why: str, since: str | None = None) -> Against:
        """What is said of it, to its maker."""
        own = self.said["number"]
        text = f"{self.said['material']} {own}, of which it came: {why}" if own else f"what it came of: {why}"
        return Against(Finding(text, "batch", UUID(self.said["id"]), own, UUID(self.said["partner_id"])), since)

    def rejected_for(self, market: str) -> Against | None:
        """That it was decided to keep it from a market; None where that was not, or was dealt with."""
        if not self.whole:
            return None
        if at := self.said["rejected_at"]:
            return self.finding(f"{self.said['rejected_by']} rejected it for every market", at)
        for each in self.said["dispositions"]:
            if concerns(each["market"], market):
                return self.finding(f"{each['number']}, it is {each['state']} for {each['market']}")
        return None

    def not_reviewed(self) -> Against | None:
        """Why its record does not stand for what came of it; None where it does."""
        if not self.made_it:
            return None
        if self.said["reviewed_side"] != Side.sponsor:
            handed_in = self.said["record_version"] is not None
            return self.finding("its record is not reviewed by both sides" if handed_in else "its record is not here")
        waits = not_handed_in(BatchState(self.said["state"]), _record(self.said), map(_version, self.said["given"]))
        return self.finding("a version of its record was not handed in") if waits else None


def _record(said: Mapping[str, Any]) -> RecordColumns:
    """What of its record stands."""
    at = said["record_received_at"]
    return RecordColumns(
        record_digest=said["record_digest"],
        record_complete=said["record_complete"],
        record_received_at=datetime.fromisoformat(at) if at else None,
    )


def _version(given: Mapping[str, Any]) -> ReportedRecord:
    moments = {name: given[name] and datetime.fromisoformat(given[name]) for name in ("received_at", "set_aside_at")}
    return ReportedRecord(**{**given, **moments})


def rejected_above(parents: Iterable[Parent], market: str) -> list[Against]:
    """Each that was kept from a market, as it is."""
    return [against for each in parents if (against := each.rejected_for(market))]


def records_above(parents: Iterable[Parent]) -> list[Against]:
    """Each whose record was not reviewed, of those that made it."""
    return [against for each in parents if (against := each.not_reviewed())]
