"""What of an investigation follows from who knows of its result."""

from collections.abc import Sequence
from datetime import datetime

from contracts.quality_events import OosNotified
from quality_events import clocks
from quality_events.oos_investigations.fields import OosFields


class Notified(OosFields):
    """When the sponsor was told of the result."""

    @property
    def unnotified(self) -> bool:
        """Whether the sponsor was not told of the result yet."""
        return self.notified_at is None

    def heard(self, sponsor: bool, now: datetime) -> Sequence[OosNotified]:
        """The sponsor knows of what it decides about, though nobody told it before."""
        if not sponsor or not self.unnotified:
            return ()
        self.notified_at = now
        return (OosNotified.of(self, now),)

    def notification(self, now: datetime) -> clocks.Notification:
        """The notification clock."""
        if self.historic:
            return clocks.NO_NOTIFICATION
        return clocks.notification(clocks.OOS_NOTIFICATION_HOURS, self.aware_at, self.notified_at, now)
