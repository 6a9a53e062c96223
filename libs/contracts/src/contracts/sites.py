"""Facts of partner_registry on what becomes of a site."""

from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import Day


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
