"""Clauses that forbid an act unless there is a consent: judged by what was in force at the act."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contracting.obligations.judging import Verdict
from contracting.obligations.moments import Known, Span
from contracts.contracting_obligations import Duty


@dataclass(frozen=True, slots=True)
class Consent:
    """That an activity may be done at a site, which is none to do it at another (EU GMP 7.11)."""

    activity: str
    site_id: UUID
    begins: datetime
    ends: datetime | None = None
    """The first instant at which it does not hold any more; None while it was not withdrawn."""
    by: tuple[UUID, ...] = ()

    def holds(self, activity: str, site_id: UUID, at: datetime) -> bool:
        """Whether it allows an act."""
        of_it = (self.activity, self.site_id) == (activity, site_id)
        return of_it and self.begins <= at and (self.ends is None or at < self.ends)


def judge_act(activity: str, site_id: UUID, act: Known, when: Span, consents: Iterable[Consent]) -> Verdict:
    """Whether the act was allowed. One that is known to the day is judged where both ends of the day say the same."""
    given = list(consents)
    first, last = (
        next((each for each in given if each.holds(activity, site_id, at)), None) for at in (when.earliest, when.latest)
    )
    act_at = when.earliest
    told = Verdict(
        standing=Duty.met if first else Duty.breached,
        why=None if first else f"there was no consent to {activity} at that site",
        start_at=act_at,
        first_due_at=act_at,
        due_at=act_at,
        done_at=act_at,
        proof=(*act.by, *(first.by if first else ())),
    )
    if bool(first) != bool(last):
        why = "the act is known to the day or month only, and whether there was a consent hangs on the hour"
        return replace(told, standing=Duty.unknown, why=why, proof=act.by)
    return told
