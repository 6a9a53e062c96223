"""What the use cases of quality by design, and of risks, have in common."""

from typing import TypeVar
from uuid import UUID

from sqlmodel import col, select

from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.cpps.model import Cpp
from tech_transfer.cqas.model import Cqa
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import PartOfTransfer

P = TypeVar("P", bound=PartOfTransfer)


async def at_work(work: Work, model: type[P], id: UUID) -> tuple[P, Transfer]:
    """A record under a transfer that goes on, and that, both locked. Raises what ``transfers.part`` does."""
    found = await transfers.part(work, model, id, live=True)
    return found, await transfers.locked(work, found.transfer_id)


async def refuse_known_code(work: Work, model: type[Cqa] | type[Cpp], transfer: Transfer, code: str) -> None:
    """Raise RuleViolated for a code that the transfer has already, also of what was withdrawn."""
    known = select(model.id).where(col(model.transfer_id) == transfer.id, col(model.code) == code)
    if await work.session.scalar(known):
        why = f"code: {transfer.number} has a {code} already: revise that one, or choose another code"
        raise RuleViolated(why, fields=["code"])
