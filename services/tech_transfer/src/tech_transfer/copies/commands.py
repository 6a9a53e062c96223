"""What becomes of gates by facts that are kept."""

from collections.abc import Sequence
from typing import Any, Final

from contracts import Recorded
from runtime.subscriptions import Subscriptions
from runtime.work import Work
from tech_transfer.copies.known import KEPT, abouts, keep
from tech_transfer.gates import marks

GROUP: Final = "known"
"""The group of the handlers: a service that begins to keep them is given the whole history."""
_CONCERNED: Final = """
SELECT id FROM transfer WHERE state NOT IN ('closed', 'cancelled')
AND (receiving_site_id = ANY ($1::text[]::uuid[]) OR product_id = ANY ($1::text[]::uuid[]))
"""


async def take(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    """Keep facts, and mark gates that were passed by what is not so any more."""
    await keep(work, facts)
    concerned = await work.connection.fetch(_CONCERNED, abouts(facts))
    await marks.follow_all(work, [row["id"] for row in concerned])


def keep_known(subscriptions: Subscriptions) -> None:
    """Let the service keep them."""
    for fact in KEPT:
        subscriptions.on_batch(fact, GROUP)(take)
