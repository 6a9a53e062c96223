"""Bodies of requests and answers about contradictions."""

from pydantic import Field

from partner_feeds.contradictions.model import ContradictionFields
from runtime.bodies import Body, Code
from serving.shown import Ref, Shown


class AssignContradiction(Body):
    """Who finds out what is true; whoever asks, where nobody is named."""

    owner: Code | None = Field(None, examples=["petra"])


class ContradictionRead(ContradictionFields, Shown):
    """A contradiction as its readers see it."""

    partner: Ref | None
