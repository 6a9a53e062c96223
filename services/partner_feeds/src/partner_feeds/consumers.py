"""What others' facts mean here."""

from collections.abc import Sequence

from contracts import Recorded
from contracts.sample_tracking import ResultInterpreted, SpecificationApproved, SpecificationEffective
from directory.copies import keep_directory
from partner_feeds import interpreted, specifications
from runtime.subscriptions import Subscriptions
from runtime.work import Work

subscriptions = keep_directory(Subscriptions())


@subscriptions.on_batch(SpecificationApproved)
async def on_specification_approved(work: Work, facts: Sequence[Recorded[SpecificationApproved]]) -> None:
    """A sender is told by it which results cannot be judged."""
    await specifications.note(work, facts)


@subscriptions.on_batch(SpecificationEffective)
async def on_specification_effective(work: Work, facts: Sequence[Recorded[SpecificationEffective]]) -> None:
    """From now on a sender's results are looked at by it."""
    await specifications.note(work, facts)


@subscriptions.on_batch(ResultInterpreted)
async def on_result_interpreted(work: Work, facts: Sequence[Recorded[ResultInterpreted]]) -> None:
    """What a sender was told cannot be judged is, from now on, no open row of a message that is tried again."""
    await interpreted.note(work, facts)
