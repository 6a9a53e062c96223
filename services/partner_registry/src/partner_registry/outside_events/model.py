"""An event outside of our records and its lifecycle. The sponsor's alone."""

from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from contracts import Role
from contracts.oversight import OutsideEventRecorded, OutsideEventWithdrawn
from partner_registry.metadata import Table
from partner_registry.outside_events.schemas import OutsideEventFields
from partner_registry.outside_events.schemas import OutsideEventState as State
from runtime.lifecycle import transition
from runtime.work import Versioned

RECORDERS: Final = frozenset({Role.quality, Role.sourcing})


class OutsideEvent(OutsideEventFields, Versioned, Table, table=True):
    """What happened to a partner, as somebody wrote it down."""

    __tablename__ = "outside_event"

    @property
    def parties(self) -> tuple[()]:
        """What the sponsor weighs of a partner's risk is its own."""
        return ()

    @classmethod
    def record(cls, *, now: datetime, **given: Any) -> tuple[Self, OutsideEventRecorded]:
        """It counts at once: who waits for a second person has no floor meanwhile."""
        event = cls(**given)
        return event, OutsideEventRecorded.of(event, now)

    @transition(source={State.recorded}, target=State.withdrawn, by={Role.quality}, independent_of={"recorded_by"})
    def withdraw(self, reason: str, by: str, now: datetime) -> OutsideEventWithdrawn:
        """It did not happen, or not so. Somebody else says that: whoever wrote it down does not take it back alone."""
        self.reason, self.withdrawn_by = reason, by
        return OutsideEventWithdrawn.of(self, now, reason=reason)

    def is_at(self, site_id: UUID) -> bool:
        """Whether it is of a site of the partner."""
        return not self.site_ids or site_id in self.site_ids
