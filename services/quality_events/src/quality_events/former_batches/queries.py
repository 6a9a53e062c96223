"""Reads of batches that became another maker's."""

from collections.abc import Mapping, Sequence
from typing import Final

from directory.names import names_of
from quality_events.former_batches.model import FormerBatch
from quality_events.former_batches.schemas import FormerBatchRead
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
