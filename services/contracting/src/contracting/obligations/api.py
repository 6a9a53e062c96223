"""HTTP words for obligations."""

from contracting.obligations import queries
from contracting.obligations.model import Obligation
from contracting.obligations.schemas import ObligationOpenedUp, ObligationRead, WaiveObligation
from serving.actions import Actions

obligations = Actions("obligations", Obligation, ObligationRead, queries.show)
obligations.post("waiver", Obligation.waive, WaiveObligation)
obligations.get(ObligationOpenedUp, queries.open_up)
obligations.list(queries.FILTERS, sorts=("due_at", "start_at"))
