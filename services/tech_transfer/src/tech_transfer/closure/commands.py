"""Use cases of closure reports: the records tell what is in one, and nobody writes in it."""

from uuid import UUID

from sqlmodel import select

from runtime.bodies import Because
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work
from serving.canonical import sha256
from tech_transfer.closure import rules
from tech_transfer.closure.model import ClosureReport
from tech_transfer.closure.queries import told
from tech_transfer.closure.schemas import ClosureState, DraftClosure
from tech_transfer.gates.dossier import dossier_of
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.part import columns_of
from tech_transfer.transfers.schemas import TechTransferState


async def draft(work: Work, body: DraftClosure) -> ClosureReport:
    """Write the report of a transfer that has passed all gates. Raises RuleViolated for another, and for a second."""
    transfer = await transfers.locked(work, body.transfer_id)
    if transfer.state != TechTransferState.closure:
        raise RuleViolated(f"{transfer.number} stands at {transfer.state}: its report is written when all is passed")
    same = select(ClosureReport.number).where(
        ClosureReport.transfer_id == transfer.id, ClosureReport.state == ClosureState.draft
    )
    if number := await work.session.scalar(same):
        raise RuleViolated(f"{number} is the report of {transfer.number}: refresh it")
    text, number = await told(work, transfer), await next_number(work, "TCR", "closure_report_number")
    own = columns_of(transfer) | {"parties": [], "prepared_by": [work.principal.subject]}
    return work.add(ClosureReport(number=number, content=text, digest=sha256(text), written_at=work.now, **own))


async def refresh(work: Work, closure_report_id: UUID, _: Because | None = None) -> ClosureReport:
    """Ask the records anew."""
    report, transfer = await transfers.part(work, ClosureReport, closure_report_id)
    text = await told(work, transfer)
    report.refresh(text, work.principal.subject, work.now)
    return report


async def sign(work: Work, closure_report_id: UUID, _: Because | None = None) -> ClosureReport:
    """Quality signs, and by that the transfer is closed: what has not ended under it then never can."""
    report, transfer = await transfers.part(work, ClosureReport, closure_report_id)
    changed = rules.changed(report.content, await told(work, transfer))
    known = await dossier_of(work, transfer)
    ownerless, unended = rules.ownerless(known.actions, transfer.team), rules.unended(known.gaps)
    report.sign(changed, ownerless, unended, work.principal.subject, work.now)
    work.publish(of=report)
    work.publish(transfer.close(report.id, report.digest, work.now), of=transfer)
    return report
