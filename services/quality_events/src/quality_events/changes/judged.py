"""What follows from a change, without any I/O: notice, the end of an emergency, lots concerned, open markets."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Final

from contracts.changes import ChangeCategory as Category
from quality_events import clocks, moments
from quality_events.changes.terms import APPROVED, ChangeState, FilingKind, Told, Verdict

AT_ONCE: Final = frozenset({Category.none, Category.annual_report, Category.ia, Category.ia_in})
"""Told after the change was made, or never: 21 CFR 314.70(d); Regulation (EC) 1234/2008, article 8."""
AFTER_TELLING: Final = {Category.cbe_0: 0, Category.notification: 0, Category.cbe_30: 30}
"""Days after the authority received it: 21 CFR 314.70(c)(6) and (c)(4). Others wait for an approval: 21 CFR 314.70(b);
Regulation (EC) 1234/2008, articles 9, 10 and 24."""


def notice_until(told_at: datetime, zone: str | None) -> date:
    """The first local day on which a change may be made that the other side was told of in time (agreement)."""
    return clocks.day_of(told_at, zone) + timedelta(clocks.CHANGE_NOTICE_DAYS)


def approval_due(implemented_at: datetime, zone: str | None, country: str | None) -> datetime | None:
    """By when a change that was made in an emergency is approved; None where the site's calendar is not known."""
    return clocks.working_days_after(implemented_at, clocks.EMERGENCY_APPROVAL_DAYS, zone, country)


def standing(category: Category, filings: Collection[Told]) -> dict[str, str | None]:
    """What a market's filings amount to: approved on a day, open from one, stopped on one. Their order is no matter."""
    told, stopped, approved = (
        sorted(each.on for each in filings if each.kind == kind)
        for kind in (FilingKind.submitted, FilingKind.objected, FilingKind.approved)
    )
    since = max(stopped, default=date.min)
    counted = [day for day in approved if day >= since]
    opens = counted[:1]
    if not stopped and told and category in AFTER_TELLING:
        opens.append(told[0] + timedelta(AFTER_TELLING[category]))
    stands = stopped[-1:] if not counted else []
    return {"approved_on": _first(counted), "releasable_from": _first(opens), "stopped_on": _first(stands)}


def releasable(change: Any, market: str, day: date) -> Verdict:
    """Whether what was made under a change may be released in a market on a day, as far as the change is concerned."""
    if change.state == ChangeState.refused:
        return Verdict(False, f"{change.number} was refused")
    if change.state not in APPROVED:
        return Verdict(False, f"{change.number} is not approved by both quality units")
    line = next((each for each in change.markets if each["market"] == market), None)
    if line is None:
        return Verdict(None, f"{change.number} was not assessed for {market}")
    category, said = Category(line["category"]), change.authorities[market]
    if said["stopped_on"] and day >= date.fromisoformat(said["stopped_on"]):
        return Verdict(False, f"{market}: the authority objected on {said['stopped_on']}")
    if category in AT_ONCE:
        return Verdict(True, f"{market}: {category} is not told before")
    if said["releasable_from"] is None:
        return Verdict(False, f"{market}: {category} waits for the authority")
    opens = date.fromisoformat(said["releasable_from"])
    return Verdict(day >= opens, f"{market}: {category} is open from {opens}")


def concerns(change: Any, first_started: str | None, batch: Any) -> Verdict:
    """Whether a batch was made under a change: it says so, or it started not before the first lot at that site.

    In doubt it was: a batch known to the month of the first lot is concerned. ``first_started`` is the first lot's.
    """
    if change.number in batch.applied_changes or batch.id == change.first_batch_id:
        return Verdict(True, f"{batch.number} was made under {change.number}")
    same = batch.site_id == change.site_id and batch.product_id in change.product_ids
    if not same or change.first_batch_id is None:
        return Verdict(False, f"{change.number} is not made for this")
    if first_started is None or batch.started_at is None:
        return Verdict(None, f"nobody stated when {batch.number} or the first lot of {change.number} started")
    started, first = moments.read(batch.started_at), moments.read(first_started)
    if moments.is_before(started, first):
        return Verdict(False, f"{batch.number} started before {change.number} was made")
    if change.reverted_on and moments.is_before(change.reverted_on, started):
        return Verdict(False, f"{batch.number} started after {change.number} was reverted")
    return Verdict(True, f"{batch.number} started when {change.number} was made")


def _first(days: Collection[date]) -> str | None:
    return str(min(days)) if days else None
