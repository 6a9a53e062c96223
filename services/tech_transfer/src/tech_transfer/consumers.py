"""What other services' facts mean here."""

from directory.copies import keep_directory
from runtime.subscriptions import Subscriptions

subscriptions = keep_directory(Subscriptions())
