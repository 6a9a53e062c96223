"""What a partner amends after a deviation has ended: it changes nothing of the record, and somebody deals with it.

A further lot, or a graver class, stands against the release of the lots until quality answered it (EU GMP Annex 16, 3).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from contracts import Classification
from quality_events.deviations.cancelling import Cancellable
from quality_events.deviations.lots import DeviationLot, concerned
from quality_events.deviations.terms import LateAmendment, Report
from runtime.problems import RuleViolated

_GRAVITY: Final = (None, Classification.minor, Classification.major, Classification.critical)


class LateAmended(Cancellable):
    """The amendments that came after the end, and for which lots they wait for an answer."""

    signed_apart: ClassVar[Collection[str]] = ("source_revision", "late_amendments", "late_lot_ids")
    """What comes after the end changes nothing of what was signed."""
    source_revision: int = 1
    late_amendments: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    """What the partner amended after the end, as it came: it changes nothing, and stays to be seen."""
    late_lot_ids: list[UUID] | None = Field(default=None, sa_type=ARRAY(Uuid))
    """The lots that stand under an amendment which says more than the record, and which nobody answered."""

    @property
    def late(self) -> list[LateAmendment]:
        """The amendments in their order."""
        return [LateAmendment.model_validate(each) for each in self.late_amendments]

    @property
    def unanswered(self) -> list[LateAmendment]:
        """Those that nobody answered."""
        return [each for each in self.late if each.answered_at is None]

    def add_late_amendment(self, report: Report, lots: Iterable[DeviationLot]) -> None:
        """Keep a revision that came after the end beside the record, which it does not change."""
        late = LateAmendment(reported_at=report.sponsor_aware_at, **report.take(*LateAmendment.model_fields))
        self.source_revision = report.revision
        self._keep([*self.late, late], lots)

    def answer_late(self, revision: int, answer: Mapping[str, Any], lots: Iterable[DeviationLot]) -> None:
        """Answer all up to the newest. Raises RuleViolated where that is another one than was read."""
        newest = self.unanswered[-1].revision if self.unanswered else None
        if revision != newest:
            what = f"the newest that nobody answered is {newest}" if newest else "nothing waits for an answer"
            raise RuleViolated(f"{self.number}: revision {revision}: {what}: read late_amendments", fields=["revision"])
        self._keep([each.model_copy(update=answer) if not each.answered_at else each for each in self.late], lots)

    def _keep(self, late: Sequence[LateAmendment], lots: Iterable[DeviationLot]) -> None:
        self.late_amendments = [each.model_dump(mode="json") for each in late]
        own = [lot.lot_id for lot in concerned(lots)]
        self.late_lot_ids = waiting(own, [self.classification, self.proposed_classification], late) or None


def waiting(own: Collection[UUID], classes: Iterable[str | None], late: Sequence[LateAmendment]) -> list[UUID]:
    """The lots for which an amendment says more than the record, whose lots are ``own``, and than what was answered."""
    known, gravest, found = {*own}, max(map(_gravity, classes), default=0), set[UUID]()
    for each in late:
        named, gravity = {lot.id for lot in each.lots}, _gravity(each.proposed_classification)
        if each.answered_at is None:
            found |= named | {*own} if gravity > gravest else named - known
        else:
            known, gravest = known | named, max(gravest, gravity)
    return sorted(found)


def gravest(late: Sequence[LateAmendment]) -> Classification | None:
    """The gravest class that any of them says."""
    return _GRAVITY[max((_gravity(each.proposed_classification) for each in late), default=0)]


def _gravity(said: str | None) -> int:
    return _GRAVITY.index(Classification(said) if said else None)
