"""Bodies of requests and answers about sites."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from partner_registry.sites.model import Activity, SiteFields
from runtime.bodies import Body, Country, Line, TimeZone
from serving.shown import Shown


class RegisterSite(Body):
    """A new site of a partner."""

    partner_id: UUID
    name: Line = Field(examples=["Celje plant"])
    country: Country
    time_zone: TimeZone
    activities: Annotated[list[Activity], Field(min_length=1, examples=[["drug_product", "testing"]])]


class SiteRead(SiteFields, Shown):
    """A site as its readers see it."""
