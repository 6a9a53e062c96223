"""What of a site asks for a hold of which batch: pure rules."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Self
from uuid import UUID

from contracts import Moment
from contracts.partner_registry import RegulatoryInspectionRecorded
from contracts.partner_work import DecidedWork, WorkDecision
from contracts.qualifications import QualificationState, SiteQualificationChanged
from quality_events import moments

TAKEN: Final = frozenset({QualificationState.suspended, QualificationState.withdrawn})
"""What says something of work that was done; what simply ended says nothing of it."""
GIVEN: Final = frozenset({QualificationState.approved, QualificationState.conditional})
BATCH: Final = "batch"
"""The kind of a decided work that is one of our batches."""
_SINCE: Final = "; since then "
"""What a reason goes on with that is the same question, of which more is known."""
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

    def gone_on(self, since: str) -> Self:
        """It, with what became of it first."""
        return self if _SINCE in self.text else replace(self, text=f"{self.text}{_SINCE}{since}")


def taken_from(told: Iterable[SiteQualificationChanged]) -> list[Cause]:
    """Of what was told of the qualifications of a site, in its order: each time that one was taken away.

    It was, also where it was given back: what was made before it is asked about as it was then, whenever it is told of.
    That the site was sold or closed says nothing of work that was done, and takes back nothing that was said of it. Nor
    does what is told once more as it was, of another owner: it was taken away on the day and for the reason told first.
    """
    found: dict[UUID, list[Cause]] = {}
    for each in told:
        if each.cause is not None or each.before == each.after:
            continue
        causes, on = found.setdefault(each.qualification_id, []), moments.sortable(each.occurred_at)
        if each.after in TAKEN:
            causes.append(Cause(f"{each.number} was {each.after} on {on}: {each.reason}", on, each.product_ids))
        elif each.after in GIVEN:
            causes[:] = [one.gone_on(f"{each.after} again on {on}") for one in causes]
    return [cause for causes in found.values() for cause in causes]


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
    known = {_question(reason) for each in asked for reason in each}
    return together(reason for reason in reasons if _question(reason) not in known)


def together(reasons: Iterable[str]) -> list[str]:
    """Each reason once, with what is known of it since."""
    return sorted({_question(reason): reason for reason in sorted(reasons, key=len)}.values())


def _question(reason: str) -> str:
    return reason.partition(_SINCE)[0]
