"""What is said about a product quality review: its states, its sections and the questions that answer them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ReviewState(StrEnum):
    """Where a review stands."""

    draft = "draft"
    reviewed = "reviewed"
    """Its sections are frozen, and none or one of both quality units has signed."""
    signed = "signed"
    cancelled = "cancelled"
    """It was opened by mistake, and no day of it counts as reviewed."""


class SectionName(StrEnum):
    """A section of the review."""

    starting_materials = "starting_materials"
    critical_results = "critical_results"
    failed_batches = "failed_batches"
    deviations = "deviations"
    changes = "changes"
    variations = "variations"
    stability = "stability"
    complaints = "complaints"
    market = "market"
    previous_actions = "previous_actions"
    commitments = "commitments"
    equipment = "equipment"
    agreements = "agreements"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the records, always the same under the same name: another statement has another name."""

    name: str
    statement: str
    """That gives the rows, from what ``asked`` says: see ``questions``. One is named, and sorted, by its ``number``."""
    counted: Sequence[str] = ()
    """By which of a row's values rows are counted."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of EU GMP 1.10, what facts tell of it, and what no fact tells."""

    name: SectionName
    clause: str
    """Of EU GMP 1.10."""
    title: str
    questions: Sequence[Question] = ()
    unjudged: str | None = None
    """What no fact tells: somebody writes a part about it."""
    ours: bool = False
    """The sponsor's alone: of its answers and parts the maker learns nothing."""
