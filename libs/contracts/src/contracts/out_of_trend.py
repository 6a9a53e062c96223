"""Facts of sample_tracking about results that are out of trend."""

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.partner_feeds import StabilityPoint, TestStage
from contracts.sample_tracking import Evaluation
from contracts.vocabulary import Lot


class TrendBasis(StrEnum):
    """By what a result is out of trend."""

    release_lots = "release_lots"
    """Mean +- 3 s of the last 20 lots of the same product and maker, by the same laboratory and method."""
    stability_regression = "stability_regression"
    """The 95 % prediction interval of the regression of the batch's own earlier pulls."""


@fact("io.entente.OotDetected.v1", topic="sample-tracking.result", key="result_id")
class OotDetected(Fact):
    """A result lies outside of what those before it let expect, whether or not it meets its specification.

    Told again where results that come late change that. It is no test in the sense of the OOS rate.
    """

    result_id: UUID
    lot: Lot
    test: str
    """As quality read it, else as it was reported."""
    stage: TestStage
    stability: StabilityPoint | None = None
    """Which pull of a study it is of; None of a result for release."""
    value: Decimal
    unit: str
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    evaluation: Evaluation
    """One that is out of specification is investigated as that."""
    basis: TrendBasis
    """By what it is out of trend."""
    lower: Decimal
    """The least that was to be expected, in the unit of the value."""
    upper: Decimal
    """The most that was to be expected, in the unit of the value."""
    points: int
    """By how many lots, or earlier results of the study."""
    holds: bool = True
    """Whether it is out of trend by what is known now."""
