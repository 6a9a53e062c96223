"""HTTP words for test orders."""

from runtime.bodies import Reason
from sample_tracking.orders import commands, queries
from sample_tracking.orders.model import ORDERERS, TestOrder
from sample_tracking.orders.schemas import (
    DecideNotTested,
    DraftTestOrder,
    IssueTestOrder,
    ReportNotTested,
    TestOrderRead,
)
from serving.actions import Actions

looked_up = {
    "laboratory_owner": queries.laboratory_owner,
    "given_no_work": queries.given_no_work,
    "lacking": queries.lacking,
    "working_days": queries.working_days,
}
orders = Actions("test-orders", TestOrder, TestOrderRead, queries.show, loads=looked_up)
orders.create(commands.draft, DraftTestOrder, *ORDERERS)
orders.post("issue", TestOrder.issue, IssueTestOrder)
orders.post("acceptance", TestOrder.accept)
orders.post("refusal", TestOrder.decline, Reason)
orders.post("not-tested", TestOrder.report_not_tested, ReportNotTested)
orders.post("not-tested-decision", TestOrder.decide_not_tested, DecideNotTested, commands.decide_not_tested)
orders.post("cancellation", TestOrder.cancel, Reason, commands.cancel)
orders.get()
orders.list(queries.FILTERS, "Test orders, newest first. A laboratory sees its own, once they are issued.")
