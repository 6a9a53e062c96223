"""What becomes of what belongs to a transfer that is given up."""

from typing import Final, TypeVar

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from runtime.work import Work
from tech_transfer.comparabilities.model import Comparability
from tech_transfer.cpps.model import Cpp
from tech_transfer.cqas.model import Cqa
from tech_transfer.decisions.model import GateDecision
from tech_transfer.decisions.schemas import DecisionState
from tech_transfer.gaps.model import Gap, GapSearch
from tech_transfer.package_items.model import PackageItem
from tech_transfer.package_items.terms import ItemState
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.process_readings.model import ProcessReading
from tech_transfer.qbd_cells.model import QbdCell
from tech_transfer.target_profiles.model import TargetProfile
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import PartOfTransfer
from tech_transfer.verifications.model import ProcessVerification

P = TypeVar("P", bound=PartOfTransfer)
OF_THE_PROCESS: Final[tuple[type[PartOfTransfer], ...]] = (
    *(Gap, GapSearch, TargetProfile, Cqa, Cpp, QbdCell, ProcessReading),
    *(TransferBatch, PpqSeries, Comparability, ProcessVerification),
)
"""What says how the product is made, beside the package."""


async def close_process(work: Work, transfer: Transfer) -> None:
    """Let the receiving unit read nothing more of the package and of the process: neither records nor their past."""
    items = _of(PackageItem, transfer).where(col(PackageItem.state) != ItemState.closed)
    for item in await work.session.scalars(items):
        item.close()
    for model in OF_THE_PROCESS:
        for record in await work.session.scalars(_of(model, transfer)):
            record.close_to_receiver()


async def end_decisions(work: Work, transfer: Transfer) -> None:
    """Nobody is asked any more to sign a decision that is proposed."""
    proposed = _of(GateDecision, transfer).where(col(GateDecision.state) == DecisionState.proposed)
    for decision in await work.session.scalars(proposed):
        decision.avoid()


def _of(model: type[P], transfer: Transfer) -> SelectOfScalar[P]:
    return select(model).where(col(model.transfer_id) == transfer.id).order_by(col(model.id)).with_for_update()
