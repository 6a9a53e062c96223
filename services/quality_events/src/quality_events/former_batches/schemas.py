"""What is answered of a batch that became another maker's."""

from quality_events.former_batches.model import FormerBatchFields
from serving.shown import Ref, Shown


class FormerBatchRead(FormerBatchFields, Shown):
    """A batch as it stood when it became another maker's."""

    site: Ref | None
    partner: Ref | None
