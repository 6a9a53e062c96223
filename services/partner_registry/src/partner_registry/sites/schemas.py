"""Bodies of requests and answers about sites."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts import Day
from partner_registry.sites.model import Activity, SiteFields
from runtime.bodies import Body, Country, Line, Reason, TimeZone
from serving.shown import Answer, Ref, Shown


class MovesFrom(Body):
    """The site whose work moves here, and the first local day on which that one does not work any more."""

    site_id: UUID
    closing_on: Day = Field(examples=["2027-01-01"])


class RegisterSite(Body):
    """A new site of a partner."""

    partner_id: UUID
    name: Line = Field(examples=["Celje plant"])
    country: Country
    time_zone: TimeZone
    activities: Annotated[list[Activity], Field(min_length=1, examples=[["drug_product", "testing"]])]
    premises: Line | None = Field(None, examples=["Tovarniska 4, 3000 Celje; building B"])
    """The address and buildings, as one would write them on a letter."""
    technologies: list[Line] = Field(default_factory=list, max_length=100, examples=[["direct compression"]])
    dosage_forms: list[Line] = Field(default_factory=list, max_length=100, examples=[["tablet"]])
    moves_from: MovesFrom | None = None
    """Of other premises: nothing that was attested to the former ones comes along, and those close."""


class CorrectSite(Reason):
    """What was said of a site and was wrong: what is left out stays as it is. Other premises are another site."""

    name: Line | None = Field(None, examples=["Celje plant"])
    premises: Line | None = Field(None, examples=["Tovarniska 4, 3000 Celje; building B"])
    """The address and buildings: of a street that has another name now, for example."""
    time_zone: TimeZone | None = None
    activities: Annotated[list[Activity] | None, Field(min_length=1, examples=[["drug_product", "testing"]])] = None
    technologies: list[Line] | None = Field(None, max_length=100, examples=[["direct compression"]])
    dosage_forms: list[Line] | None = Field(None, max_length=100, examples=[["tablet"]])


class CloseSite(Reason):
    """The first local day on which it does not work any more, and which other site of the partner takes its place."""

    closing_on: Day = Field(examples=["2027-01-01"])
    successor_id: UUID | None = None


class RegistrationNaming(Answer):
    """A registration that names the site for an activity, and has to be varied before it closes."""

    registration: Ref
    market: str
    activity: Activity
    sole_source: bool
    """No other site that works on that day is registered for the activity."""


class SiteRead(SiteFields, Shown):
    """A site as its readers see it."""

    registrations: list[RegistrationNaming] | None
    """Of one that closes, those that name it, sole sources first. Null where it does not, and to a partner."""
