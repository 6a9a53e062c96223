"""What is said about a registration: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator, model_validator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from contracts.complaints import AuthorityRegime
from contracts.registrations import ApplicationType, RegistrationState, RegistrationStep
from gxp import regimes
from partner_registry.entities.schemas import named_once
from partner_registry.sites.model import Activity
from runtime.bodies import Body, Code, Country, Line, Plain, Reason
from serving.shown import Answer, Ref, Shown


class ApproveSite(Body):
    """A site that the authority approved for an activity, and from when to when."""

    site_id: UUID
    activity: Activity
    valid_from: Day = Field(examples=["2026-02-01"])
    valid_to: Day | None = Field(None, examples=["2031-01-31"])
    """The last day; none where it has no end."""


class RegisteredContent(Body):
    """What is registered, as a whole: what is not in it is not registered."""

    sites: list[ApproveSite] = Field(min_length=1, max_length=200)
    specification_version: Code = Field(examples=["SPEC-14 v3"])
    method_versions: list[Code] = Field(default_factory=list, max_length=200, examples=[["TM-031 v2"]])
    process_version: Code = Field(examples=["MP-7 v4"])
    shelf_life_months: Annotated[int, Field(ge=1, le=240, examples=[36]), Plain]
    storage: Line = Field(examples=["below 25 °C, in the original package"])
    importer: Line | None = Field(None, examples=["Alpine Import GmbH"])
    """The legal entity on whose authorisation it is imported, where it is."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        for at, each in enumerate(self.sites):
            if each.valid_to and each.valid_to < each.valid_from:
                raise ValueError(f"valid_to {each.valid_to} lies before valid_from {each.valid_from}")
            if (each.site_id, each.activity) in [(other.site_id, other.activity) for other in self.sites[:at]]:
                raise ValueError(f"site {each.site_id} is named twice for {each.activity}: once, with one validity")
        return self


class SubmitRegistration(Body):
    """A product that an authority was asked to register for a market."""

    product_id: UUID
    market: Country
    """ISO 3166-1 alpha-2; EU for the Union's own procedure."""
    regime: AuthorityRegime = Field(examples=["eu_eea"])
    """By whose law; stated to be checked: the market has one."""
    holder: Line | None = Field(None, examples=["Alpine Pharma GmbH"])
    """The legal entity that is to hold the authorisation, in words; left out where ``legal_entity_id`` names it."""
    legal_entity_id: UUID | None = None
    """That entity, of the sponsor or of a partner: ``holder`` says what it was called when it was submitted."""
    application_type: ApplicationType | None = Field(None, examples=["maa"])
    """By which application; null until somebody says it (``application-type``)."""
    submitted_on: Day = Field(examples=["2025-03-03"])

    @model_validator(mode="after")
    def _one_holder(self) -> Self:
        return named_once(self, "holder")

    @field_validator("regime")
    @classmethod
    def _own(cls, regime: AuthorityRegime, info: ValidationInfo) -> AuthorityRegime:
        return regimes.checked(info.data.get("market"), regime)


class ClassifyRegistration(Reason):
    """By which application it was, where that was not said, or is to be corrected."""

    application_type: ApplicationType = Field(examples=["bla"])


class ApproveRegistration(RegisteredContent):
    """What the authority approved, and from which day on."""

    authorisation_number: Code = Field(examples=["1-40117"])
    effective_on: Day = Field(examples=["2026-02-01"])


class VaryRegistration(RegisteredContent, Reason):
    """An approved variation: the whole content as it is registered from a day on, also where that is told late."""

    variation: Code = Field(examples=["AT/H/0117/001/IB/004"])
    effective_on: Day = Field(examples=["2026-06-01"])


class WithdrawRegistration(Reason):
    """From which day on it is registered no more."""

    effective_on: Day = Field(examples=["2027-01-01"])


class RegisteredSiteDetail(Answer):
    """A site that is approved for an activity."""

    site_id: UUID
    activity: Activity
    valid_from: date
    valid_to: date | None


class RegisteredContentRead(Answer):
    """What is registered from a day on."""

    sites: list[RegisteredSiteDetail]
    specification_version: str
    method_versions: list[str]
    process_version: str
    shelf_life_months: int
    storage: str
    importer: str | None


class RegistrationEntry(Answer):
    """A change, kept as it was told: from which day it holds, and since when that is known."""

    what: RegistrationStep
    effective_on: date
    recorded_at: datetime
    by: str
    reason: str | None
    variation: str | None
    content: RegisteredContentRead | None


class RegistrationFields(SQLModel):
    """What readers see of a registration as it is stored."""

    number: str
    state: RegistrationState = Column(default=RegistrationState.submitted, sa_type=String)
    product_id: UUID = Column(foreign_key="product.id")
    market: str
    regime: str
    holder: str
    legal_entity_id: UUID | None = Column(default=None, foreign_key="legal_entity.id")
    application_type: ApplicationType | None = Column(default=None, sa_type=String)
    authorisation_number: str | None = None
    entries: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """All that was told of it, in that order."""


class RegistrationRead(RegistrationFields, Shown):
    """A registration as the sponsor sees it."""

    product: Ref
    entity: Ref | None
    """The holder as it is called now; null where it is named in words alone."""
    entries: list[RegistrationEntry]


class RegistrationOnDay(Answer):
    """What was registered on a day, as it was known at an instant."""

    on: date
    as_of: datetime
    state: RegistrationState | None
    """Null before it was submitted."""
    content: RegisteredContentRead | None
    """Null where it is not registered on that day."""


class RegisteredPart(Answer):
    """What is registered for one site and activity."""

    valid_from: date
    valid_to: date | None
    specification_version: str
    method_versions: list[str]
    process_version: str
    shelf_life_months: int
    storage: str


class RegisteredFrom(Answer):
    """From a day on, until the next one; null where the site is not named for the activity any more."""

    on: date
    part: RegisteredPart | None


class RegisteredSiteKnown(Answer):
    """The whole course as it was known from an instant on."""

    recorded_at: datetime
    steps: list[RegisteredFrom]


class RegisteredSiteFields(SQLModel):
    """What readers see of a site's row in a registration as it is stored."""

    registration_id: UUID = Column(foreign_key="registration.id")
    registration_number: str
    product_id: UUID
    product_code: str
    dosage_form: str
    market: str
    site_id: UUID = Column(foreign_key="site.id")
    partner_id: UUID
    activity: Activity = Column(sa_type=String)
    holds_from: date | None = None
    """Since when the site is the partner's, where it bought it."""
    holds_until: date | None = None
    """The first day on which the site is another partner's, where it was sold."""
    known: list[Any] = Column(default_factory=list, sa_type=JSONB)


class RegisteredSiteRead(RegisteredSiteFields, Shown):
    """A site and activity in a registration, as its partner sees it too."""

    site: Ref
    partner: Ref
    known: list[RegisteredSiteKnown]
    registered: RegisteredPart | None
    """What is registered today; null where it is not."""
