"""Use cases of results."""

from uuid import UUID

from contracts import Lot
from runtime.problems import NotFound, Problem
from runtime.work import Work
from sample_tracking.reference import commands as reference
from sample_tracking.results import queries
from sample_tracking.results.model import Result
from sample_tracking.results.recording import record
from sample_tracking.results.report import Report
from sample_tracking.results.schemas import EnterResult


def _only_the_laboratory(work: Work, laboratory_partner_id: UUID) -> None:
    """A manufacturer sees its lots' results; only the laboratory's own people act on them."""
    if work.principal.partner_id not in (None, laboratory_partner_id):
        raise Problem(403, "forbidden", "only the people of the laboratory that tested may do this")


async def enter(work: Work, body: EnterResult) -> Result:
    """Record a result that a laboratory's person enters, evaluated.

    A result makes its laboratory a party to what follows from it: a partner enters one only from its own laboratory,
    and only for a lot that it made or has a result of already. Raises NotFound for any other site, also for one that
    does not exist; the sponsor's person gets a 409 Problem for that.
    """
    partner_id = work.principal.partner_id
    laboratory = await reference.site(work, body.laboratory_site_id, "laboratory_site_id")
    if partner_id not in (None, laboratory.partner_id):
        raise NotFound("site", laboratory.id)
    maker = await reference.site(work, body.lot.site_id, "lot.site_id")
    lot = Lot(
        id=Lot.identify(maker.id, body.lot.material, body.lot.number),
        number=body.lot.number,
        material=body.lot.material,
        site_id=maker.id,
        partner_id=maker.partner_id,
    )
    if partner_id not in (None, maker.partner_id) and not await queries.has_result_of(work, lot.id):
        raise NotFound("site", maker.id)
    report = Report(
        lot=lot,
        laboratory_partner_id=laboratory.partner_id,
        parties=tuple({maker.partner_id, laboratory.partner_id}),
        submitted_by=work.principal.subject,
        **body.model_dump(exclude={"lot"}),
    )
    (draft,) = await record(work, [report])
    return await work.get(Result, draft.id)


async def review(work: Work, result_id: UUID) -> Result:
    """Note that a second person of the laboratory checked the result."""
    result = await work.get(Result, result_id)
    _only_the_laboratory(work, result.laboratory_partner_id)
    result.review(work.principal.subject, work.now)
    work.publish(of=result)
    return result


async def approve(work: Work, result_id: UUID) -> Result:
    """Approve a reviewed result."""
    result = await work.get(Result, result_id)
    _only_the_laboratory(work, result.laboratory_partner_id)
    work.publish(result.approve(work.principal.subject, work.now), of=result)
    return result
