"""What other services' facts mean here."""

from contracting.agreements.owners import keep_sales
from contracting.obligations.consumers import judge_obligations
from directory.copies import keep_directory
from runtime.subscriptions import Subscriptions

subscriptions = judge_obligations(keep_sales(keep_directory(Subscriptions())))
