"""What other services' facts mean here."""

from directory.copies import keep_directory
from runtime.subscriptions import Subscriptions
from tech_transfer.foretold.copies import keep_foretold

subscriptions = keep_foretold(keep_directory(Subscriptions()))
