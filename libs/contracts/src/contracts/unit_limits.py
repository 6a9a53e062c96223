"""Limits of tests that are made of several units or determinations, and what a verdict by one rests on."""

from decimal import Decimal
from enum import StrEnum

from contracts.fact import Part


class DefectClass(StrEnum):
    """How grave a defect is (ISO 2859-1)."""

    critical = "critical"
    major = "major"
    minor = "minor"


class AttributeLimit(Part):
    """So many units are inspected, and so many may be defective (ISO 2859-1, MIL-STD-105E, single sampling)."""

    inspected: int
    """The sample size. Of a result with fewer nobody can say whether it is met."""
    accept: int
    """At most so many are defective."""
    defect_class: DefectClass
    code_letter: str | None = None
    """That of the sample size in the norm's tables."""
    aql: Decimal | None = None
    """The acceptance quality limit in per cent defective, by which the plan is that of the norm's table."""
    plan: str | None = None
    """By which plan it is, such as general level II, normal inspection, AQL 1.0."""


class DissolutionLimit(Part):
    """By the stages S1, S2 and S3, of 6, 12 and 24 units (USP <711>, Ph. Eur. 2.9.3)."""

    q: Decimal
    """How much of the label claim is dissolved, in per cent of it."""


class UniformityLimit(Part):
    """By the stages of 10 and of 30 units (USP <905>, Ph. Eur. 2.9.40), in per cent of the label claim."""

    target: Decimal = Decimal(100)
    """The target content per unit at the time of manufacture."""
    l1: Decimal = Decimal("15.0")
    """The most that the acceptance value may be."""
    l2: Decimal = Decimal("25.0")
    """By how much a unit may deviate from the reference value, in per cent of that."""


class EachLimit(Part):
    """What each determination must meet; ``lower`` and ``upper`` of the limit are for their mean."""

    lower: Decimal | None = None
    upper: Decimal | None = None


class FoundInUnits(Part):
    """What a verdict rests on where a result is made of several units or determinations."""

    stage: str | None = None
    """S1, S2 or S3 of a dissolution, L1 or L2 of the uniformity; None of a test without stages."""
    units: int
    """How many were tested."""
    pending: bool = False
    """The stage asks for further units: the limit is neither met nor missed."""
    mean: Decimal | None = None
    """In the unit of the limit, with more decimals than it has."""
    acceptance_value: Decimal | None = None
    """Of the uniformity, |M - mean| + k s, with more decimals than the limit has."""
    worst: Decimal | None = None
    """The unit that stands worst, in the unit of the limit."""
    defects: int | None = None
    """How many of the units inspected are defective."""
    outside: int = 0
    """How many determinations lie outside the bounds, each rounded; where the mean is inside, somebody must look (FDA
    OOS guidance, 2022)."""
    contradicted: Decimal | None = None
    """The value that was reported, in the unit of the limit, where the units give another mean or acceptance value: the
    verdict rests on the units, and not on it."""
