"""Bodies of requests and answers about sites."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from partner_registry.partners.schemas import Body, Country, Name
from partner_registry.sites.model import Activity, Site


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be an IANA time zone such as Europe/Ljubljana")
    return name


class RegisterSite(Body):
    """A new site of a partner."""

    partner_id: UUID
    name: Name
    country: Country
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    activities: Annotated[list[Activity], Field(min_length=1)]


class SiteRead(BaseModel):
    """A site as its readers see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: str
    partner_id: UUID
    name: str
    country: str
    time_zone: str
    activities: list[Activity]
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, site: Site) -> Self:
        """The readable form of a record."""
        return cls.model_validate(site)
