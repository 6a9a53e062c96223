"""HTTP words for sets of results."""

from runtime.bodies import Reason
from sample_tracking.sets import commands, queries
from sample_tracking.sets.model import ResultSet
from sample_tracking.sets.schemas import ResultSetRead, ReviewSet
from serving.actions import Actions

sets = Actions("result-sets", ResultSet, ResultSetRead, queries.show)
sets.post("review", ResultSet.review, ReviewSet, commands.review)
sets.post("approval", ResultSet.approve, command=commands.approve)
sets.post("return", ResultSet.send_back, Reason, commands.send_back)
sets.get()
sets.list(
    queries.FILTERS,
    "Sets of results, newest first: what a laboratory reported of one lot at one stage and moment.",
    of=queries.visible,
)
