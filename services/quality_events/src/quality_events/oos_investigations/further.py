"""A further test of what is investigated, as its readers see it and as it is signed."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts import HappenedAt, Moment
from contracts.partner_feeds import Qualifier, ResultRole
from contracts.sample_tracking import Evaluation
from quality_events.oos_investigations.lineages import Reported, Revision
from serving.shown import Answer


class FormerValue(Answer):
    """What a test gave before its laboratory amended it."""

    reported_at: HappenedAt
    """When it was recorded first."""
    value: Decimal | None
    text: str | None
    qualifier: Qualifier | None
    unit: str | None
    evaluation: Evaluation | None


class FurtherTest(Answer):
    """A further test of the same lot, stage, test and laboratory, as that reported it, whatever its role; or one of the
    results that were investigated, and of those beside them, which its laboratory amended or withdrew since."""

    result_id: UUID
    role: ResultRole
    tested_at: Moment
    reported_at: HappenedAt
    """When it, or what it amends, was first recorded."""
    value: Decimal | None
    """What it gave; of one that was withdrawn, before that. Null of a result in words, and while that is read again."""
    text: str | None
    qualifier: Qualifier | None
    unit: str | None
    evaluation: Evaluation | None
    planned: bool
    """False: it came outside of a plan, and the investigation has to say what it means."""
    voided_at: HappenedAt | None
    """When its laboratory withdrew it: it counts for no plan. Null while it stands."""
    amended_at: HappenedAt | None
    """When its laboratory last amended or withdrew it after the finding; null of what it did not."""
    amended_by: str | None
    """Who entered the amendment, or the feed by which it came; null where nobody said."""
    amendment_reason: str | None
    """Why, as it was said with the amendment; null of what a system reports, which gives no reason."""
    amended_from: list[FormerValue]
    """What it gave before, the oldest first; empty of what was not amended after the finding."""
    reason: str | None
    """Why it was made outside of the plan, amended or withdrawn, as the laboratory says in its proposal."""

    @property
    def unexplained(self) -> bool:
        """Whether it is to be said why, and nobody did."""
        return self.to_be_explained and self.reason is None

    @property
    def to_be_explained(self) -> bool:
        """Whether it is none that was planned, or was amended or withdrawn."""
        return not self.planned or self.voided_at is not None or self.amended_at is not None


class AmendedTo(Answer):
    """What the laboratory amended the result to. It stands where the result is found invalid after that was recorded:
    who approves reads it. One that is recorded since the conclusion is invalid with it."""

    result_id: UUID
    reported_at: HappenedAt
    value: Decimal | None
    text: str | None
    qualifier: Qualifier | None
    unit: str | None
    evaluation: Evaluation | None
    voided_at: HappenedAt | None
    """When its laboratory withdrew it; null where that amended it."""


def amended_to(result: Reported) -> AmendedTo:
    """What stands in the place of what it amends."""
    return AmendedTo(
        result_id=result.id,
        reported_at=result.recorded_at(result.id),
        voided_at=result.voided_at,
        **_given(_last(result).said),
    )


def further_test(result: Reported, *, planned: bool, amended_at: datetime | None, reason: str | None) -> FurtherTest:
    """A result as a further test: what it gives, and where its laboratory amended it, what it gave before that."""
    last = _last(result)
    newest = result.revisions[-1].said if amended_at else {}
    return FurtherTest(
        result_id=result.id,
        role=result.role,
        tested_at=result.tested_at,
        reported_at=result.reported_at,
        **_given(last.said),
        planned=planned,
        voided_at=result.voided_at,
        amended_at=amended_at,
        amended_by=newest.get("amended_by"),
        amendment_reason=newest.get("amendment_reason"),
        amended_from=[
            FormerValue(reported_at=each.recorded_at, **_given(each.said))
            for each in result.revisions
            if amended_at and not each.voids and each is not last
        ],
        reason=reason,
    )


def _last(result: Reported) -> Revision:
    """The newest that gave something."""
    return next((each for each in reversed(result.revisions) if not each.voids), result.revisions[-1])


def _given(said: Mapping[str, Any]) -> dict[str, Any]:
    before = Qualifier.below_quantitation if said.get("below_quantitation") else None
    given = {name: said.get(name) for name in ("value", "text", "unit", "evaluation")}
    return given | {"qualifier": said.get("qualifier") or before}
