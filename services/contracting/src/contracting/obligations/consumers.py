"""What facts of other services mean for obligations."""

from typing import Final

from contracting.obligations import commands, kept
from contracting.obligations.told import TOLD
from contracts.partner_registry import SiteRegistered
from contracts.quality_events import QualityEventsBallHeld
from contracts.sites import SiteCorrected
from runtime.subscriptions import Subscriptions

GROUP: Final = "obligations"
"""The group of the handlers: a service that begins to judge is given the whole history."""


def judge_obligations(subscriptions: Subscriptions) -> Subscriptions:
    """Let the service judge what clauses ask, by handlers that come after those of the copies of sites."""
    for fact in TOLD:
        subscriptions.on_batch(fact, GROUP)(commands.take)
    for site in (SiteRegistered, SiteCorrected):
        subscriptions.on_batch(site, GROUP)(commands.take_sites)
    subscriptions.on_batch(QualityEventsBallHeld, GROUP)(kept.keep_turns)
    return subscriptions
