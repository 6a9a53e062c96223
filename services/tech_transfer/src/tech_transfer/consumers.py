"""What other services' facts mean here."""

from contracts.partner_registry import SiteRegistered
from directory.copies import keep_directory
from runtime.subscriptions import Subscriptions
from tech_transfer.timeline.commands import keep_countries

subscriptions = keep_directory(Subscriptions())
subscriptions.on_batch(SiteRegistered)(keep_countries)
