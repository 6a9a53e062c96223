"""What the use cases of quality by design have in common."""

from sqlmodel import col, select

from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.cpps.model import Cpp
from tech_transfer.cqas.model import Cqa
from tech_transfer.transfers.model import Transfer


async def refuse_known_code(work: Work, model: type[Cqa] | type[Cpp], transfer: Transfer, code: str) -> None:
    """Raise RuleViolated for a code that the transfer has already, also of what was withdrawn."""
    known = select(model.id).where(col(model.transfer_id) == transfer.id, col(model.code) == code)
    if await work.session.scalar(known):
        why = f"code: {transfer.number} has a {code} already: revise that one, or choose another code"
        raise RuleViolated(why, fields=["code"])
