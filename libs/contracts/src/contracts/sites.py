"""Facts of partner_registry on what becomes of a site."""

from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import Day, HappenedAt


class SiteFact(Fact):
    """What every fact about one site carries."""

    site_id: UUID
    partner_id: UUID
    number: str


@fact("io.entente.SiteClosed.v1", topic="partner-registry.site", key="site_id")
class SiteClosed(SiteFact):
    """A site is to close, was closed, or stays open after all: told with each news of it, and again on the day."""

    closing_on: Day | None
    """The first local day on which it does not work any more; None where the closing was called off."""
    closed: bool
    """That day has come."""
    successor_id: UUID | None = None
    """The site that takes its place."""
    reason: str


@fact("io.entente.SiteTransferred.v1", topic="partner-registry.site", key="site_id")
class SiteTransferred(SiteFact):
    """A site was sold: from a day on it belongs to another partner, which is ``partner_id``. Told when that has come.

    Records from before stay with who sold it; whoever keeps a copy of sites takes the new owner from this.
    """

    from_partner_id: UUID
    effective_on: Day
    """The first local day of the site on which it belongs to the new owner."""
    effective_at: HappenedAt
    """When that day begins there."""
