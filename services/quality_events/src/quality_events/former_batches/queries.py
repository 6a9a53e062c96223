"""Reads of batches that became another maker's."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from directory.names import names_of
from quality_events.batches.model import Batch
from quality_events.former_batches.model import FormerBatch
from quality_events.former_batches.schemas import FormerBatchRead
from runtime.problems import RuleViolated
from runtime.work import Work
from serving.listing import days, equal

_REFERENCES: Final[Mapping[str, str]] = {"site": "site_id", "partner": "partner_id"}
FILTERS = equal(FormerBatch, "number", "material", "batch_id", "site_id", "partner_id") | days(
    FormerBatch.until, "became another maker's"
)


async def show(work: Work, batches: Sequence[FormerBatch]) -> list[FormerBatchRead]:
    """They with their names; a site's, once it is another partner's, stands in what was kept."""
    names = await names_of(work, batches, _REFERENCES)
    return [FormerBatchRead.model_validate(dict(each) | names.of(each, references=_REFERENCES)) for each in batches]


async def still_of(work: Work, record: Any) -> Batch:
    """The batch of a record. Raises RuleViolated where that became another maker's, and the record stayed with who
    asks: it keeps what was, and nothing is done with that any more."""
    batch = await work.session.get(Batch, record.batch_id)
    if batch is None:
        kept = "is kept as it was when its batch became another maker's"
        raise RuleViolated(f"{record.number} {kept}: who makes the batch now goes on with what stands on it")
    return batch
