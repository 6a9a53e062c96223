"""Bodies of requests and answers about sets of results."""

from typing import Literal

from runtime.bodies import Body
from sample_tracking.sets.model import ResultSetFields
from serving.shown import Ref, Shown


class ReviewSet(Body):
    """That the results were checked against their raw data; without having seen these nobody reviews."""

    raw_data_seen: Literal[True]


class ResultSetRead(ResultSetFields, Shown):
    """A set as its readers see it. Its results are those of ``/v1/results?set_id=``."""

    site: Ref | None
    """Where the lot was made."""
    partner: Ref | None
    laboratory: Ref | None
    """The site that tested."""
    tests: list[str]
    """Of the results that count."""
