"""Bodies of requests and answers about transcriptions."""

from decimal import Decimal
from itertools import combinations
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from contracts import Moment
from contracts.partner_feeds import Qualifier, ResultRole, StabilityPoint, TestStage
from runtime.bodies import Body, Code, Words
from sample_tracking.results.schemas import Measured, PullOfStudy, TestedLot, not_ahead
from sample_tracking.transcriptions.model import TranscriptionFields
from serving.shown import Answer, Ref, Shown


class TypedResult(Measured):
    """A result as it stands on the paper."""

    test: Code = Field(examples=["assay"])
    role: ResultRole = ResultRole.original
    stability: PullOfStudy | None = None
    """Which pull a result of the stage stability is of."""


def _originals_once(results: tuple[TypedResult, ...]) -> tuple[TypedResult, ...]:
    """Raise ValueError for two originals of one test that nothing says are by two methods: one would be refused once
    the other is recorded."""
    originals = [each for each in results if each.role is ResultRole.original]
    for first, second in combinations(originals, 2):
        methods = {each.method.casefold() if each.method else None for each in (first, second)}
        if first.test == second.test and (len(methods) == 1 or None in methods):
            raise ValueError(
                f"two originals of {first.test}: give the method of each where there are two, or the role of what was "
                "tested again (repeat, retest or resample)"
            )
    return results


Typed = Annotated[tuple[TypedResult, ...], Field(min_length=1, max_length=100), AfterValidator(_originals_once)]


class TypeAgain(Body):
    """What stands on the paper, the whole of it, as somebody reads it who does not see what was typed before."""

    lot_number: Code = Field(examples=["B-2026-014"])
    occurred_at: Annotated[Moment, AfterValidator(not_ahead)] = Field(examples=["2026-03-03"])
    """When it was determined: an instant with its zone, a day or a month."""
    results: Typed

    def typed(self) -> dict[str, Any]:
        """What is held against what the other one types."""
        return self.model_dump(mode="json", include={"lot_number", "occurred_at", "results"})


class KeyCertificate(Body):
    """A laboratory's certificate on paper, or an approved result of one that was typed wrong."""

    lot: TestedLot
    laboratory_site_id: UUID
    stage: TestStage = Field(examples=["release"])
    occurred_at: Annotated[Moment, AfterValidator(not_ahead)] = Field(examples=["2026-03-03"])
    """When it was determined: an instant with its zone, a day or a month."""
    certificate_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["0" * 64])]
    results: Typed
    corrects: UUID | None = None
    """The result that was typed wrong: an approved one, one that two typed, or one of a stage that asks for further
    units. What is typed then is the whole of it as it should have been."""
    reason: Words | None = None
    """Why it is corrected; goes with ``corrects``."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.corrects is None) != (self.reason is None):
            raise ValueError("corrects and reason go together: which result was typed wrong, and why")
        if self.corrects and len(self.results) != 1:
            raise ValueError("a correction is of one result: give it alone")
        if self.stage is not TestStage.stability and any(each.stability for each in self.results):
            raise ValueError(f"stability goes with the stage stability, and not with {self.stage}")
        return self

    def typed(self) -> dict[str, Any]:
        """What is held against what the other one types."""
        return TypeAgain(lot_number=self.lot.number, **self._again()).typed()

    def _again(self) -> dict[str, Any]:
        return {"occurred_at": self.occurred_at, "results": self.results}


class TypingDifference(Answer):
    """Where two people read one paper in different ways."""

    test: str | None
    """Null where it is the lot's number or the moment of the test."""
    field: str
    first: str | None
    """As the first one typed it; null where it was left out."""
    second: str | None
    """As the second one typed it; null where it was left out."""


class ResultAsTyped(Answer):
    """A result as one of the two typed it."""

    test: str
    role: ResultRole
    value: Decimal | None
    text: str | None
    qualifier: Qualifier | None
    determinations: list[Decimal] | None
    inspected: int | None
    unit: str
    method: str | None
    method_version: str | None
    stability: StabilityPoint | None


class TranscriptionRead(TranscriptionFields, Shown):
    """A transcription as its readers see it: what was typed is not there until both are done."""

    site: Ref | None
    """Where the lot was made."""
    partner: Ref | None
    laboratory: Ref | None
    """The site whose paper it is."""
    differences: list[TypingDifference]
    """Empty until both have typed it, and once both are the same."""
    first: list[ResultAsTyped] | None
    """What the first one typed; null until it is verified."""
    second: list[ResultAsTyped] | None
    """What the second one typed; likewise."""
