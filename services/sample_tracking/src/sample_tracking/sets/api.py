"""HTTP words for sets of results."""

from uuid import UUID

from runtime.access import READERS, allowed
from runtime.bodies import Reason
from runtime.routes import Query
from sample_tracking.sets import commands, queries
from sample_tracking.sets.model import ResultSet
from sample_tracking.sets.schemas import DataIntegrityOfSet, ResultSetRead, ReviewSet
from serving.actions import Actions

sets = Actions("result-sets", ResultSet, ResultSetRead, queries.show)
sets.post("review", ResultSet.review, ReviewSet, commands.review)
sets.post("approval", ResultSet.approve, command=commands.approve)
sets.post("return", ResultSet.send_back, Reason, commands.send_back)
sets.get()
sets.list(
    queries.FILTERS, "Sets of results, newest first: what a laboratory reported of one lot at one stage and moment."
)


@sets.router.get("/{result_set_id}/data-integrity")
@allowed(*READERS)
async def data_integrity(result_set_id: UUID, work: Query) -> DataIntegrityOfSet:
    """What speaks against the data of a set's results, and which rules could not judge them: for its laboratory and
    the sponsor. For the lot's maker it is null."""
    return await queries.data_integrity(work, result_set_id)
