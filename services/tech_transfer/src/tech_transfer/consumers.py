"""What other services' facts mean here."""

from directory.copies import keep_directory
from runtime.subscriptions import Subscriptions
from tech_transfer.ppq_series.consumers import judge_lots

subscriptions = keep_directory(Subscriptions())
judge_lots(subscriptions)
