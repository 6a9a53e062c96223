"""HTTP words for feeds. A path names a feed by its id or its code."""

from contracts import Role
from partner_feeds.feeds import commands, queries
from partner_feeds.feeds.model import Feed
from partner_feeds.feeds.schemas import ChangeGrant, FeedRead, RegisterFeed
from runtime.access import EVERYBODY
from runtime.bodies import Reason
from serving.actions import Actions
from serving.listing import equal

feeds = Actions("feeds", Feed, FeedRead, queries.show, readers=EVERYBODY, find=commands.find)
feeds.create(commands.register, RegisterFeed, Role.quality, Role.supply, Role.admin)
feeds.post("grants", Feed.grant, ChangeGrant)
feeds.post("grant-withdrawals", Feed.withdraw_grant, ChangeGrant)
feeds.post("backfill", Feed.load_history, Reason)
feeds.post("backfill-end", Feed.go_live, Reason)
feeds.get()
feeds.list(equal(Feed, "code", "partner_id", "kind", "format"))
