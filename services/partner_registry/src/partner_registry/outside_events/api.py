"""HTTP words for events outside of our records."""

from partner_registry.outside_events import commands
from partner_registry.outside_events.model import RECORDERS, OutsideEvent
from partner_registry.outside_events.schemas import OutsideEventRead, RecordOutsideEvent
from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from serving.actions import Actions
from serving.listing import equal

outside_events = Actions("outside-events", OutsideEvent, OutsideEventRead, commands.show, readers=READERS & SPONSORS)
outside_events.create(commands.record, RecordOutsideEvent, *RECORDERS)
outside_events.post("withdrawal", OutsideEvent.withdraw, Reason)
outside_events.get()
outside_events.list(equal(OutsideEvent, "number", "state", "partner_id", "kind"))
