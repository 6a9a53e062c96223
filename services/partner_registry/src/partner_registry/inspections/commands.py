"""Use cases of inspections, and what happens to them as time passes."""

from partner_registry.inspections import queries
from partner_registry.inspections.model import Inspection
from partner_registry.inspections.schemas import AnnounceInspection
from partner_registry.sites.held import held
from runtime.numbers import next_number
from runtime.timers import record_by_record
from runtime.work import Work


async def announce(work: Work, body: AnnounceInspection) -> Inspection:
    """Tell of an inspection. Raises NotFound for an unknown site."""
    site = await held(work, body.site_id)
    inspection, announced = Inspection.announce(
        **body.model_dump(exclude={"told_sponsor_at"}),
        number=await next_number(work, "INSP", "inspection_number"),
        partner_id=site.partner_id,
        told_sponsor_at=body.told_sponsor_at or work.now,
        now=work.now,
    )
    work.add(inspection)
    work.publish(announced, of=inspection)
    return inspection


async def _fall_overdue(work: Work, inspection: Inspection) -> None:
    work.publish(*inspection.fall_overdue(work.now), of=inspection)


overdue = record_by_record("commitment-overdue", 30.0, Inspection, queries.to_report, _fall_overdue)
