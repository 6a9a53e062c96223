"""Bodies of requests and answers about feeds."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from directory.names import Names
from partner_feeds.feeds.model import Feed, FeedFields, FeedFormat, FeedKind, FeedState, RecordType
from runtime.bodies import Body, Reason, TimeZone
from serving.shown import Ref, Shown

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
REFERENCES = {name: f"{name}_id" for name in ("site", "partner", "manufacturing_site", "manufacturing_partner")}


def _no_id(code: str) -> str:
    try:
        UUID(code)
    except ValueError:
        return code
    raise ValueError("a code that looks like an id would be taken for one")


class Grant(Body):
    """A record type that the feed may report in a partner's name."""

    record: RecordType
    partner_id: UUID


class ChangeGrant(Grant, Reason):
    """A grant, and why it is given or withdrawn."""


class RegisterFeed(Body):
    """A new feed."""

    code: Annotated[Code, AfterValidator(_no_id)] = Field(examples=["celje-lims"])
    site_id: UUID
    """Whose system sends."""
    partner_id: UUID | None = None
    """The site's partner; only checked."""
    manufacturing_site_id: UUID | None = None
    """Whose lots it reports on; the sending site where it is left out."""
    kind: FeedKind = Field(examples=["lims"])
    format: FeedFormat = FeedFormat.csv
    mapping: Code | None = Field(None, examples=["tablets-laboratory"])
    time_zone: TimeZone | None = None
    """Of the sending site, where it is left out."""
    grants: list[Grant] = Field(default=[], max_length=20)
    """Beyond what a system of its kind may report in its partner's name; for the role quality to give."""
    backfill: bool = False
    """It begins by loading its past, until `POST /feeds/{feed}/backfill-end`; for the role quality to say."""

    @model_validator(mode="after")
    def _mapped(self) -> Self:
        if (self.format == FeedFormat.cloudevents) != (self.mapping is None):
            raise ValueError("a feed of files names the code of its mapping; a cloudevents feed has none")
        return self


class GrantRead(Grant):
    """A record type that the feed may report in a partner's name."""

    partner: Ref | None


class FeedRead(FeedFields, Shown):
    """A feed as its readers see it."""

    site: Ref | None
    partner: Ref | None
    manufacturing_site: Ref | None
    manufacturing_partner: Ref | None
    grants: list[GrantRead]
    backfill: bool

    @classmethod
    def of(cls, feed: Feed, names: Names) -> Self:
        """The readable form of a record, with the names that the reader may know."""
        grants = [given | {"partner": names.ref(UUID(given["partner_id"]))} for given in feed.grants]
        more = {"grants": grants, "backfill": feed.state == FeedState.loading_history}
        return cls.model_validate(dict(feed) | names.of(feed, references=REFERENCES) | more)
