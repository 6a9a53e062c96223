"""What other services' facts mean for batches of transfers."""

from collections.abc import Sequence
from typing import Any, Final

from contracts import Recorded
from runtime.subscriptions import Subscriptions
from runtime.work import Work
from tech_transfer.ppq_series.judging import follow_lots
from tech_transfer.transfer_batches import evidence

GROUP: Final = "lot-facts"
"""The group of the handlers: a service that begins to keep them is given the whole history."""


async def on_lot_facts(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    """Something was told of lots: it is kept, and what transfers name of them is judged anew."""
    await follow_lots(work, await evidence.keep(work, facts))


def judge_lots(subscriptions: Subscriptions) -> None:
    """Let the service follow what is told of lots."""
    for fact in evidence.KEPT:
        subscriptions.on_batch(fact, GROUP)(on_lot_facts)
