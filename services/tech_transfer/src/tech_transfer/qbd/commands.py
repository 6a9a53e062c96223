"""What the use cases of quality by design have in common."""

from sqlmodel import col, select

from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.cpps.model import Cpp
from tech_transfer.cqas.model import Cqa
from tech_transfer.process_readings.rules import plain
from tech_transfer.transfers.model import Transfer


async def refuse_known_code(work: Work, model: type[Cqa] | type[Cpp], transfer: Transfer, code: str) -> None:
    """Raise RuleViolated, naming it, for a code that the transfer has already, also of what was withdrawn, or in other
    case: what names it by its code would mean both."""
    known = select(col(model.code)).where(col(model.transfer_id) == transfer.id)
    if there := next((each for each in await work.session.scalars(known) if plain(each) == plain(code)), None):
        why = f"code: {transfer.number} has a {there} already: revise that one, or choose another code"
        raise RuleViolated(why, fields=["code"])
