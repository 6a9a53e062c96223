"""Bodies of requests and answers about sets of results."""

from typing import Literal
from uuid import UUID

from contracts.data_integrity import FlagRule, FlagState
from runtime.bodies import Body
from sample_tracking.sets.model import ResultSetFields
from serving.shown import Answer, Ref, Shown


class ReviewSet(Body):
    """That the results were checked against their raw data; without having seen these nobody reviews."""

    raw_data_seen: Literal[True]


class FlagOfSet(Answer):
    """What speaks against the data of one of its results."""

    id: UUID
    rule: FlagRule
    state: FlagState
    result_id: UUID
    test: str
    after_approval: bool


class NotJudged(Answer):
    """A rule that could not judge the data of all results."""

    rule: FlagRule
    why: str
    """What nobody stated."""


class DataIntegrityOfSet(Answer):
    """What speaks against the data of a set, and what nobody could judge."""

    items: list[FlagOfSet] | None
    """Null, as the next one, for the lot's maker, who is told of neither."""
    not_judged: list[NotJudged] | None


class ResultSetRead(ResultSetFields, Shown):
    """A set as its readers see it. Its results are those of ``/v1/results?set_id=``."""

    site: Ref | None
    """Where the lot was made."""
    partner: Ref | None
    laboratory: Ref | None
    """The site that tested."""
    tests: list[str]
    """Of the results that count."""
    flags: list[FlagOfSet] | None
    """What speaks against the data of its results, also of those that were amended: each is answered before it is
    approved. One that was raised after that changes nothing of what is approved. Null for who is told of none, as the
    lot's maker is not: that is not to say that there is nothing."""
