"""Facts of sample_tracking about methods: who is entitled to test by which, and what follows for results."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.partner_feeds import TestStage
from contracts.sample_tracking import Evaluation
from contracts.vocabulary import Lot


class EntitlementStanding(StrEnum):
    """How a laboratory stands to a method. One of which nothing was ever set is not entitled."""

    in_transfer = "in_transfer"
    validated = "validated"
    """It validated the method itself (ICH Q2)."""
    verified = "verified"
    """It verified a compendial one (USP <1226>)."""
    transferred = "transferred"
    """It took over a validated one (USP <1224>)."""
    waived = "waived"
    """It need not prove it, for a reason."""
    suspended = "suspended"
    withdrawn = "withdrawn"


@fact("io.entente.EntitlementChanged.v1", topic="sample-tracking.entitlement", key="entitlement_id")
class EntitlementChanged(Fact):
    """From a local day of the laboratory on it stands so to a version of a method, and to the minor ones after it for
    which nothing is set by then."""

    entitlement_id: UUID
    """Of this setting. The last one before a day decides; of two from the same day, the one that was set later."""
    method_id: UUID
    method_code: str
    method_version: str
    """Major and minor, such as 2.1."""
    product_id: UUID | None = None
    """Whose own method it is; None of one for all products. A product that has its own is tested by no other."""
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    standing: EntitlementStanding
    valid_from: date
    proof_digest: str
    """SHA-256 of what proves it, in hexadecimal."""


@fact("io.entente.ResultNotReportable.v1", topic="sample-tracking.result", key="result_id")
class ResultNotReportable(Fact):
    """A laboratory tested by a method for which it was not entitled on the day: the result stays, and counts nowhere.

    That it became reportable after all is told by ``ResultsReported`` (21 CFR 211.194(a)(2)).
    """

    result_id: UUID
    lot: Lot
    test: str
    stage: TestStage
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    evaluation: Evaluation
    """Its verdict. One out of specification is told by ``OosDetected`` all the same: that a laboratory was not entitled
    takes no failure out of the evaluation (ICH Q7 11.15)."""
    not_reportable: str
    """Why."""
