"""A disposition on paper: with its entries in the register, for who may read that."""

from quality_events.dispositions import queries
from quality_events.dispositions.model import Disposition
from quality_events.dispositions.schemas import DecisionRead, DispositionRead
from runtime.work import Work
from serving.in_words import words
from serving.printed import Form

_COLUMNS = ("Register of", "Regime", "Entry", "Decision", "By", "At (UTC)", "Justification")


async def form(work: Work, shown: DispositionRead) -> Form | None:
    """Each decision as it stands in the register (Directive 2001/83/EC article 51(3)), the sponsor's alone."""
    if work.principal.partner_id:
        return None
    decided = await queries.decisions(work, await work.get(Disposition, shown.id))
    return Form("Disposition", {}, _COLUMNS, [row(each) for each in decided.items]) if decided.items else None


def row(entry: DecisionRead) -> list[str]:
    """One entry: whose register, which number, what was decided by whom and why."""
    by = f"{entry.decided_by}, {entry.capacity}" if entry.capacity else entry.decided_by
    why = [entry.justification]
    why += [f"Impact: {entry.impact}"] if entry.impact else []
    why += [f"Weighed: {', '.join(entry.weighed)}"] if entry.weighed else []
    why += [f"Signed with {entry.follows}, for every market"] if entry.follows else []
    decided = f"{words(entry.decision)}, {entry.market}"
    at = f"{entry.decided_at:%Y-%m-%d %H:%M:%S}"
    return [entry.legal_entity, entry.regime, str(entry.register_number), decided, by, at, "\n".join(why)]
