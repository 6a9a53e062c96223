"""Reads of a transfer's matrix."""

from itertools import product
from typing import TypeVar

from sqlmodel import col, select

from runtime.work import Work
from tech_transfer.cpps import queries as cpps
from tech_transfer.cpps.model import Cpp
from tech_transfer.cqas import queries as cqas
from tech_transfer.cqas.model import Cqa
from tech_transfer.qbd.matrix import ASKED_OF, Matrix
from tech_transfer.qbd.schemas import MatrixCell, TransferMatrix
from tech_transfer.qbd_cells.model import QbdCell
from tech_transfer.target_profiles.model import TargetProfile
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import PartOfTransfer

P = TypeVar("P", bound=PartOfTransfer)


async def matrix_of(work: Work, transfer: Transfer) -> TransferMatrix:
    """The matrix of a transfer, as far as who asks may read it."""
    rows, columns = await _of(work, Cqa, transfer), await _of(work, Cpp, transfer)
    matrix = Matrix.of(rows, columns, await _of(work, QbdCell, transfer))
    profiles = await _of(work, TargetProfile, transfer)
    return TransferMatrix(
        transfer_id=transfer.id,
        number=transfer.number,
        asked=transfer.kind in ASKED_OF,
        complete=matrix.complete,
        unknown=len(matrix.unknown),
        uncontrolled=len(matrix.uncontrolled),
        profile=profiles[0].elements if profiles else None,
        cqas=await cqas.show(work, matrix.cqas),
        cpps=await cpps.show(work, matrix.cpps),
        cells=[_shown(cqa, cpp, matrix.cells.get((cqa.id, cpp.id))) for cqa, cpp in product(matrix.cqas, matrix.cpps)],
    )


async def _of(work: Work, model: type[P], transfer: Transfer) -> list[P]:
    found = select(model).where(col(model.transfer_id) == transfer.id).order_by(col(model.id))
    return list(await work.session.scalars(found))


def _shown(cqa: Cqa, cpp: Cpp, cell: QbdCell | None) -> MatrixCell:
    return MatrixCell(
        cqa=cqa.code,
        cpp=cpp.code,
        qbd_cell_id=cell.id if cell else None,
        effect=cell.effect if cell else None,
        control=cell.control if cell else None,
        uncontrolled=cell is not None and cell.uncontrolled,
    )
