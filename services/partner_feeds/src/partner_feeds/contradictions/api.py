"""HTTP words for contradictions: the worklist of what was reported twice and is not the same."""

from collections.abc import Sequence

from directory.names import names_of
from partner_feeds.contradictions.model import Contradiction
from partner_feeds.contradictions.schemas import AssignContradiction, ContradictionRead
from runtime.access import EVERYBODY
from runtime.bodies import Reason
from runtime.work import Work
from serving.actions import Actions
from serving.listing import equal


async def show(work: Work, found: Sequence[Contradiction]) -> list[ContradictionRead]:
    """Contradictions, with what their partners are called."""
    known = await names_of(work, found, {"partner": "partner_id"})
    return [ContradictionRead.model_validate(dict(one) | {"partner": known.ref(one.partner_id)}) for one in found]


contradictions = Actions("contradictions", Contradiction, ContradictionRead, show, readers=EVERYBODY)
contradictions.post("assignment", Contradiction.assign, AssignContradiction)
contradictions.post("settlement", Contradiction.settle, Reason)
contradictions.get()
contradictions.list(
    equal(Contradiction, "state", "feed", "partner_id", "message_id", "record", "record_id")
    | equal(Contradiction, owner=str)
)
