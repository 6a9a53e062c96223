"""Reads of feeds."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import select

from directory.names import names_of
from partner_feeds.feeds.model import Feed
from partner_feeds.feeds.schemas import REFERENCES, FeedRead
from runtime.problems import NotFound
from runtime.work import Work


async def show(work: Work, feeds: Sequence[Feed]) -> list[FeedRead]:
    """The feeds with the names that the reader may know. A grant is in the name of one of the feed's own partners."""
    known = await names_of(work, feeds, REFERENCES)
    return [FeedRead.of(feed, known) for feed in feeds]


async def find(work: Work, given: str) -> Feed:
    """The feed of an id or a code. Raises NotFound, also where the caller is no party to it."""
    feed = await work.session.scalar(select(Feed).where(is_named(given)))
    if feed is None:
        raise NotFound("feed", given[:100])
    return feed


def is_named(given: str) -> bool:
    """The condition of the feed of an id or a code."""
    try:
        return Feed.id == UUID(given)
    except ValueError:
        return Feed.code == given.replace("\0", "")
