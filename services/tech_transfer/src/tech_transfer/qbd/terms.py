"""Words and types that the records of quality by design share."""

from enum import StrEnum


class DesignState(StrEnum):
    """Whether an attribute or a parameter counts."""

    in_force = "in_force"
    withdrawn = "withdrawn"


class CqaCriticality(StrEnum):
    """How much a patient would be harmed by an attribute outside of its limits (ICH Q8, Q9)."""

    critical = "critical"
    major = "major"
    minor = "minor"


class CppEffect(StrEnum):
    """How much an attribute rests on a parameter (ICH Q8 2.3, Q11 3.1)."""

    none = "none"
    low = "low"
    high = "high"
    """It is to be controlled."""
