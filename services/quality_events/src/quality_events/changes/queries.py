"""Reads of changes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, case, column, func, table
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from directory.names import names_of
from directory.queries import zone_of
from quality_events import clocks
from quality_events.batches.model import Batch
from quality_events.changes import judged
from quality_events.changes.model import Change, SiteCalendar
from quality_events.changes.schemas import BatchChange, ChangeClock, ChangeRead
from quality_events.changes.terms import IN_FORCE, TO_DECIDE, ChangeState, Verdict
from runtime.work import Work
from serving.listing import Filter, days, equal, whether
from serving.shown import Ref

_REFERENCES = {"site": "site_id", "partner": "partner_id"}
_OPEN = col(Change.state).in_(TO_DECIDE | {ChangeState.approved, ChangeState.implemented})
_MADE_UNDER: Final = """
SELECT batch.id FROM batch, change LEFT JOIN batch AS first ON first.id = change.first_batch_id
WHERE change.id = $1 AND batch.site_id = change.site_id AND (
    batch.id = first.id OR change.number = ANY (batch.applied_changes)
    OR batch.product_id = ANY (change.product_ids) AND first.id IS NOT NULL
        AND coalesce(batch.started_on >= date_trunc('month', first.started_on)::date, true))
ORDER BY batch.lot_id FOR NO KEY UPDATE OF batch
"""
_MATERIALS: Any = Change.materials
_SITE: Final = table("known_site", column("id"), column("time_zone"))


def _told_in_time(_: Work) -> Any:
    """What ``clock`` says of it."""
    here = select(_SITE.c.time_zone).where(_SITE.c.id == Change.site_id).scalar_subquery()
    zone = func.coalesce(here, str(clocks.UNTIL_KNOWN))
    begun = select(col(Batch.started_on)).where(Batch.id == Change.first_batch_id).scalar_subquery()
    local = [func.timezone(zone, each).cast(Date) for each in (Change.told_at, Change.implemented_at)]
    made = case((col(Change.implemented_at).is_not(None), func.coalesce(begun, local[1])))
    return func.least(Change.effective_from, made) >= local[0] + clocks.CHANGE_NOTICE_DAYS


FILTERS = (
    equal(Change, *("number", "state", "site_id", "partner_id", "classification", "proposed_side"))
    | {
        "material": Filter(str, lambda _, codes: _MATERIALS.overlap([*codes]), "a product's code that it concerns"),
        "open": whether(lambda _: _OPEN, "it is not refused, and its effect not checked"),
        "told_in_time": whether(_told_in_time, "the other side was told of it in time; false is a breach"),
        "in_force": whether(lambda _: col(Change.state).in_(IN_FORCE), "it is approved, and not reverted"),
    }
    | days(Change.told_at, "the other side was told")
)


async def country_of(work: Work, site_id: UUID) -> str | None:
    """In which country a site is; None where it is not known yet."""
    calendar = await work.session.get(SiteCalendar, site_id)
    return calendar.country if calendar else None


async def show(work: Work, changes: Sequence[Change]) -> list[ChangeRead]:
    """The changes with names, clocks and what they mean in their markets today."""
    names = await names_of(work, changes, _REFERENCES)
    sites = {change.site_id for change in changes}
    zones = {site_id: await zone_of(work, site_id) for site_id in sites}
    query = select(SiteCalendar.id, SiteCalendar.country).where(col(SiteCalendar.id).in_(sites))
    countries: dict[UUID, str] = {id: country for id, country in await work.session.execute(query)}
    batches = {change.first_batch_id for change in changes if change.first_batch_id}
    started = select(Batch.id, col(Batch.started_on)).where(col(Batch.id).in_(batches))
    begun: dict[UUID | None, date | None] = {id: on for id, on in await work.session.execute(started)}
    return [
        ChangeRead.model_validate(
            dict(one)
            | names.of(one, references=_REFERENCES)
            | {
                "markets": _markets(one, clocks.day_of(work.now, zones[one.site_id])),
                "clock": clock(
                    one, begun.get(one.first_batch_id), zones[one.site_id], countries.get(one.site_id), work.now
                ),
            }
        )
        for one in changes
    ]


def clock(change: Change, begun: date | None, zone: str | None, country: str | None, now: datetime) -> ChangeClock:
    """The clocks of a change. ``begun`` is the day on which its first lot started, where that is known."""
    until = judged.notice_until(change.told_at, zone)
    made = [begun or clocks.day_of(change.implemented_at, zone)] if change.implemented_at else []
    due = in_time = None
    if change.emergency_reason and change.implemented_at:
        due = judged.approval_due(change.implemented_at, zone, country)
        approved = (change.sponsor_approved_at, change.maker_approved_at)
        decided = None if None in approved else max(filter(None, approved))
        late = due is not None and (decided or now) > due
        in_time = None if due is None or not (late or decided) else not late
    return ChangeClock(
        notice_until=until,
        told_in_time=min([change.effective_from, *made]) >= until,
        approval_due_at=due,
        approved_in_time=in_time,
    )


async def concerning(work: Work, batch: Batch) -> list[tuple[Change, Verdict]]:
    """The changes under which a batch was made, or may have been: then the verdict is unknown."""
    first = aliased(Batch)
    at_its_site = (col(Change.site_id) == batch.site_id) & col(Change.first_batch_id).is_not(None)
    query = (
        select(Change, first.started_at)
        .outerjoin(first, col(first.id) == Change.first_batch_id)
        .where(or_(at_its_site, col(Change.number).in_(batch.applied_changes)))
        .order_by(Change.number)
    )
    found = [(change, judged.concerns(change, at, batch)) for change, at in await work.session.execute(query)]
    return [(change, applies) for change, applies in found if applies.met is not False]


async def judged_for(work: Work, batch: Batch, market: str) -> list[tuple[Change, Verdict, Verdict]]:
    """Those changes, each with whether it applies, and whether the batch may go to a market by it today."""
    today = clocks.day_of(work.now, await zone_of(work, batch.site_id))
    found = await concerning(work, batch)
    return [(change, applies, judged.releasable(change, market, today)) for change, applies in found]


async def made_under(work: Work, change: Change) -> list[UUID]:
    """The batches that may be made under a change, by its site, its products and its first lot's start; held.

    Who decides of one at this moment comes before, and is seen, or after, and sees the change.
    """
    return [row["id"] for row in await work.connection.fetch(_MADE_UNDER, change.id)]


async def of_batch(work: Work, batch: Batch, market: str) -> list[BatchChange]:
    """The changes under which a batch was made, or may have been, and whether it may go to a market by them."""
    return [_of_batch(*each) for each in await judged_for(work, batch, market)]


def _of_batch(change: Change, applies: Verdict, verdict: Verdict) -> BatchChange:
    return BatchChange(
        change=Ref(id=change.id, number=change.number, name=change.title),
        state=change.state,
        applies=applies.met,
        releasable=verdict.met,
        why=verdict.why,
    )


def _markets(change: Change, today: date) -> list[dict[str, Any]]:
    found = []
    for each in change.markets:
        verdict = judged.releasable(change, each["market"], today)
        found.append(each | change.authorities[each["market"]] | {"releasable": verdict.met, "why": verdict.why})
    return found
