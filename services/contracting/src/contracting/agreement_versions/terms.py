"""The content of a version: what both sides agree on and sign."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracting.clauses.terms import Clause
from contracts import Day
from contracts.contracting import Renewal
from runtime.bodies import Body, Country, Digest, Line, Plain, Words
from serving.canonical import canonical_json, sha256


class Party(StrEnum):
    """The two sides of an agreement."""

    sponsor = "sponsor"
    partner = "partner"


class AgreementDocument(Body):
    """A document that belongs to the version, by the digest of its bytes."""

    digest: Digest
    file_name: Line = Field(examples=["quality-agreement.pdf"])
    media_type: Line = Field(examples=["application/pdf"])
    """What kind of file it is."""
    size: Annotated[int, Field(ge=1, le=1_000_000_000, examples=[48_213]), Plain]
    """In bytes."""


class ContactRole(StrEnum):
    """For what somebody is to be asked."""

    project_manager = "project_manager"
    quality = "quality"
    quality_out_of_hours = "quality_out_of_hours"
    commercial = "commercial"
    legal = "legal"


class AgreementContact(Body):
    """Who is to be asked, of which side."""

    side: Party = Field(examples=["partner"])
    role: ContactRole = Field(examples=["quality_out_of_hours"])
    name: Line = Field(examples=["Ana Novak"])
    reach: Line = Field(examples=["quality@example.com, +386 1 234 56 78"])
    """By which address or telephone number."""


class ExitTerms(Body):
    """What is owed when it ends."""

    last_orders: Words | None = None
    stock: Words | None = None
    transfer_assistance: Words | None = None
    records: Words | None = None
    surviving: list[Line] = Field(
        default_factory=lambda: ["confidentiality", "records", "recall", "complaints", "liability"], max_length=50
    )
    """What goes on to hold after its end."""


class AgreementTerms(Body):
    """Everything that a version says."""

    title: Line = Field(examples=["Quality agreement for tablets made in Kranj"])
    sponsor_entity: Line = Field(examples=["Entente Pharma d.o.o."])
    """The sponsor's legal entity that signs."""
    sponsor_entity_id: UUID | None = None
    partner_entity: Line = Field(examples=["Alpine Tablets GmbH"])
    """The partner's legal entity that signs."""
    partner_entity_id: UUID | None = None
    site_ids: list[UUID] = Field(default_factory=list, max_length=100)
    """The partner's sites that it covers; empty: all."""
    product_ids: list[UUID] = Field(default_factory=list, max_length=500)
    """The products that it covers; empty: all."""
    services: list[Line] = Field(default_factory=list, max_length=50, examples=[["manufacture", "testing"]])
    markets: list[Country] = Field(default_factory=list, max_length=250)
    governing_law: Country
    effective_from: Day = Field(examples=["2036-02-01"])
    """The first day on which it holds, by the local day of each site."""
    expires_on: Day | None = None
    """The last day on which it holds; null: without end."""
    notice_days: Annotated[int, Field(ge=0, le=3650, examples=[180]), Plain] | None = None
    """How many calendar days after its receipt a notice ends it; null: nobody can give notice."""
    notice_days_for_cause: Annotated[int, Field(ge=0, le=3650), Plain] | None = None
    """How many days that takes for cause; null: there is no notice for cause."""
    renewal: Renewal = Renewal.none
    renewal_months: Annotated[int, Field(ge=1, le=240), Plain] | None = None
    """For how long it goes on each time, where it does so by itself."""
    exit_terms: ExitTerms = Field(default_factory=ExitTerms)
    contacts: list[AgreementContact] = Field(default_factory=list, max_length=50)
    documents: list[AgreementDocument] = Field(default_factory=list, max_length=50)
    clauses: list[Clause] = Field(default_factory=list, max_length=200)
    price_list_id: UUID | None = None
    """Of a supply or master agreement what its products cost: a list that never changes."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.expires_on and self.expires_on < self.effective_from:
            raise ValueError(f"expires_on: it ends before it begins on {self.effective_from}")
        if (self.renewal is Renewal.automatic) != (self.renewal_months is not None):
            raise ValueError("renewal_months: say for how long it goes on by itself, and only where it does")
        if self.renewal is not Renewal.none and self.expires_on is None:
            raise ValueError("expires_on: what is renewed has a last day")
        _refuse_twice("clauses", [each.code for each in self.clauses])
        _refuse_twice("documents", [each.digest for each in self.documents])
        for name in ("site_ids", "product_ids"):
            named = getattr(self, name)
            _refuse_twice(name, named)
            for each in self.clauses:
                if beyond := set(getattr(each, name)) - set(named) if named else ():
                    raise ValueError(f"clauses: {each.code} names {name} that the version does not: {_list(beyond)}")
        return self


def digest_of(terms: AgreementTerms, said: Mapping[str, Any] = MappingProxyType({})) -> str:
    """SHA-256 of the whole content as canonical JSON, in hexadecimal: what agreeing and signing are bound to.

    With it goes what both sides said of the responsibility matrix of this version, by clause and side.
    """
    return sha256(canonical_json(terms.model_dump(mode="json") | ({"responsibilities": said} if said else {})))


def covers(content: Any, site_id: UUID | None, product_id: UUID | None) -> bool:
    """Whether a version, or what it says, covers a site and a product; where one is not asked for, any."""
    sites, products = content.site_ids, content.product_ids
    at_site = site_id is None or not sites or site_id in sites
    return at_site and (product_id is None or not products or product_id in products)


def day_in_words(day: date | None) -> str:
    """A last day, or that there is none."""
    return day.isoformat() if day else "without end"


def _refuse_twice(field: str, named: list[Any]) -> None:
    if twice := {each for each in named if named.count(each) > 1}:
        raise ValueError(f"{field}: named twice: {_list(twice)}")


def _list(values: Any) -> str:
    return ", ".join(sorted(str(each) for each in values))
