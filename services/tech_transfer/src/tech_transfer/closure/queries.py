"""Reads of closure reports."""

import json
from dataclasses import replace

from sqlmodel import col, select

from runtime.work import Work
from serving.canonical import sha256
from serving.listing import days, equal
from tech_transfer.closure import rules
from tech_transfer.closure.model import ClosureReport
from tech_transfer.closure.schemas import ClosureReportDetail, ClosureReportRead, ClosureVerification, VerifiedSection
from tech_transfer.closure.sections import content
from tech_transfer.comparabilities.model import Comparability
from tech_transfer.foretold.model import ForetoldDeviation
from tech_transfer.gates.dossier import dossier_of, records
from tech_transfer.lessons.model import Lesson
from tech_transfer.risks.model import Risk
from tech_transfer.timeline.queries import with_what_blocked
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.shown import showing

FILTERS = equal(ClosureReport, "number", "transfer_id", "product_id", "state") | days(
    ClosureReport.created_at, "drafted"
)

show = showing(ClosureReportRead)


async def told(work: Work, transfer: Transfer) -> str:
    """What the records tell now, for the sponsor's people, who read all of it: also risks that are theirs alone."""
    risks = select(Risk).where(Risk.transfer_id == transfer.id).order_by(col(Risk.id))
    linked = select(ForetoldDeviation).where(ForetoldDeviation.transfer_id == transfer.id)
    compared = select(Comparability).where(Comparability.transfer_id == transfer.id).order_by(col(Comparability.id))
    whole = replace(
        await with_what_blocked(work, await dossier_of(work, transfer)),
        lessons=await records(work, Lesson, transfer.id),
        risks=(await work.session.scalars(risks)).all(),
        foretold=(await work.session.scalars(linked)).all(),
        comparabilities=(await work.session.scalars(compared)).all(),
    )
    return content(whole)


async def detail(work: Work, report: ClosureReport) -> ClosureReportDetail:
    """A report with its sections, as they are kept."""
    (shown,) = await show(work, [report])
    return ClosureReportDetail.model_validate(dict(shown) | {"sections": json.loads(report.content)})


async def verification(work: Work, report: ClosureReport) -> ClosureVerification:
    """Whether the report is as it was written, and what the records tell today."""
    today = await told(work, await work.session.get_one(Transfer, report.transfer_id))
    other = rules.changed(report.content, today)
    every = dict.fromkeys([*rules.names(report.content), *rules.names(today)])
    sections = [VerifiedSection(name=name, same=name not in other) for name in every]
    return ClosureVerification(intact=sha256(report.content) == report.digest, same=not other, sections=sections)
