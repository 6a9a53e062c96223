"""What others' facts mean here."""

from collections.abc import Sequence

from contracts import Recorded
from contracts.sample_tracking import SpecificationApproved
from directory.copies import keep_directory
from partner_feeds import specifications
from runtime.subscriptions import Subscriptions
from runtime.work import Work

subscriptions = keep_directory(Subscriptions())


@subscriptions.on_batch(SpecificationApproved)
async def on_specification_approved(work: Work, facts: Sequence[Recorded[SpecificationApproved]]) -> None:
    """A sender is told by it which results cannot be judged."""
    await specifications.note(work, facts)
