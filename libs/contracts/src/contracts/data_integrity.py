"""Facts of sample_tracking about what speaks against a result's data (ALCOA+; MHRA, GXP Data Integrity, 2018)."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, Part, fact
from contracts.partner_feeds import TestStage


class FlagRule(StrEnum):
    """What speaks against a result's data."""

    entered_late = "entered_late"
    """It was entered more than a day after the test: not contemporaneous."""
    tested_before_receipt = "tested_before_receipt"
    """The test lies before the making of its lot began."""
    tested_after_expiry = "tested_after_expiry"
    clock_jump = "clock_jump"
    """Its moments contradict one another."""
    raw_data_unknown = "raw_data_unknown"
    """Its laboratory stated the raw data of this test before, and not of this result."""
    raw_data_reused = "raw_data_reused"
    """Its raw data are those of another result."""
    edited_after_review = "edited_after_review"
    """It stands in the place of one that was reviewed already."""
    units_dropped = "units_dropped"
    """A stage of its test asked for further units, and it lacks some of those that were found by then."""
    value_contradicted = "value_contradicted"
    """Its units give another mean, or another acceptance value."""
    provenance_dropped = "provenance_dropped"
    """It leaves out what a revision before stated of how it came about."""
    calibration_overdue = "calibration_overdue"
    analyst_not_trained = "analyst_not_trained"
    """Never raised yet: nothing is known of trainings."""
    copied_values = "copied_values"
    """The same value to the last digit in several lots."""
    after_oos = "after_oos"
    """It was reported after a result out of specification, and measured before that."""


class FlagState(StrEnum):
    """How far a flag is on its way."""

    open = "open"
    answered = "answered"
    """The laboratory explained it."""
    accepted = "accepted"
    """The sponsor's quality unit is content with the explanation."""
    confirmed = "confirmed"
    """It is a data integrity problem."""
    lapsed = "lapsed"
    """By what is known since, it is not raised, and nobody had answered it."""


class FlaggedLot(Part):
    """The lot that was tested. Whose it is, is not said: its maker is no party to a flag."""

    id: UUID
    number: str
    material: str
    site_id: UUID
    """Where it was made."""


@fact("io.entente.DataIntegrityFlagged.v1", topic="sample-tracking.result", key="flag_id")
class DataIntegrityFlagged(Fact):
    """A rule raised a flag on a result, or a person took it further. It is the laboratory's and the sponsor's alone."""

    flag_id: UUID
    rule: FlagRule
    state: FlagState
    result_id: UUID
    set_id: UUID
    """What was reported together with the result."""
    lot: FlaggedLot
    test: str
    stage: TestStage
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    after_approval: bool
    """Whether the result was approved before the flag was raised."""
