"""What other services' facts mean here."""

from contracting.obligations.consumers import judge_obligations
from directory.copies import keep_directory
from runtime.subscriptions import Subscriptions

subscriptions = judge_obligations(keep_directory(Subscriptions()))
