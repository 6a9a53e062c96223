"""Clauses that ask for something again and again: each round is due by a clock from the last time that it was done."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from contracting.obligations.judging import Verdict
from contracting.obligations.moments import Known
from contracts.contracting_obligations import Duty
from gxp.calendars import Calendar
from gxp.clocks import Unit, due_at


def rounds(
    begins: datetime,
    done: Iterable[Known],
    amount: int,
    unit: Unit,
    *,
    zone: ZoneInfo,
    calendar: Calendar | None,
    as_of: datetime,
) -> list[Verdict]:
    """A verdict for each time that it was done, and for the next one. Of what is done twice at once one counts.

    The first round counts from ``begins``, which is when the version took effect. Raises ValueError for a moment that
    is known to the day only.
    """
    at: dict[datetime, Known] = {}
    for each in done:
        if not isinstance(each.moment, datetime):
            raise ValueError(f"when it was done is to be an instant, not {each.moment}")
        at.setdefault(each.moment, each)
    verdicts, since = list[Verdict](), begins
    for instant in sorted(each for each in at if begins <= each <= as_of):
        due = due_at(since, amount, unit, zone=zone, calendar=calendar)
        late = instant - due if instant > due else None
        standing = Duty.breached if late else Duty.met
        judged = Verdict(standing=standing, start_at=since, first_due_at=due, due_at=due, done_at=instant, late_by=late)
        verdicts.append(replace(judged, proof=at[instant].by))
        since = instant
    due = due_at(since, amount, unit, zone=zone, calendar=calendar)
    late = as_of - due if as_of > due else None
    standing = Duty.breached if late else Duty.pending
    return [*verdicts, Verdict(standing=standing, start_at=since, first_due_at=due, due_at=due, late_by=late)]
