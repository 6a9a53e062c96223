"""Use cases of feeds."""

from sqlmodel import col, select

from contracts import Role
from directory import queries as directory
from partner_feeds.feeds import queries
from partner_feeds.feeds.model import Feed, FeedFormat
from partner_feeds.feeds.schemas import RegisterFeed
from partner_feeds.language import load_any
from partner_feeds.mappings.model import MappingVersion
from runtime.problems import Problem, RuleViolated
from runtime.work import Work


async def register(work: Work, body: RegisterFeed) -> Feed:
    """Register a partner's system as a feed.

    Raises RuleViolated for a code that is taken or a mapping that nobody has sent, and a 409 Problem for an unknown
    site.
    """
    if await work.session.scalar(select(Feed.id).where(Feed.code == body.code)):
        raise RuleViolated(f"the feed code {body.code} is taken")
    if body.mapping:
        await _must_be_of_its_format(work, body.mapping, body.format)
    site = await directory.named_site(work, body.site_id, "site_id")
    if body.partner_id not in (None, site.partner_id):
        raise RuleViolated(f"the site {site.number} is not a site of the partner {body.partner_id}")
    if (body.grants or body.backfill) and Role.quality not in work.principal.roles:
        raise Problem(403, "forbidden", "grants and backfill are for the role quality to give")
    time_zone = body.time_zone or site.time_zone
    if time_zone is None:
        raise RuleViolated(f"the time zone of the site {site.number} is not known here yet: give time_zone")
    made_at = body.manufacturing_site_id or body.site_id
    feed = work.add(
        Feed.register(
            code=body.code,
            site=site,
            manufacturing_site=await directory.named_site(work, made_at, "manufacturing_site_id"),
            kind=body.kind,
            format=body.format,
            mapping=body.mapping,
            time_zone=time_zone,
            backfill=body.backfill,
        )
    )
    for given in body.grants:
        feed.grant(given.record, given.partner_id)
    return feed


async def _must_be_of_its_format(work: Work, code: str, format_: FeedFormat) -> None:
    newest = select(MappingVersion.document).where(MappingVersion.code == code)
    document = await work.session.scalar(newest.order_by(col(MappingVersion.number).desc()).limit(1))
    if document is None:
        raise RuleViolated(f"there is no mapping {code}: send its first version before the feed")
    if (reads := load_any(document).format) != format_:
        raise RuleViolated(f"the mapping {code} reads {reads}, and the feed is of the format {format_}: which is it?")


async def find(work: Work, given: str) -> Feed:
    """The feed of an id or a code, locked where it is to be changed. Raises NotFound."""
    return await work.get(Feed, (await queries.find(work, given)).id)
