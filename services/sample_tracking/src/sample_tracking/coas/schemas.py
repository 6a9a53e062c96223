"""Bodies of requests and answers about certificates of analysis."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.partner_feeds import Qualifier
from contracts.sample_tracking import Evaluation
from runtime.bodies import Body, Country
from sample_tracking.coas.model import CoaFields
from serving.shown import Ref, Shown


class DraftCoa(Body):
    """For which lot and market, and by which revision of a specification."""

    lot_id: UUID
    market: Country
    specification_id: UUID
    partner_pdf_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    """SHA-256 of the certificate that the laboratory wrote itself, in hexadecimal."""


class CoaResult(BaseModel):
    """One result as the certificate shows it."""

    result_id: UUID
    test: str
    value: Decimal | None
    text: str | None
    qualifier: Qualifier | None
    unit: str
    rounded: Decimal | None
    """In the unit of the limit and with its decimals."""
    verdict: Evaluation
    laboratory_site_id: UUID
    tested_at: str
    approved_by: str
    approved_at: str


class CoaRead(CoaFields, Shown):
    """A certificate as its readers see it."""

    site: Ref | None
    """Where the lot was made."""
    partner: Ref | None
    results: list[CoaResult]
