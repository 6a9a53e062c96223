"""HTTP words for flags."""

from runtime.bodies import Reason
from sample_tracking.flags import queries
from sample_tracking.flags.model import DataIntegrityFlag
from sample_tracking.flags.schemas import AnswerFlag, FlagRead
from serving.actions import Actions

flags = Actions("data-integrity-flags", DataIntegrityFlag, FlagRead, queries.show)
flags.post("answer", DataIntegrityFlag.answer, AnswerFlag)
flags.post("acceptance", DataIntegrityFlag.accept, Reason)
flags.post("confirmation", DataIntegrityFlag.confirm, Reason)
flags.get()
flags.list(
    queries.FILTERS, "What speaks against the data of results, newest first: for the laboratory and the sponsor."
)
