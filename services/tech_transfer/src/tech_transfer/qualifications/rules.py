"""Whether a site may do the work of a transfer, or is to be assessed for it: pure rules (EU GMP 7; ICH Q10 2.7).

It is the same in whatever order the facts came. A site of which nothing was told is not qualified.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from contracts.qualifications import (
    Purpose,
    QualificationFact,
    QualificationPlanned,
    QualificationState,
    SiteQualificationChanged,
)
from contracts.tech_transfer import TransferKind
from directory.qualified import Change, courses_for, covers, in_force

MAKING: Final = frozenset({"drug_substance", "drug_product", "sterile_fill"})
ACTIVITIES: Final[Mapping[TransferKind, Collection[str]]] = {
    TransferKind.process: MAKING,
    TransferKind.process_and_analytical: MAKING,
    TransferKind.analytical: frozenset({"testing"}),
    TransferKind.packaging: frozenset({"packaging"}),
}
"""By what is handed over, for one of which works the receiving site is qualified. Where methods go with a process, each
laboratory is entitled by its own method transfer: it may be another site."""
PURPOSES: Final[Mapping[Purpose, Collection[Purpose]]] = {
    Purpose.commercial: frozenset({Purpose.commercial}),
    Purpose.development: frozenset(Purpose),
}
"""For which purposes a site is qualified that may do the work: for commercial work is enough for development."""
TO_BE_ASSESSED: Final = frozenset({QualificationState.planned, QualificationState.in_assessment})


@dataclass(frozen=True, slots=True)
class Asked:
    """The work of a transfer, on a day of its receiving site."""

    kind: TransferKind
    purpose: Purpose
    product_id: UUID
    dosage_form: str | None
    """None where it is not known."""
    day: date
    zone: str | None

    def covered_by(self, fact: QualificationFact) -> bool:
        """Whether a qualification is for this work, whether it holds or not."""
        return covers(fact, ACTIVITIES[self.kind], self.product_id, self.dosage_form, PURPOSES[self.purpose])


def is_qualified(asked: Asked, changed: Iterable[tuple[Mapping[str, Any], int]]) -> bool:
    """Whether work may be given by what was told of qualifications: facts as they were kept, with their sequences."""
    told = [Change.of(said, sequence, asked.zone) for said, sequence in changed]
    activities, purposes = ACTIVITIES[asked.kind], PURPOSES[asked.purpose]
    return in_force(courses_for(told, activities, asked.product_id, asked.dosage_form, purposes), asked.day)


def is_to_be_assessed(
    asked: Asked, planned: Iterable[Mapping[str, Any]], changed: Iterable[tuple[Mapping[str, Any], int]]
) -> bool:
    """Whether an assessment is planned or goes on: of a qualification what was told last decides."""
    last: dict[UUID, tuple[int, QualificationState, QualificationFact]] = {}
    for said in planned:
        fact = QualificationPlanned.model_validate(said)
        last[fact.qualification_id] = (0, QualificationState.planned, fact)
    for said, sequence in changed:
        change = SiteQualificationChanged.model_validate(said)
        if sequence > last.get(change.qualification_id, (0,))[0]:
            last[change.qualification_id] = (sequence, change.after, change)
    return any(state in TO_BE_ASSESSED and asked.covered_by(fact) for _, state, fact in last.values())
