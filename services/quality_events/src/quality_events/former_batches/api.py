"""HTTP words for batches that became another maker's."""

from quality_events.former_batches import queries
from quality_events.former_batches.model import FormerBatch
from quality_events.former_batches.schemas import FormerBatchRead
from serving.actions import Actions

former_batches = Actions("former-batches", FormerBatch, FormerBatchRead, queries.show)
former_batches.list(queries.FILTERS)
