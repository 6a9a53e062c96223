"""What of a site asks for a hold of which batch: pure rules."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from contracts import Moment
from contracts.partner_registry import RegulatoryInspectionRecorded
from contracts.partner_work import DecidedWork, WorkDecision
from contracts.qualifications import QualificationState, SiteQualificationChanged
from quality_events import moments

TAKEN: Final = frozenset({QualificationState.suspended, QualificationState.withdrawn})
"""What says something of work that was done; what simply ended says nothing of it."""
BATCH: Final = "batch"
"""The kind of a decided work that is one of our batches."""
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cause:
    """What became known of a site, on which day, and of which products; of none named: of all."""

    text: str
    on: date
    product_ids: Collection[UUID] = ()

    def concerns(self, began: str, product_id: UUID | None) -> bool:
        """Whether a batch was begun before it, on whichever local day: what is begun later is not given to the site."""
        made_before = moments.sortable(moments.read(began)) <= self.on + _A_DAY
        return made_before and (not self.product_ids or product_id is None or product_id in self.product_ids)


def taken_from(told: Iterable[SiteQualificationChanged]) -> list[Cause]:
    """Of what was told of the qualifications of a site, in its order: each that was taken away last.

    That the site was sold or closed says nothing of work that was done, and takes back nothing that was said of it. Nor
    does what is told once more as it was, of another owner: it was taken away on the day and for the reason told first.
    """
    last = {each.qualification_id: each for each in told if each.cause is None and each.before != each.after}
    return [
        Cause(
            f"{each.number} was {each.after} on {(on := moments.sortable(each.occurred_at))}: {each.reason}",
            on,
            each.product_ids,
        )
        for each in last.values()
        if each.after in TAKEN
    ]


def not_going_on(decided: DecidedWork, at: Moment) -> list[str]:
    """Why a batch that is open at a partner that is, or was, suspended is to be held; nothing where it is finished."""
    if decided.decision == WorkDecision.finish:
        return []
    on = moments.sortable(at)
    return [f"it is open at its partner, and on {on} it was decided to {decided.decision} it: {decided.rationale}"]


def noted_by(told: Iterable[RegulatoryInspectionRecorded]) -> list[Cause]:
    """Of what was told of the inspections of a site, in its order: each that noted what may concern our goods.

    What nobody has judged yet may. The products are the authority's words, so that it asks about all.
    """
    last = {each.inspection_id: each for each in told}
    return [
        Cause(f"{each.number} of {each.authority}, which ended on {each.ended_on}, noted observations", each.ended_on)
        for each in last.values()
        if any(noted.ours is not False for noted in each.observations)
    ]


def unasked(reasons: Iterable[str], asked: Iterable[Sequence[str]]) -> list[str]:
    """The reasons that no proposal had before: what was answered once is not asked again."""
    known = {reason for each in asked for reason in each}
    return sorted({*reasons} - known)
