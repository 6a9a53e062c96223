"""Of a method, a product and a laboratory one attempt runs at a time: none is left for another that suits better."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.method_transfers.codes import folded, same_code, written_otherwise
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.schemas import PlanMethodTransfer
from tech_transfer.method_transfers.terms import RUNNING, TO_REPEAT
from tech_transfer.method_transfers.terms import MethodTransferState as State
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.schemas import TechTransferState

_ENDED: Final = (TechTransferState.closed, TechTransferState.cancelled)
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended('tech-transfer.attempts:' || $1, 0))"


async def refuse_beside(work: Work, transfer: Transfer, body: PlanMethodTransfer) -> None:
    """Raise RuleViolated, naming it, where an attempt goes on or failed in any transfer that has not ended, or where
    the version passed in this one; and where the method's code is written otherwise than for this product before. What
    belongs to a transfer that has ended cannot be repeated there any more."""
    about = (body.method, transfer.product_id, body.laboratory_site_id)
    await _refuse_other_spelling(work, body.method, transfer.product_id)
    for one in await _there(work, about, RUNNING | TO_REPEAT):
        how = "repeat that" if one.state in TO_REPEAT else "amend that"
        _refuse(
            f"{one.number} of {one.transfer_number} is of the same method and laboratory, and is {one.state}: {how}"
        )
    for one in await _there(work, about, {State.passed}):
        if (one.transfer_id, one.method_version) == (transfer.id, body.method_version):
            _refuse(f"the laboratory passed {one.number} by version {one.method_version} already")


async def refuse_running_beside(work: Work, before: MethodTransfer) -> None:
    """Raise RuleViolated, naming it, where beside the one that another protocol follows a further one runs."""
    about = (before.method, before.product_id, before.laboratory_site_id)
    for one in await _there(work, about, RUNNING):
        if one.id != before.id:
            _refuse(f"{one.number} of {one.transfer_number} is of the same method and laboratory: conclude that first")


async def _refuse_other_spelling(work: Work, method: str, product_id: UUID) -> None:
    await _alone(work, method, product_id)
    used = select(col(MethodTransfer.method)).where(
        MethodTransfer.product_id == product_id, MethodTransfer.state != State.withdrawn
    )
    if before := written_otherwise(method, await work.session.scalars(used.distinct())):
        _refuse(f"{before} is used for this product already, which is the same code: write it {before}")


async def _alone(work: Work, method: str, product_id: UUID) -> None:
    """Nobody else plans an attempt of the method for the product before this transaction ends."""
    await work.connection.execute(_ONE_AT_A_TIME, f"{folded(method)} {product_id}")


async def _there(work: Work, about: tuple[str, UUID, UUID], states: Collection[State]) -> list[MethodTransfer]:
    """Of a method, a product and a laboratory, in transfers that have not ended; none is added meanwhile."""
    method, product_id, laboratory_site_id = about
    await _alone(work, method, product_id)
    found = (
        select(MethodTransfer)
        .join(Transfer, col(Transfer.id) == MethodTransfer.transfer_id)
        .where(
            MethodTransfer.product_id == product_id,
            MethodTransfer.laboratory_site_id == laboratory_site_id,
            col(MethodTransfer.state).in_(states),
            col(Transfer.state).not_in(_ENDED),
        )
    )
    there = await work.session.scalars(found.order_by(col(MethodTransfer.number)))
    return [each for each in there if same_code(each.method, method)]


def _refuse(why: str) -> None:
    raise RuleViolated(f"method: {why}", fields=["method"])
