"""What other services' facts mean here."""

from contracts.partner_feeds import ProcessDataReported
from contracts.partner_registry import SiteRegistered
from directory.copies import keep_directory
from runtime.subscriptions import Subscriptions
from tech_transfer.copies.commands import keep_known
from tech_transfer.foretold.copies import keep_foretold
from tech_transfer.process_readings import commands as readings
from tech_transfer.timeline.commands import keep_countries

subscriptions = keep_foretold(keep_directory(Subscriptions()))
keep_known(subscriptions)
subscriptions.on_batch(ProcessDataReported, "process-data")(readings.take)
subscriptions.on_batch(SiteRegistered)(keep_countries)
