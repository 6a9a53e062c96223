"""HTTP words for distribution impacts, which no partner reads."""

from quality_events.impacts import commands, queries
from quality_events.impacts.model import QUALITY, DistributionImpact
from quality_events.impacts.schemas import AssessImpact, ImpactRead, OpenImpact
from runtime.access import READERS, SPONSORS
from serving.actions import Actions

impacts = Actions(
    *("distribution-impacts", DistributionImpact, ImpactRead, queries.show),
    readers=SPONSORS & READERS,
    find=queries.locked,
)
impacts.create(commands.open_by_hand, OpenImpact, *QUALITY)
impacts.post("assessment", DistributionImpact.assess, AssessImpact, commands.assess)
impacts.get()
impacts.list(queries.FILTERS)
