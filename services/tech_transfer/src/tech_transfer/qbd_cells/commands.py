"""Use cases of the matrix's cells."""

from sqlmodel import select

from runtime.problems import NotFound
from runtime.work import Work
from tech_transfer.cpps.model import Cpp
from tech_transfer.cqas.model import Cqa
from tech_transfer.gates import marks
from tech_transfer.qbd_cells.model import QbdCell, refuse_unfit
from tech_transfer.qbd_cells.schemas import AssessCell
from tech_transfer.transfers import commands as transfers


async def assess(work: Work, body: AssessCell) -> QbdCell:
    """Say how much an attribute rests on a parameter, in the place of what was said of them before.

    Raises NotFound for one that there is not, and RuleViolated for two that are not of one transfer, or withdrawn.
    """
    cqa, cpp = await work.session.get(Cqa, body.cqa_id), await work.session.get(Cpp, body.cpp_id)
    if cqa is None or cpp is None:
        raise NotFound("attribute", body.cqa_id) if cqa is None else NotFound("parameter", body.cpp_id)
    transfer = await transfers.locked(work, cqa.transfer_id, live=True)
    await work.session.refresh(cqa)  # as it is now that nobody changes it: the transfer is locked
    await work.session.refresh(cpp)
    refuse_unfit(transfer, cqa, cpp)
    by = work.principal.subject
    known = await work.session.scalar(select(QbdCell.id).filter_by(cqa_id=cqa.id, cpp_id=cpp.id))
    if known:
        cell = await work.get(QbdCell, known)
        cell.assess(body, by)
    else:
        cell = work.add(QbdCell.begin(transfer, cqa, cpp, body, by))
    await marks.follow(work, transfer)
    return cell
