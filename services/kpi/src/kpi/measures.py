"""What is measured: the words from which every KPI is made."""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """The code of a measure, as facts, buckets and definitions carry it."""

    test_evaluated = "test_evaluated"
    result_unjudged = "result_unjudged"
    record_contradicted = "record_contradicted"
    oos = "oos"
    oos_test = "oos_test"
    oos_test_concluded = "oos_test_concluded"
    oos_test_invalidated = "oos_test_invalidated"
    oos_open = "oos_open"
    oos_opened = "oos_opened"
    oos_concluded = "oos_concluded"
    oos_confirmed = "oos_confirmed"
    oos_invalidated = "oos_invalidated"
    oos_closure_days = "oos_closure_days"
    batch_manufactured = "batch_manufactured"
    batch_yield = "batch_yield"
    right_first_time = "right_first_time"
    lot_manufactured = "lot_manufactured"
    lot_yield = "lot_yield"
    lot_right_first_time = "lot_right_first_time"
    deviation = "deviation"
    deviation_open = "deviation_open"
    deviation_closure_days = "deviation_closure_days"
    notification_hours = "notification_hours"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured. ``unit`` is UCUM. Of a ``distribution`` exact percentiles can be asked."""

    code: Code
    unit: str
    about: str
    distribution: bool = False


_ALL = (
    Measure(Code.test_evaluated, "1", "A result held against a specification; without a limit nothing is evaluated."),
    Measure(Code.result_unjudged, "1", "A result that should be held against a specification, and could not be."),
    Measure(Code.record_contradicted, "1", "A record that was reported twice under one revision, and not the same."),
    Measure(Code.oos, "1", "A result outside its specification."),
    Measure(Code.oos_test, "1", "A test that was outside its specification, once however often it is amended."),
    Measure(Code.oos_test_concluded, "1", "Of such a test the newest investigation with a conclusion."),
    Measure(Code.oos_test_invalidated, "1", "The same, where it found the result invalid."),
    Measure(Code.oos_open, "1", "An OOS investigation that has no conclusion yet, in the month in which it opened."),
    Measure(Code.oos_opened, "1", "An OOS investigation, in the month in which it opened."),
    Measure(Code.oos_concluded, "1", "An OOS investigation that reached its conclusion."),
    Measure(Code.oos_confirmed, "1", "An OOS investigation that confirmed the result."),
    Measure(Code.oos_invalidated, "1", "An OOS investigation that found the result invalid."),
    Measure(Code.oos_closure_days, "d", "Opened to concluded.", distribution=True),
    Measure(Code.batch_manufactured, "1", "A batch that is made; it is not released by this."),
    Measure(Code.batch_yield, "%", "Actual over theoretical yield of a batch, where the partner states it."),
    Measure(
        Code.right_first_time, "1", "1 for a batch without a major or critical deviation or confirmed OOS, else 0."
    ),
    Measure(Code.lot_manufactured, "1", "Goods that are made, once however many lot numbers they have."),
    Measure(Code.lot_yield, "%", "The yield of such goods, where the partner states it."),
    Measure(
        Code.lot_right_first_time,
        "1",
        "1 for goods without a major or critical deviation or confirmed OOS under any of their numbers, else 0.",
    ),
    Measure(Code.deviation, "1", "A deviation, once however many lots it concerns."),
    Measure(Code.deviation_open, "1", "A deviation that is not closed yet, in the month in which the partner knew."),
    Measure(Code.deviation_closure_days, "d", "The partner's awareness to closure.", distribution=True),
    Measure(Code.notification_hours, "h", "The partner's awareness to the sponsor's.", distribution=True),
)

MEASURES = {str(measure.code): measure for measure in _ALL}
"""Every measure by its code."""

DISTRIBUTIONS = frozenset(code for code, measure in MEASURES.items() if measure.distribution)
"""Measures whose buckets are kept per level."""
