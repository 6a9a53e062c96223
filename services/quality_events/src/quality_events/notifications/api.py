"""HTTP words for notifications of authorities, which no partner reads."""

from quality_events.notifications import choosing, commands, queries
from quality_events.notifications.model import QUALITY, REGULATORY, AuthorityNotification
from quality_events.notifications.schemas import NotificationRead, OpenNotification, SubmitNotification
from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from serving.actions import Actions

notifications = Actions(
    *("authority-notifications", AuthorityNotification, NotificationRead, queries.show),
    readers=SPONSORS & READERS,
    loads={"cause": commands.cause_of},
)
notifications.create(choosing.open_by_hand, OpenNotification, *(REGULATORY | QUALITY))
notifications.post("submission", AuthorityNotification.submit, SubmitNotification)
notifications.post("waiver-proposal", AuthorityNotification.propose_waiver, Reason)
notifications.post("waiver", AuthorityNotification.waive)
notifications.get()
notifications.list(queries.FILTERS)
