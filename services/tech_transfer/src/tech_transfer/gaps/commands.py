"""Use cases of gaps."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from contracts import Fact
from runtime.bodies import Because, Reason
from runtime.numbers import next_number
from runtime.work import Work
from tech_transfer.gaps.model import Gap, GapSearch
from tech_transfer.gaps.schemas import IdentifyGap, NoteSearch
from tech_transfer.gates import marks
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.part import columns_of


async def identify(work: Work, body: IdentifyGap) -> Gap:
    """The sites differ. A gate that was passed before a critical gap was found is marked."""
    transfer = await transfers.locked(work, body.transfer_id)
    number = await next_number(work, "GAP", "gap_number")
    gap, identified = Gap.identify(transfer, body, number, work.principal.subject, work.now)
    work.add(gap)
    work.publish(identified, of=gap)
    await marks.follow(work, transfer)
    return gap


def stepping(step: Callable[..., Fact | None], *given: str) -> Callable[..., Any]:
    """The use case of a step with a gap: gates that rest on it are looked at again.

    ``given`` names what the step takes of ``by`` and ``now``, beside the fields of the body.
    """

    async def run(work: Work, gap_id: UUID, body: Any = None) -> Gap:
        gap, transfer = await transfers.part(work, Gap, gap_id)
        transfer.refuse_ended()
        own = {"by": work.principal.subject, "now": work.now}
        # Why a step is taken that keeps no reason of its own is the audit's.
        fields = {} if body is None or isinstance(body, Because) else body.model_dump(exclude={"reason"})
        caused = step(gap, **fields, **{name: own[name] for name in given})
        work.publish(*([caused] if caused else []), of=gap)
        await marks.follow(work, transfer)
        return gap

    return run


async def note_search(work: Work, body: NoteSearch) -> GapSearch:
    """A category was looked at, and nothing more was found in it."""
    transfer = await transfers.locked(work, body.transfer_id, live=True)
    own = columns_of(transfer) | body.model_dump(exclude={"transfer_id"}) | {"searched_by": work.principal.subject}
    search = work.add(GapSearch(**own))
    await marks.follow(work, transfer)
    return search


async def withdraw_search(work: Work, search_id: UUID, body: Reason) -> GapSearch:
    """It does not count; a gate that was passed by it is marked."""
    search, transfer = await transfers.part(work, GapSearch, search_id, live=True)
    search.withdraw(body.reason)
    await marks.follow(work, transfer)
    return search
