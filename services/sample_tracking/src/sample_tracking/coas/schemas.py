"""Bodies of requests and answers about certificates of analysis."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.partner_feeds import Qualifier, ResultRole
from contracts.sample_tracking import Evaluation
from contracts.unit_limits import AttributeLimit, DissolutionLimit, EachLimit, FoundInUnits, UniformityLimit
from runtime.bodies import Body, Country
from sample_tracking.coas.model import CoaFields
from serving.shown import Answer, Ref, Shown


class DraftCoa(Body):
    """For which lot and market, and by which revision of a specification."""

    lot_id: UUID
    market: Country
    specification_id: UUID
    partner_pdf_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    """SHA-256 of the certificate that the laboratory wrote itself, in hexadecimal."""


class CoaPlace(Answer):
    """A site as the certificate calls it, and whose it is."""

    number: str
    name: str
    company: str

    def __str__(self) -> str:
        """As people write it."""
        return f"{self.company}, {self.name} ({self.number})"


class CoaCriterion(Answer):
    """What is to be met, as the specification has it. Bounds are inclusive."""

    kind: Literal["bounds", "words", "report_only", "attribute", "dissolution", "uniformity", "each_and_mean"]
    lower: Decimal | None
    upper: Decimal | None
    accepted: list[str]
    """The words that meet it."""
    unit: str
    decimals: int
    attribute: AttributeLimit | None = None
    dissolution: DissolutionLimit | None = None
    uniformity: UniformityLimit | None = None
    each: EachLimit | None = None
    """For each determination, where ``lower`` and ``upper`` are for their mean."""


class CoaResult(Answer):
    """One result as the certificate shows it."""

    result_id: UUID
    test: str
    role: ResultRole | None = None
    """Whether it is an original, or what was tested again; null in certificates from before it was kept."""
    criterion: CoaCriterion | None = None
    """Null in certificates from before it was kept, as are ``method`` and ``laboratory``."""
    method: str | None = None
    """As reported, else that of the limit."""
    method_version: str | None = None
    """Where it was reported."""
    value: Decimal | None
    text: str | None
    qualifier: Qualifier | None
    unit: str
    rounded: Decimal | None
    """In the unit of the limit and with its decimals."""
    found: FoundInUnits | None = None
    """Null of a single value or word, and in certificates from before it was kept."""
    verdict: Evaluation
    laboratory_site_id: UUID
    laboratory: CoaPlace | None = None
    tested_at: str
    keyed_by: str | None = None
    """Who typed it first from the laboratory's certificate on paper; null, as the next two, of what was reported
    otherwise, and in certificates from before it was kept."""
    verified_by: str | None = None
    """Who typed the same, without seeing that."""
    certificate_digest: str | None = None
    """SHA-256 of that paper, in hexadecimal."""
    approved_by: str
    approved_at: str
    investigation: Literal["open", "not_found_invalid"] | None = None
    """Of a result that is out of specification, by any market's limits, how its investigation stands now: nobody has
    concluded it yet, or it did not find the result invalid. Null of any other, of a certificate that does not hold any
    more, and where the reader does not see the result."""


class CoaFinding(Answer):
    """One result in short, as whoever issues the certificate signs it."""

    test: str
    role: ResultRole | None
    result: str
    """As the certificate has it, with its unit."""
    verdict: Evaluation
    investigation: str
    """That none is known, or how it stands."""


class CoaProduct(Answer):
    """A product as the certificate calls it."""

    code: str
    name: str


class CoaSpecification(Answer):
    """Which specification of the product it is."""

    market: str | None
    """ISO 3166-1 alpha-2, or None of one for every market."""
    revision: int
    effective_from: date | None


class CoaAbout(Answer):
    """The head of the certificate, as its digest has it."""

    product: CoaProduct
    maker: CoaPlace
    started_on: date | None
    """When the making of the lot began; null where it was not told."""
    manufactured_on: date | None
    """When it was complete; null where it was not told."""
    expiry_date: str | None = None
    """As the maker stated it, a day or a month; null where it was not told, and in certificates from before it was
    kept."""
    specification: CoaSpecification


class CoaRead(CoaFields, Shown):
    """A certificate as its readers see it."""

    site: Ref | None
    """Where the lot was made."""
    partner: Ref | None
    product_name: str | None
    """As ``about`` has it; null where there is none."""
    manufacturer: str | None
    """The maker and its site as ``about`` has them; null where there is none."""
    changed: list[str]
    """Of a draft or of one that is issued, the tests of which it does not say any more what is found: since its draft
    results came, were amended, found invalid or not reportable. Such a draft is not issued; what was issued is not true
    any more, and a newer one is to take its place. And `manufacturer`, where the lot turned out to be another maker's
    than it says."""
    found_invalid: int | None
    """How many results of its tests are not shown because an investigation found them invalid. For the sponsor, of a
    draft and of one that is issued; else null."""
    flagged: list[str] | None
    """The tests of the results that it shows against whose data something speaks that nobody has answered, or that was
    confirmed: it was raised after they were approved, and what is signed stays as it is. For the sponsor; else null."""
    about: CoaAbout | None
    """Null in certificates from before it was kept."""
    results: list[CoaResult]
    findings: list[CoaFinding] = Field(default=[])
    """What it says, in short: who issues it signs that, and its digest."""
