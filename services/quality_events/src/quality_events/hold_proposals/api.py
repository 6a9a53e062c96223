"""HTTP words for proposals to hold batches, which no partner reads."""

from quality_events.hold_proposals import commands, queries
from quality_events.hold_proposals.model import PROPOSERS, HoldProposal
from quality_events.hold_proposals.schemas import HoldProposalRead, PlaceProposed, ProposeHold
from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from serving.actions import Actions

hold_proposals = Actions(
    *("hold-proposals", HoldProposal, HoldProposalRead, queries.show),
    readers=SPONSORS & READERS,
    find=queries.locked,
    loads={"batch": commands.batch_of},
)
hold_proposals.create(commands.propose, ProposeHold, *PROPOSERS)
hold_proposals.post("placement", HoldProposal.place, PlaceProposed, commands.place)
hold_proposals.post("refusal", HoldProposal.decline, Reason)
hold_proposals.get()
hold_proposals.list(queries.FILTERS)
