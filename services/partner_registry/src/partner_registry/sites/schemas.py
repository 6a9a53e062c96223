"""Bodies of requests and answers about sites."""

from typing import Annotated
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from partner_registry.sites.model import Activity, SiteFields
from runtime.bodies import Body, Country, Line
from serving.shown import Shown


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be an IANA time zone such as Europe/Ljubljana")
    return name


class RegisterSite(Body):
    """A new site of a partner."""

    partner_id: UUID
    name: Line
    country: Country
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    activities: Annotated[list[Activity], Field(min_length=1)]


class SiteRead(SiteFields, Shown):
    """A site as its readers see it."""
