"""Bodies of requests and answers about partners."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from contracts import Day
from contracts.partner_registry import PartnerKind
from partner_registry.duplicates.similarity import domain_of
from partner_registry.matters.schemas import OpenWork
from partner_registry.partners.model import PartnerFields
from partner_registry.partners.suspension import SuspensionCause
from runtime.bodies import Body, Country, Line, Reason
from serving.shown import Answer, Ref, Shown

Duns = Annotated[str, StringConstraints(pattern="^[0-9]{9}$")]


def _with_a_domain(website: str) -> str:
    domain_of(website)
    return website


Website = Annotated[Line, AfterValidator(_with_a_domain), Field(examples=["https://www.alpine.example"])]


class PartnerNames(Body):
    """What a partner is known by besides its legal name."""

    trade_names: list[Line] = Field(default_factory=list, max_length=50, examples=[["Alpine"]])
    website: Website | None = None


class RegisterPartner(PartnerNames):
    """A new partner."""

    legal_name: Line = Field(examples=["Alpine Tablets d.o.o."])
    kind: PartnerKind
    country: Country
    duns: Duns | None = None


class DescribePartner(PartnerNames):
    """What a partner is known by besides its legal name, as a whole: what is left out is taken away."""


class ChangeOwner(Reason):
    """Who owns a partner from a day on."""

    parent: Line = Field(examples=["Montana Holding SE"])
    effective_on: Day = Field(examples=["2026-03-01"])


class PartnerOwner(Answer):
    """Who owned a partner, from a day until a day."""

    parent: str
    valid_from: date
    valid_to: date | None
    """The last day; null while no later owner is known."""
    recorded_at: datetime
    recorded_by: str


class PartnerSuccessor(Answer):
    """Into which partner one merged."""

    successor: Ref
    effective_on: date
    """The first day on which there was only the successor."""
    recorded_at: datetime


class PartnerSuccessorOnDay(Answer):
    """For whom a partner's number stood on a day, as it was known at an instant."""

    on: date
    as_of: datetime
    merged: PartnerSuccessor | None
    """None where it stood for itself."""


class PartnerRead(PartnerFields, Shown):
    """A partner as its readers see it."""

    open_work: list[OpenWork]
    """What is open at a partner that is suspended, the oldest first; read by itself, also at one that is not."""
    open_work_known: bool
    merged: PartnerSuccessor | None
    """Into which partner it merged; None where it did not."""
    predecessors: list[Ref]
    """The partners that merged into it, for who may read those."""
    same_as: list[Ref]
    """Its other registrations: of the one that was registered first all others are read too. The sponsor's to know."""
    suspension_proposed: list[SuspensionCause] | None
    """What facts propose to suspend it for, until the site's risk is assessed anew; null for a partner."""
    suspended_for: list[SuspensionCause] | None
    """Of these those for which it was suspended; null where it is not, and for a partner."""
    owners: list[PartnerOwner]
    """The earliest first; none where nobody has said who owns it."""
